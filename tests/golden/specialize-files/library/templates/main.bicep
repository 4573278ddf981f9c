import { Swarm } from 'swarm.bicep'

param swarm Swarm

param location string = resourceGroup().location

var program = loadTextContent('../scripts/node.sh')
var long = length(string(swarm.scripts)) > 10

resource node 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: swarm.name
  location: location
  tags: {
    userData: base64(string({ scripts: swarm.scripts, program: program, name: swarm.name }))
    again: base64(program)
    first: swarm.scripts[0].file
    both: '${swarm.scripts[0].file}${swarm.scripts[1].file}'
    lengths: string(length(swarm.scripts[0].file))
    long: long ? 'yes' : 'no'
    loader: loadFileAsBase64('../scripts/node.sh')
  }
}
