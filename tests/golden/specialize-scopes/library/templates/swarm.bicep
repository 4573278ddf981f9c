@export()
@description('A swarm.')
type Swarm = {
  name: string
  vaults: { name: string, group: string }[]
}
