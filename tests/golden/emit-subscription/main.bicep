// A file for a subscription: resource groups as scopes.
targetScope = 'subscription'
param names array
resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: 'group'
  location: deployment().location
}
resource groups 'Microsoft.Resources/resourceGroups@2024-03-01' = [for n in names: {
  name: n
  location: 'westeurope'
}]
module one 'part.bicep' = {
  name: 'one'
  scope: group
  params: { name: 'x' }
}
module many 'part.bicep' = [for (n, i) in names: {
  name: 'many${i}'
  scope: groups[i]
  params: { name: n }
}]
module here 'here.bicep' = {
  name: 'here'
  params: { text: one.outputs.id }
}
module there 'part.bicep' = {
  name: 'there'
  scope: resourceGroup('there')
  params: { name: many[0].outputs.id }
}
resource account 'Microsoft.Storage/storageAccounts@2023-01-01' existing = {
  name: 'account'
  scope: group
}
output ids array = [account.id, account.properties.x, one.outputs.id, many[1].outputs.id]
