import { Swarm } from 'swarm.bicep'

param swarm Swarm

var checked = length(swarm.name) < 10 ? fail('the name ${swarm.name} is too short') : swarm.name

output name string = checked
