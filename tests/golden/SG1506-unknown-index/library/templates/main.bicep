import { Swarm } from 'swarm.bicep'

param swarm Swarm

param chosen int

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = [
  for role in swarm.roles: {
    name: '${swarm.name}-${role}'
    location: resourceGroup().location
  }
]

output id string = identity[chosen].id
