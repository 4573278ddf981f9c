@export()
type Swarm = {
  name: string
}
