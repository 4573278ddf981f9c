@export()
@description('A swarm.')
type Swarm = {
  name: string
  zones: string[]
}
