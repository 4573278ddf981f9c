import { Swarm } from 'swarm.bicep'

param swarm Swarm

output third string = swarm.zones[2]
