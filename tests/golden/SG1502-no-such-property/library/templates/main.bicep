import { Swarm } from 'swarm.bicep'

param swarm Swarm

var sizes = map(items(swarm.pools), pool => pool.value.sise)

output sizes array = sizes
