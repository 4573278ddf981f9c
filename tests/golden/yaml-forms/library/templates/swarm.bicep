@export()
@description('Anything.')
type Swarm = object
