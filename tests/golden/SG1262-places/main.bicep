// Some constructs may stand in certain places only.
targetScope = 'resourceGroup'
targetScope = 'resourceGroup'
metadata a = 'x'
metadata a = 'y'
var loops = { inner: [for i in [1]: i] }
var function = x => x
var id = newGuid()
param text string = text2
var text2 = 'x'
param nothing string? = null
@export()
var exported = text
resource vault 'Microsoft.KeyVault/vaults@2023-07-01' existing = { name: 'v' }
resource store 'Microsoft.Storage/storageAccounts@2023-01-01' = [for i in range(0, 2): {
  name: 's${i}'
  resource blobs 'blobServices' = { name: 'default', scope: resourceGroup() }
}]
resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2023-01-01' = { parent: store[0], name: 'a/b' }
output secret string = vault.getSecret('x')
output secret2 string = store[0].getSecret('x')
