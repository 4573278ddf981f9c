import { Swarm } from 'swarm.bicep'

param swarm Swarm

var sizes = loadYamlContent('sizes.yaml')

output small string = sizes.small
