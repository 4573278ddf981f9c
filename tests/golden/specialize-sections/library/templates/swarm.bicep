@export()
@description('A swarm.')
type Swarm = {
  name: string
  pools: { *: { count: int } }
}
