// Outputs: types, decorators, loops, a safe access.
param a array
resource ip 'Microsoft.Network/publicIPAddresses@2024-05-01' = if (length(a) > 1) {
  name: 'ip'
}
@description('plain')
output plain string = ip.name
@secure()
output secret string = newSecret
var newSecret = uniqueString('x')
@metadata({ m: 1 })
@minLength(1)
output listed string[] = [for x in a: x.name]
output loops array = [for (x, i) in range(0, 3): { i: i, x: x }]
output safe string? = ip.?properties.ipAddress
output id string? = ip.?id
output whole object = ip
output place string = ip.location
output scope object = resourceGroup('x')
