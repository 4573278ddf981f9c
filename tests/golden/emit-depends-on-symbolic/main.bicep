// dependsOn: every mention counts, also through variables; sorted by name without regard to case.
type trigger = string
param names array
var through = '${B.id}${a_b.name}'
resource a0 'Microsoft.Network/publicIPAddresses@2024-05-01' = { name: 'a0' }
resource B 'Microsoft.Network/publicIPAddresses@2024-05-01' = { name: 'B' }
resource a_b 'Microsoft.Network/publicIPAddresses@2024-05-01' = { name: 'a_b' }
resource Zed 'Microsoft.Network/publicIPAddresses@2024-05-01' = { name: 'Zed' }
resource ab 'Microsoft.Network/publicIPAddresses@2024-05-01' = { name: 'ab' }
resource many 'Microsoft.Network/publicIPAddresses@2024-05-01' = [for n in names: {
  name: 'many${n}'
}]
resource known 'Microsoft.Network/publicIPAddresses@2024-05-01' existing = {
  name: 'known${ab.name}'
}
resource last 'Microsoft.Network/networkSecurityGroups@2024-05-01' = if (a0.name == 'x') {
  name: 'last'
  properties: {
    a: through
    b: Zed.type
    c: known.id
    d: known.properties.ipAddress
  }
  dependsOn: [many[0]]
}
resource each 'Microsoft.Network/networkSecurityGroups@2024-05-01' = [for (n, i) in names: {
  name: 'each${n}'
  properties: {
    a: many[i].id
    rules: [for k in range(0, 2): { name: 'r', x: last.name }]
  }
}]
resource whole 'Microsoft.Network/networkSecurityGroups@2024-05-01' = {
  name: 'whole'
  properties: { x: [for k in names: { id: each[k].id }] }
  dependsOn: [many]
}
