@export()
@description('A swarm.')
type Swarm = {
  name: string
  roles: string[]
  pools: { *: { count: int } }
}
