@export()
@description('A swarm.')
type Swarm = {
  name: string
  pools: string[]
}
