import { Swarm } from 'swarm.bicep'

param swarm Swarm

var sizes = loadJsonContent('sizes.json')

output small string = sizes.small
