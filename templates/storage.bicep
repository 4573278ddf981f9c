// storage.bicep: the share of all nodes, and how they get at it.
import { Swarm } from 'swarm.bicep'
import { accountNameOf, tagsOf } from 'plan.bicep'
import { secretNames, secretsUser, shareMounter } from 'roles.bicep'

param swarm Swarm
param location string
@description('Subnets that reach the account when it is not public.')
param subnetIds string[]
@description('Subnet of private endpoints; empty where there is none.')
param endpointsSubnetId string
@description('The network that resolves the names of private endpoints; empty where there is none.')
param networkId string
param vaultName string
param managerId string
param managerPrincipalId string
param workerId string
param workerPrincipalId string

var settings = swarm.storage
var tags = tagsOf(swarm)
var private = settings.network == 'private'
var byKey = settings.access == 'key'
// Without zones there is no storage in three of them.
var sku = settings.?sku ?? (empty(swarm.zones) ? 'Standard_LRS' : 'Standard_ZRS')
var premium = startsWith(sku, 'Premium')

// Holds the files that all nodes share.
resource storageAccount 'Microsoft.Storage/storageAccounts@2025-01-01' = {
  name: accountNameOf(swarm)
  location: location
  tags: tags
  kind: premium ? 'FileStorage' : 'StorageV2'
  sku: { name: sku }
  properties: {
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: byKey
    accessTier: premium ? null : 'Hot'
    largeFileSharesState: !premium && settings.quota > 5120 ? 'Enabled' : null
    azureFilesIdentityBasedAuthentication: byKey
      ? null
      : {
          directoryServiceOptions: 'None'
          smbOAuthSettings: { isSmbOAuthEnabled: true }
        }
    publicNetworkAccess: private && empty(settings.sources) ? 'Disabled' : 'Enabled'
    networkAcls: {
      bypass: 'AzureServices'
      defaultAction: settings.network == 'public' ? 'Allow' : 'Deny'
      ipRules: settings.network == 'public' ? null : map(settings.sources, source => { value: source })
      virtualNetworkRules: settings.network == 'subnets' ? map(subnetIds, id => { id: id }) : null
    }
  }
}

// What holds for all shares of the account.
resource fileService 'Microsoft.Storage/storageAccounts/fileServices@2025-01-01' = {
  parent: storageAccount
  name: 'default'
  properties: {
    shareDeleteRetentionPolicy: settings.softDelete == 0
      ? { enabled: false }
      : { enabled: true, days: max(1, settings.softDelete) }
    protocolSettings: {
      smb: {
        versions: 'SMB3.1.1;'
        channelEncryption: 'AES-256-GCM;'
      }
    }
  }
}

// Every node but the jumpbox mounts it.
resource share 'Microsoft.Storage/storageAccounts/fileServices/shares@2025-01-01' = {
  parent: fileService
  name: settings.share
  properties: {
    enabledProtocols: 'SMB'
    shareQuota: settings.quota
    accessTier: premium ? 'Premium' : 'TransactionOptimized'
  }
}

resource vault 'Microsoft.KeyVault/vaults@2026-02-01' existing = {
  name: vaultName
}

// The key by which nodes mount the share; a deployment after its rotation brings the new one.
resource shareKey 'Microsoft.KeyVault/vaults/secrets@2026-02-01' = if (byKey) {
  parent: vault
  name: secretNames.shareKey
  tags: tags
  properties: { contentType: 'key of the storage account', value: storageAccount.listKeys().keys[0].value }
}

// Managers mount the share by its key.
resource managerReadsShareKey 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (byKey) {
  scope: shareKey
  name: guid(shareKey.id, managerId, secretsUser())
  properties: {
    principalId: managerPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: secretsUser()
  }
}

// Workers mount the share by its key.
resource workerReadsShareKey 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (byKey) {
  scope: shareKey
  name: guid(shareKey.id, workerId, secretsUser())
  properties: {
    principalId: workerPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: secretsUser()
  }
}

// Managers mount the share by their identity.
resource managerMounts 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!byKey) {
  scope: storageAccount
  name: guid(storageAccount.id, managerId, shareMounter())
  properties: {
    principalId: managerPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: shareMounter()
  }
}

// Workers mount the share by their identity.
resource workerMounts 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!byKey) {
  scope: storageAccount
  name: guid(storageAccount.id, workerId, shareMounter())
  properties: {
    principalId: workerPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: shareMounter()
  }
}

// Nodes reach the share under an address of their own network.
resource shareEndpoint 'Microsoft.Network/privateEndpoints@2025-01-01' = if (private) {
  name: '${swarm.name}-share'
  location: location
  tags: tags
  properties: {
    subnet: { id: endpointsSubnetId }
    privateLinkServiceConnections: [
      {
        name: 'file'
        properties: { privateLinkServiceId: storageAccount.id, groupIds: ['file'] }
      }
    ]
  }
}

// Within the network the account's name means that address.
resource shareZone 'Microsoft.Network/privateDnsZones@2024-06-01' = if (private) {
  name: 'privatelink.file.${environment().suffixes.storage}'
  location: 'global'
  tags: tags
}

// The machines of the network ask this zone.
resource shareZoneLink 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = if (private) {
  parent: shareZone
  name: swarm.name
  location: 'global'
  tags: tags
  properties: {
    registrationEnabled: false
    virtualNetwork: { id: networkId }
  }
}

// Keeps that address in the zone.
resource shareZoneGroup 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2025-01-01' = if (private) {
  parent: shareEndpoint
  name: 'default'
  properties: {
    privateDnsZoneConfigs: [{ name: 'file', properties: { privateDnsZoneId: shareZone.id } }]
  }
}

// The share is not deleted by accident.
resource storageLock 'Microsoft.Authorization/locks@2020-05-01' = if (contains(swarm.locks, 'storage')) {
  scope: storageAccount
  name: '${swarm.name}-storage'
  properties: {
    level: 'CanNotDelete'
    notes: 'The files of the swarm are in this account.'
  }
}

output accountName string = storageAccount.name
