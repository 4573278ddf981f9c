// A secret is given, and never read back.
extension shop with { url: 'https://shop.example' }
resource tea 'shop/product@v1' = {
  name: 'tea'
  secret: 'x'
}
output secret string = tea.secret
