// Decorators of resources that become @options.
@onlyIfNotExists()
@description('once')
resource once 'Microsoft.Storage/storageAccounts@2023-01-01' = if (true) {
  name: 'once'
  location: 'x'
  sku: { name: 'Standard_LRS' }
  kind: 'StorageV2'
}
@retryOn(['ResourceNotFound', 'ServerError'], 3)
resource again 'Microsoft.Network/publicIPAddresses@2024-05-01' = {
  name: 'again'
}
@nullIfNotFound()
resource maybe 'Microsoft.Storage/storageAccounts@2023-01-01' existing = {
  name: 'maybe'
}
output there bool = maybe.?properties != null
