// Experimental features are off if no bicepconfig.json turns them on.
@validate(x => x > 3)
param count int

assert few = count < 9

@waitUntil(r => r.properties.provisioningState == 'Succeeded', 'PT5M')
resource store 'Microsoft.Storage/storageAccounts@2023-01-01' existing = {
  name: 'store'
}
