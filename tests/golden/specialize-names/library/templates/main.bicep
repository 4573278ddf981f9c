import { Swarm } from 'swarm.bicep'

param swarm Swarm

param location string = resourceGroup().location
param node string

module first 'part.bicep' = {
  params: { name: '${swarm.name}-1', location: location, note: node }
}

module second 'part.bicep' = {
  params: { name: '${swarm.name}-2', location: location, note: node }
}

resource pool 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = [
  for key in swarm.pools: {
    name: '${swarm.name}-${key}'
    location: location
  }
]

output ids array = [first.outputs.id, second.outputs.id]
