// Resources and modules live at certain scopes.
resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = { name: 'g', location: 'westeurope' }
resource lock 'Microsoft.Authorization/locks@2020-05-01' = { name: 'l', scope: resourceGroup('other'), properties: { level: 'CanNotDelete' } }
module a 'part.bicep' = {}
module b 'part.bicep' = { scope: subscription() }
module c 'part.bicep' = { scope: resourceGroup('other') }
