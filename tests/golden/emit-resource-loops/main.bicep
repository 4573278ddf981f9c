// Loops over resources and properties; conditions and batches.
param names array
@batchSize(2)
@description('Many.')
resource many 'Microsoft.Network/networkSecurityGroups@2024-05-01' = [for (n, i) in names: if (n != 'x') {
  name: '${n}-${i}'
  tags: { copy: 'c' }
  properties: {
    last: 1
    rules: [for r in range(0, 2): {
      name: '${r}${n}${i}'
      inner: { index: r }
    }]
    plain: [for (r, k) in names: '${k}']
  }
}]
output names array = [for (n, i) in names: many[i].name]
output places array = [for i in range(0, 2): many[i].properties.rules]
output one object = many[0].properties
