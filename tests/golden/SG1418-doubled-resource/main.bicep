// Two resources of one type, scope and name.
resource ip 'Microsoft.Network/publicIPAddresses@2024-05-01' = {
  name: 'ip'
}

resource same 'Microsoft.Network/publicIPAddresses@2024-05-01' = {
  name: 'ip'
}
resource far 'Microsoft.Network/publicIPAddresses@2024-05-01' existing = {
  name: 'ip'
  scope: resourceGroup('other')
}
module m 'part.bicep' = { name: 'm' }
module n 'part.bicep' = { name: 'm' }
