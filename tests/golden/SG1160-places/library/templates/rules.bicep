import { Swarm } from 'swarm.bicep'

@export()
func problems(swarm Swarm) object[] => [
  { at: 'workers.web.count', message: 'is written' }
  { at: 'workers.web.autoscale.max', message: 'is a default' }
  { at: 'workers.a.b.autoscale.max', message: 'has a dot in its name' }
  { at: 'workers.a.b.count', message: 'is a default beside it' }
  { at: 'workers.c.count', message: 'does not exist' }
  { at: 'ports[0].port', message: 'is in a list' }
  { at: 'ports[1].port', message: 'is behind the list' }
  { at: '', message: 'the whole is wrong' }
]
