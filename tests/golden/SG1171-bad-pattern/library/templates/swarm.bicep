type Swarm = {
  @metadata({ pattern: '^[a-z' })
  name: string
}
