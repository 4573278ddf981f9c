param name string
param location string

// Holds all secrets.
resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = {
  name: name
  location: location
  properties: { tenantId: tenant().tenantId, sku: { family: 'A', name: 'standard' } }
}

// Read by everybody.
@onlyIfNotExists()
resource token 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = {
  parent: vault
  name: 'token'
  properties: { value: '-' }
}

output name string = vault.name
output uri string = vault.properties.vaultUri
output address string = format('{0}/{1}', vault.properties.vaultUri, token.name)
