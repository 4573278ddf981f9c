@export()
@description('A swarm.')
type Swarm = {
  name: string
  ports: int[]
  labels: { *: string }
}
