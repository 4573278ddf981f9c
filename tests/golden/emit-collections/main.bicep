// A whole collection as a value asks for symbolic names.
param names array
resource many 'Microsoft.Network/publicIPAddresses@2024-05-01' = [for n in names: {
  name: n
}]
module each 'part.bicep' = [for n in names: {
  name: 'each-${n}'
  params: { name: n }
}]
output ids array = map(many, m => m.id)
output count int = length(many)
output all array = many
output texts array = map(each, m => m.outputs.text)
