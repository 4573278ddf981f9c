param location string = resourceGroup().location

var setupScript = loadTextContent('scripts/own/setup.sh')
var setupScript2 = loadTextContent('scripts/own/2-setup.sh')
var program = loadTextContent('scripts/node.sh')
var nodeSh = loadFileAsBase64('scripts/node.sh')

resource node 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'acme'
  location: location
  tags: {
    userData: base64(string({
      scripts: [{ file: setupScript }, { file: setupScript2 }, { file: setupScript }]
      program: program
      name: 'acme'
    }))
    again: base64(program)
    first: setupScript
    both: '${setupScript}${setupScript2}'
    lengths: '9'
    long: 'yes'
    loader: nodeSh
  }
}
