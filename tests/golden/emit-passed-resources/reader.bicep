@description('Whose keys and endpoints are wanted.')
param account resource 'microsoft.storage/storageaccounts@2023-01-01'

var keys = account.listKeys()

output blob string = account.properties.primaryEndpoints.blob
output kind string? = account.?kind
output key string = keys.keys[0].value
output same resource 'Microsoft.Storage/storageAccounts@2023-01-01' = account
