import { Swarm } from 'swarm.bicep'

param swarm Swarm

param location string = resourceGroup().location

@description('Machines now, of pool')
@minValue(0)
param capacity { *: int } = {}

@description('A secret of its own for each pool.')
@secure()
param passwords { *: string }

// Who somebody is.
resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = [
  for role in swarm.roles: {
    name: '${swarm.name}-${role}'
    location: location
  }
]

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = {
  name: swarm.name
  location: location
  properties: { tenantId: tenant().tenantId, sku: { family: 'A', name: 'standard' } }
}

// One after the other.
@batchSize(1)
resource secret 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = [
  for (pool, i) in items(swarm.pools): if (pool.value.count > 0) {
    parent: vault
    name: '${i}-${pool.key}'
    tags: { owner: identity[0].id }
    properties: { value: passwords[pool.key], contentType: string(capacity[?pool.key] ?? pool.value.count) }
  }
]

resource reads 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for i in range(0, length(swarm.roles)): {
    scope: vault
    name: guid(vault.id, identity[i].id)
    properties: {
      principalId: identity[i].properties.principalId
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')
    }
    dependsOn: [secret]
  }
]

output ids array = [for i in range(0, length(swarm.roles)): identity[i].id]
output last string = identity[length(swarm.roles) - 1].name
