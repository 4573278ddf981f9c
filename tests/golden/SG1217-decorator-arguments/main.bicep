// Decorators with too many or too few arguments.
@secure(true)
param p string
@description()
param q string
@retryOn(['x'], 1, 2)
resource ip 'Microsoft.Network/publicIPAddresses@2024-05-01' = {
  name: 'ip'
}
