targetScope = 'tenant'
resource mg 'Microsoft.Management/managementGroups@2021-04-01' = {
  name: 'mg'
}
module below 'same.bicep' = {
  name: 'below'
  scope: mg
}
module named 'same.bicep' = {
  name: 'named'
  scope: managementGroup('m')
}
output id string = mg.id
