// Modules in classic form: parameters, secrets, conditions, loops, outputs.
param names array
param on bool
resource vault 'Microsoft.KeyVault/vaults@2023-07-01' existing = {
  name: 'vault'
  scope: resourceGroup('sub', 'group')
}
resource first 'Microsoft.Network/publicIPAddresses@2024-05-01' = { name: 'first' }
@description('one')
module one 'part.bicep' = {
  name: 'one'
  params: { name: 'x', count: 2, secret: vault.getSecret('s'), maybe: on ? 'p' : null }
}
module two 'part.bicep' = if (on) {
  name: 'two-${first.name}'
  scope: resourceGroup('other')
  params: { name: one.outputs.id, secret: vault.getSecret('s', 'v'), list: [for n in names: { x: n, y: [1] }] }
}
@batchSize(1)
module many 'part.bicep' = [for (n, i) in names: {
  name: 'many-${i}'
  params: { name: n, list: [for k in names: '${k}${n}'], secret: on ? vault.getSecret('a') : vault.getSecret('b') }
  dependsOn: [first]
}]
output a string = one.outputs.id
output b string = two.?outputs.id ?? ''
output c string = many[0].outputs.id
output d string = two.outputs.?id ?? ''
output e array = [many[1].name, one.name, two.outputs.all.list[0]]
