type Pool = {
  @metadata({ default: 2 })
  count: int

  @metadata({ default: { max: 1 } })
  autoscale: { max: int }
}

type Port = {
  port: int
}

@export()
type Swarm = {
  name: string

  @metadata({ default: {} })
  workers: { *: Pool }

  @metadata({ default: [{ port: 80 }] })
  ports: Port[]

  extra: any?
}
