import { Swarm } from 'swarm.bicep'

param swarm Swarm

output name string = swarm.name
