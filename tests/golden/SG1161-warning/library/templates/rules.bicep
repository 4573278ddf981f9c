import { Swarm } from 'swarm.bicep'

@export()
func problems(swarm Swarm) object[] => [
  { at: 'name', message: 'is common', level: 'warning' }
]
