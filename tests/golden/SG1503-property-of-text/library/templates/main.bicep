import { Swarm } from 'swarm.bicep'

param swarm Swarm

output sizes array = map(items(swarm.pools), pool => pool.value.size)
