import { Swarm } from 'swarm.bicep'

@export()
func files(swarm Swarm) object => { 'NAMES': length(swarm.name) }

param swarm Swarm

output name string = swarm.name
