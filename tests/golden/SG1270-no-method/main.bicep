// What a resource can be asked.
resource s 'Microsoft.Storage/storageAccounts@2023-01-01' existing = { name: 's' }
output keys object = s.listKeys()
output other string = s.getKeys()
