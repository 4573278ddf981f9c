import { Swarm } from 'swarm.bicep'

param swarm Swarm

param location string = resourceGroup().location

resource reader 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: '${swarm.name}-reader'
  location: location
}

// Where the vault is.
module grant 'grant.bicep' = [
  for vault in swarm.vaults: {
    scope: resourceGroup(vault.group)
    params: { vaultName: vault.name, principalId: reader.properties.principalId, note: location }
  }
]

module here 'grant.bicep' = {
  scope: resourceGroup()
  params: { vaultName: swarm.name, principalId: reader.properties.principalId, note: location }
  dependsOn: [grant]
}

output granted array = [for i in range(0, length(swarm.vaults)): grant[i].outputs.id]
output names array = [for i in range(0, length(swarm.vaults)): grant[i].outputs.vault]
output own string = here.outputs.id
