// A nested resource that does not exist.
resource v 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: 'v'
  resource subnet 'subnets' = { name: 's' }
}
output a string = v::subnt.id
output b string = v::subnet::deeper.id
