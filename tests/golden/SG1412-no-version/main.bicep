// A resource's type has a version.
resource ip 'Microsoft.Network/publicIPAddresses' = {
  name: 'ip'
}
