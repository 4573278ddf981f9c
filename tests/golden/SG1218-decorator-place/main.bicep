// Decorators where they mean nothing.
@export()
param p string
@secure()
var v = 'x'
@batchSize(1)
output o string = '${p}${v}'
@sealed()
resource ip 'Microsoft.Network/publicIPAddresses@2024-05-01' = {
  name: 'ip'
}
