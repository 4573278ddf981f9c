// Nested resources come first, the deepest before all; a child inherits the condition around it. Classic form.
param on bool
param names array
resource vnet 'Microsoft.Network/virtualNetworks@2024-05-01' = if (on) {
  name: 'v'
  resource one 'subnets' = if (length(names) > 1) {
    name: 'one'
    properties: { other: two.id, same: vnet::two.properties.addressPrefix }
  }
  resource two 'subnets' = {
    name: 'two'
  }
}
resource account 'Microsoft.Storage/storageAccounts@2023-01-01' = {
  name: 'account'
  location: 'x'
  sku: { name: 'Standard_LRS' }
  kind: 'StorageV2'
  resource blobs 'blobServices' = {
    name: 'default'
    resource one 'containers' = {
      name: 'one'
    }
    resource many 'containers@2022-09-01' = [for n in names: {
      name: n
    }]
  }
}
output ids array = [account::blobs::one.id, account::blobs::many[1].id, vnet::two.id, account::blobs::many[0].name]
output safe object = vnet::one.?properties
