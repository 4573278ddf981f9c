param name string
param count int = 1
param list array = []
@secure()
param secret string = ''
param maybe string?
resource ip 'Microsoft.Network/publicIPAddresses@2024-05-01' = { name: name }
output id string = ip.id
output all object = { list: list, count: count, secret: empty(secret), maybe: maybe }
