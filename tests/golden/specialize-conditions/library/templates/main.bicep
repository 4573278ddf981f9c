import { Swarm } from 'swarm.bicep'

param swarm Swarm

@description('Where everything is made.')
param location string = resourceGroup().location

@description('Where the copies are; nowhere where it is empty.')
param second string = ''

var vaultName = '${take(swarm.name, 10)}-${uniqueString(resourceGroup().id)}'

// Holds all secrets.
resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = {
  name: vaultName
  location: location
  // Only what differs from Azure's own defaults.
  tags: swarm.vault.?note == null ? null : { note: swarm.vault.note! }
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: any('standard') }
    enablePurgeProtection: swarm.vault.purge ? true : null // cannot be taken back
    createMode: swarm.?jumpbox != null && swarm.vault.softDelete > 7 ? 'recover' : null
    softDeleteRetentionInDays: swarm.vault.?days ?? swarm.vault.softDelete
    networkAcls: swarm.vault.purge
      ? {
          bypass: 'AzureServices'
          // Nobody else.
          defaultAction: 'Deny'
          ipRules: null
        }
      : null
  }
}

// A copy in another place.
resource copy 'Microsoft.KeyVault/vaults@2024-11-01' = if (swarm.vault.purge && !empty(second)) {
  name: '${swarm.name}-copy'
  location: second
  properties: { tenantId: tenant().tenantId, sku: { family: 'A', name: empty(second) ? 'standard' : 'premium' } }
}

// Never there in this description.
resource jumpbox 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = if (swarm.?jumpbox != null) {
  name: swarm.jumpbox!.size
  location: location
}

output size string? = swarm.?jumpbox.?size
output vaultId string = vault.id
