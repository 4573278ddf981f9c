import { Swarm } from 'swarm.bicep'

param swarm Swarm

output settings int = length(swarm)
