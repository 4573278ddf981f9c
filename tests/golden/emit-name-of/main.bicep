// nameof() is a text; sys and az are only prefixes; this speaks of the resource itself.
param input object
var text = nameof(input)
var deep = nameof(input.a.b)
var prefixed = sys.concat(az.resourceGroup().id, sys.toLower('A'))
resource once 'Microsoft.Network/publicIPAddresses@2024-05-01' = {
  name: 'once'
  properties: { there: this.exists(), kept: this.existingResource().?tags.?kept ?? 'x', name: nameof(input) }
}
