// Only objects have properties.
param text string
param list array
resource stores 'Microsoft.Storage/storageAccounts@2023-01-01' = [for i in range(0, 2): { name: 's${i}' }]
output a string = text.length
output b int = list.count
output c string = stores.name
