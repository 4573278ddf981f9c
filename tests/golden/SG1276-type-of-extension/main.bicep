// A type with the extension's name in front must be one of it.
extension shop with { url: 'https://shop.example' }
resource tea 'shop:shop/produkt@v1' = {
  name: 'tea'
}
