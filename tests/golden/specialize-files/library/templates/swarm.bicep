@export()
@description('A script.')
type Script = {
  @metadata({ file: 'text' })
  file: string
}

@export()
@description('A swarm.')
type Swarm = {
  name: string
  scripts: Script[]
}
