// Which functions a resource of an extension has is said by its type.
extension shop with { url: 'https://shop.example' }
resource order 'shop/order@v1' = {
  number: 1
  lines: []
}
output sent string = order.send('here')
