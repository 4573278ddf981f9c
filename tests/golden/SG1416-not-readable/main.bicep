// An existing resource whose name only Azure knows has an id, but cannot be read.
param trigger string?
resource ip 'Microsoft.Network/publicIPAddresses@2024-05-01' = {
  name: 'ip'
}

resource other 'Microsoft.Network/publicIPAddresses@2024-05-01' existing = {
  name: ip.properties.ipAddress
}
output id string = other.id
output address string = other.properties.ipAddress
