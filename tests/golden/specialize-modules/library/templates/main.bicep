import { Swarm } from 'swarm.bicep'

param swarm Swarm

param location string = resourceGroup().location

module vault 'vault.bicep' = {
  params: { name: swarm.name, location: location }
}

module readers 'readers.bicep' = {
  params: { vaultName: vault.outputs.name, location: location }
}

module pools 'pool.bicep' = [
  for pool in items(swarm.pools): {
    params: {
      key: pool.key
      name: '${swarm.name}-${pool.key}'
      location: location
      vaultUri: vault.outputs.uri
      grows: pool.value.grows
      facts: { pool: pool.key, count: pool.value.count, reader: readers.outputs.clientId }
    }
  }
]

output pools array = [for i in range(0, length(swarm.pools)): pools[i].outputs.id]
output address string = vault.outputs.address
