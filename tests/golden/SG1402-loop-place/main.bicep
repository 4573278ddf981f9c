// Loops stand where Azure can copy, nowhere else.
param names array
resource ip 'Microsoft.Network/publicIPAddresses@2024-05-01' = {
  name: 'ip'
  zones: [for n in names: n]
}
var a = { '${names[0]}': [for n in names: n] }
output o array = concat([for n in names: n], [])
