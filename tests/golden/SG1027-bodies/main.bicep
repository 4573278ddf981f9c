// The body of a resource or module
resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = someVariable
module network './network.bicep' = [for x in list: x]
resource other 'Microsoft.KeyVault/vaults@2023-07-01' =
{
}
