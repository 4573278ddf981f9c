// A decorator that does not exist.
@secre()
param p string
@onlyIfNotExist()
resource ip 'Microsoft.Network/publicIPAddresses@2024-05-01' = {
  name: 'ip'
}
