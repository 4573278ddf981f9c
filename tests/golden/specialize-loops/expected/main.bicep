param location string = resourceGroup().location

@description('Machines now, of pool batch.')
@minValue(0)
param batchCapacity int = 5

@description('Machines now, of pool web.')
@minValue(0)
param webCapacity int = 2

@description('A secret of its own for each pool batch.')
@secure()
param passwordBatch string

@description('A secret of its own for each pool web.')
@secure()
param passwordWeb string

// Who somebody is.
resource identityManager 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'acme-manager'
  location: location
}

// Who somebody is.
resource identityWorkerNode 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'acme-worker-node'
  location: location
}

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = {
  name: 'acme'
  location: location
  properties: { tenantId: tenant().tenantId, sku: { family: 'A', name: 'standard' } }
}

// One after the other.
resource secretBatch 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = {
  parent: vault
  name: '0-batch'
  tags: { owner: identityManager.id }
  properties: { value: passwordBatch, contentType: string(batchCapacity) }
}

// One after the other.
resource secretWeb 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = {
  parent: vault
  name: '2-web'
  tags: { owner: identityManager.id }
  properties: { value: passwordWeb, contentType: string(webCapacity) }
}

resource reads0 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: vault
  name: guid(vault.id, identityManager.id)
  properties: {
    principalId: identityManager.properties.principalId
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      '4633458b-17de-408a-b874-0445c86b69e6'
    )
  }
  dependsOn: [
    secretBatch
    secretWeb
  ]
}

resource reads1 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: vault
  name: guid(vault.id, identityWorkerNode.id)
  properties: {
    principalId: identityWorkerNode.properties.principalId
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      '4633458b-17de-408a-b874-0445c86b69e6'
    )
  }
  dependsOn: [
    secretBatch
    secretWeb
  ]
}

output ids array = [identityManager.id, identityWorkerNode.id]

output last string = identityWorkerNode.name
