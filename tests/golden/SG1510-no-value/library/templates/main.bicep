import { Swarm } from 'swarm.bicep'

param swarm Swarm

module names 'names.bicep' = {
  params: { name: swarm.name }
}

output all object = names
