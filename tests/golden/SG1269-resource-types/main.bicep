// A resource type names a provider, a type and a version that is a date.
resource a 'Microsoft.Storage/storageAccounts@latest' = { name: 'a' }
resource b 'storageAccounts@2023-01-01' = { name: 'b' }
resource c 'Microsoft.Storage/storage accounts@2023-01-01' = { name: 'c' }
resource d 'Microsoft.Storage/storageAccounts@2023-01-01-Preview' = { name: 'd' }
