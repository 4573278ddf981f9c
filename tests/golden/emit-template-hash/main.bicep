// The template's hash: Azure drops what is null where it knows the property, takes numbers for texts, and raises
// letters of every script.
metadata description = 'straße ǆ ſ ᾳ 𐐨 \u{85}\u{2028}'

param size int = 1
param nothing string?

resource account 'Microsoft.Storage/storageAccounts@2023-01-01' = {
  name: 'acme${size}'
  location: any(5)
  kind: any(true)
  tags: null
  sku: { name: 'Standard_LRS' }
  properties: {
    accessTier: null
    customDomain: { name: 'é\n"\\' }
  }
}

module part 'part.bicep' = {
  params: { names: ['a'] }
}

output nothing string? = nothing
output list array = [for i in range(0, size): { i: i, none: null }]
