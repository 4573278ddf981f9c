// Names, places, conditions and loops must be known before anything is deployed.
resource ip 'Microsoft.Network/publicIPAddresses@2024-05-01' = {
  name: 'ip'
}

var address = ip.properties.ipAddress
resource a 'Microsoft.Network/publicIPAddresses@2024-05-01' = if (ip.properties.x == 'y') {
  name: 'a-${address}'
  location: ip.location
  tags: { id: ip.id, key: ip.listKeys().key }
  properties: { address: address }
}
resource b 'Microsoft.Network/publicIPAddresses@2024-05-01' = [for x in ip.properties.list: {
  name: 'b-${x}'
}]
module m 'part.bicep' = {
  name: 'm'
  scope: resourceGroup(address)
}
module n 'part.bicep' = {
  name: m.outputs.o
}
var loop = [for x in [1]: ip.properties.x]
