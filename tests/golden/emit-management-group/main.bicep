// A file for a management group, modules in every scope.
targetScope = 'managementGroup'
module sub 'sub.bicep' = {
  name: 'sub'
  scope: subscription('id')
}
module group 'group.bicep' = {
  name: 'group'
  scope: resourceGroup('id', 'rg')
}
module whole 'tenant.bicep' = {
  name: 'tenant'
  scope: tenant()
}
module other 'same.bicep' = {
  name: 'other'
  scope: managementGroup('m')
}
resource policy 'Microsoft.Authorization/policyDefinitions@2021-06-01' = {
  name: 'p'
  properties: { policyType: 'Custom' }
}
output ids array = [policy.id, sub.outputs.o, other.name, group.name, whole.outputs.id]
