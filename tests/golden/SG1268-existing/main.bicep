// An existing resource has a name, a scope and a parent only.
resource store 'Microsoft.Storage/storageAccounts@2023-01-01' existing = { name: 's', location: 'westeurope' }
