@description('Where everything is made.')
param location string = resourceGroup().location

@description('Where the copies are; nowhere where it is empty.')
param second string = ''

// Holds all secrets.
resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = {
  name: 'acme-${uniqueString(resourceGroup().id)}'
  location: location
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    enablePurgeProtection: true // cannot be taken back
    softDeleteRetentionInDays: 7
    networkAcls: {
      bypass: 'AzureServices'
      // Nobody else.
      defaultAction: 'Deny'
    }
  }
}

// A copy in another place.
resource copy 'Microsoft.KeyVault/vaults@2024-11-01' = if (!empty(second)) {
  name: 'acme-copy'
  location: second
  properties: { tenantId: tenant().tenantId, sku: { family: 'A', name: empty(second) ? 'standard' : 'premium' } }
}

output vaultId string = vault.id
