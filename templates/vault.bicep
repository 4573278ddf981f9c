// vault.bicep: the key vault. What is in it, and who may read that, stands with each secret: tokens, operators, ownSecret and others.
import { Swarm } from 'swarm.bicep'
import { tagsOf, vaultNameOf } from 'plan.bicep'

param swarm Swarm
param location string
@description('Subnets that reach the vault when it is not public.')
param subnetIds string[]
@description('Subnet of private endpoints; empty where there is none.')
param endpointsSubnetId string
@description('The network that resolves the names of private endpoints; empty where there is none.')
param networkId string

var settings = swarm.vault
var tags = tagsOf(swarm)
var private = settings.network == 'private'

// Keeps the join tokens and all other secrets. Roles decide who reads what; a worker cannot read the managers' token.
resource vault 'Microsoft.KeyVault/vaults@2026-02-01' = {
  name: vaultNameOf(swarm)
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    createMode: settings.recover ? 'recover' : null
    enableRbacAuthorization: true
    // A later deployment takes from here what it does not know: passwords, secrets of your own.
    enabledForTemplateDeployment: true
    enableSoftDelete: true
    softDeleteRetentionInDays: settings.softDelete
    enablePurgeProtection: settings.purgeProtection ? true : null
    publicNetworkAccess: private && empty(settings.sources) ? 'Disabled' : 'Enabled'
    networkAcls: {
      // Resource Manager writes the secrets of this template from outside.
      bypass: 'AzureServices'
      defaultAction: settings.network == 'public' ? 'Allow' : 'Deny'
      ipRules: settings.network == 'public' ? null : map(settings.sources, source => { value: source })
      virtualNetworkRules: settings.network == 'subnets' ? map(subnetIds, id => { id: id }) : null
    }
  }
}

// Nodes reach the vault under an address of their own network.
resource vaultEndpoint 'Microsoft.Network/privateEndpoints@2025-01-01' = if (private) {
  name: '${swarm.name}-vault'
  location: location
  tags: tags
  properties: {
    subnet: { id: endpointsSubnetId }
    privateLinkServiceConnections: [
      {
        name: 'vault'
        properties: { privateLinkServiceId: vault.id, groupIds: ['vault'] }
      }
    ]
  }
}

// Within the network the vault's name means that address.
resource vaultZone 'Microsoft.Network/privateDnsZones@2024-06-01' = if (private) {
  name: 'privatelink${replace(environment().suffixes.keyvaultDns, '.vault.', '.vaultcore.')}'
  location: 'global'
  tags: tags
}

// The machines of the network ask this zone.
resource vaultZoneLink 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = if (private) {
  parent: vaultZone
  name: swarm.name
  location: 'global'
  tags: tags
  properties: {
    registrationEnabled: false
    virtualNetwork: { id: networkId }
  }
}

// Keeps that address in the zone.
resource vaultZoneGroup 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2025-01-01' = if (private) {
  parent: vaultEndpoint
  name: 'default'
  properties: {
    privateDnsZoneConfigs: [{ name: 'vault', properties: { privateDnsZoneId: vaultZone.id } }]
  }
}

// The vault is not deleted by accident.
resource vaultLock 'Microsoft.Authorization/locks@2020-05-01' = if (contains(swarm.locks, 'vault')) {
  scope: vault
  name: '${swarm.name}-vault'
  properties: {
    level: 'CanNotDelete'
    notes: 'The join tokens of the swarm are in this vault.'
  }
}

output name string = vault.name
