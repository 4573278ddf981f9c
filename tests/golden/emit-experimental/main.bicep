// Experimental features, which bicepconfig.json turns on.
import { allowed, fits } from 'names.bicep'

@validate(x => contains(allowed, x) && fits(x), 'not allowed')
@minLength(2)
@description('Its name.')
param name string

type Ports = {
  @validate(p => p > 0)
  http: int
}

assert short = length(name) < 9
assert local = contains(resourceGroup().location, 'west')

@waitUntil(r => r.properties.provisioningState == 'Succeeded', 'PT5M')
resource account 'Microsoft.Storage/storageAccounts@2023-01-01' existing = {
  name: name
}

module part 'names.bicep' = {
  name: 'part'
}

@validate(x => !empty(x))
output id string = account.id
output ports Ports = { http: 80 }
