import { Swarm } from 'swarm.bicep'

@export()
@description('No rules.')
func problems(swarm Swarm) object[] => []
