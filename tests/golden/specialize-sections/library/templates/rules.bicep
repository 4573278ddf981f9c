import { Swarm } from 'swarm.bicep'

@export()
func problems(swarm Swarm) array => []
