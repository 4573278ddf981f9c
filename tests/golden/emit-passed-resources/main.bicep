// Resources that are handed to modules and back: what goes over is their id.
resource account 'Microsoft.Storage/storageAccounts@2022-09-01' existing = {
  name: 'account'
  scope: resourceGroup('other')
}

module first 'reader.bicep' = {
  name: 'first'
  params: {
    account: account
  }
}

module second 'reader.bicep' = {
  name: 'second'
  params: {
    account: first.outputs.same
  }
}

output id string = first.outputs.same.id
output name string? = first.outputs.?same.name
output type string = second.outputs.same.type
output passed resource = account
