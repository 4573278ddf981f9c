// Names of all kinds share one space; outputs have their own; so do nested resources.
param a string
var a = 'x'
output o string = a
output o string = a
resource v 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: 'v'
  resource s 'subnets' = { name: 's' }
  resource s 'subnets' = { name: 't' }
}
var list = map([1], (x, x) => x)
