param url string
extension './shop.tgz' with {
  url: url
}
resource product 'Shop:shop/product@v1' = {
  name: 'bread'
}
output price int? = product.?price
