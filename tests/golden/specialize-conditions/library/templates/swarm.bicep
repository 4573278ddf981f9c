@export()
@description('A swarm.')
type Swarm = {
  name: string
  vault: { purge: bool, softDelete: int, note: string? }
  jumpbox: { size: string }?
}
