import { Swarm } from 'swarm.bicep'

param swarm Swarm

param names string[]

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = [
  for name in names: {
    name: '${swarm.name}-${name}'
    location: resourceGroup().location
  }
]
