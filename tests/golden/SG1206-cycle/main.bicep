// Declarations that need themselves.
var a = b
var b = '${c}'
var c = a
param d string = d
resource x 'Microsoft.Network/publicIPAddresses@2024-05-01' = {
  name: 'x'
  properties: { other: y.id }
}
resource y 'Microsoft.Network/publicIPAddresses@2024-05-01' = {
  name: 'y'
  dependsOn: [x]
}
