// Every resource has a name.
resource ip 'Microsoft.Network/publicIPAddresses@2024-05-01' = {
  location: 'x'
}
