// Some texts are read while compiling.
param p string
@description('for ${p}')
param q string
var t = loadTextContent(p)
@batchSize(length(q))
resource ips 'Microsoft.Network/publicIPAddresses@2024-05-01' = [for i in range(0, 3): {
  name: 'ip${i}'
}]
