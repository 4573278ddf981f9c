// What an extension finds out itself cannot be given.
extension shop with {
  url: 'https://shop.example'
  session: 'mine'
}
