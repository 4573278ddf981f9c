// Children by parent: and resources of other scopes.
param trigger string?
param names array
resource acc 'Microsoft.Storage/storageAccounts@2023-01-01' existing = {
  name: 'acc'
  scope: resourceGroup('other')
}
resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2023-01-01' existing = {
  parent: acc
  name: 'default'
}
resource far 'Microsoft.Storage/storageAccounts@2023-01-01' existing = {
  name: 'far'
  scope: resourceGroup('sub', 'group')
}
resource role 'Microsoft.Authorization/roleDefinitions@2022-04-01' existing = {
  name: 'guid'
  scope: subscription()
}
resource wide 'Microsoft.Management/managementGroups@2021-04-01' existing = {
  name: 'mg'
  scope: tenant()
}
resource policy 'Microsoft.Authorization/policyDefinitions@2021-06-01' existing = {
  name: 'p'
  scope: managementGroup('m')
}
resource vnets 'Microsoft.Network/virtualNetworks@2024-05-01' = [for n in names: {
  name: 'v${n}'
}]
resource subnets 'Microsoft.Network/virtualNetworks/subnets@2024-05-01' = [for (n, i) in names: {
  parent: vnets[i]
  name: 's${n}'
}]
resource lock 'Microsoft.Authorization/locks@2020-05-01' = {
  scope: subnets[1]
  name: guid(subnets[1].id)
  properties: { level: 'CanNotDelete', notes: acc.id }
}
resource container 'Microsoft.Storage/storageAccounts/blobServices/containers@2023-01-01' = {
  name: 'one/default/two'
}
output ids array = [acc.id, blobs.id, far.id, role.id, wide.id, policy.id, vnets[0].id, subnets[1].id, lock.id, container.id]
output values array = [blobs.properties.x, far.listKeys().keys[0].value, acc.location, role.type, role.apiVersion]
