@export()
@description('A swarm.')
type Swarm = {
  name: string
  withVault: bool
}
