// A name has as many parts as its type behind the provider.
resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2023-01-01' = { name: 'default' }
resource store 'Microsoft.Storage/storageAccounts@2023-01-01' = { name: 'a/${blobs.name}' }
