// Both Azure and the extension have this type.
extension shop with { url: 'https://shop.example' }
resource files 'Microsoft.Storage/storageAccounts@2023-01-01' = {
  name: 'files'
}
