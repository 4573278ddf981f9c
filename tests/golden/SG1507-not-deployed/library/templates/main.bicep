import { Swarm } from 'swarm.bicep'

param swarm Swarm

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = if (swarm.withVault) {
  name: swarm.name
  location: resourceGroup().location
  properties: { tenantId: tenant().tenantId, sku: { family: 'A', name: 'standard' } }
}

output uri string = vault!.properties.vaultUri
