// vault.bicep: the key vault, what it holds, and who may read which secret.
import { Swarm } from 'swarm.bicep'
import { tagsOf } from 'plan.bicep'

param swarm Swarm
param location string
param managerPrincipalId string
param managerIdentityId string
param workerPrincipalId string
param workerIdentityId string
@description('First password of Portainer\'s administrator.')
@secure()
param portainerPassword string
@description('Secret by which Portainer and its agents know each other.')
@secure()
param agentSecret string

var tags = tagsOf(swarm)
var officer = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7')
var user = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')

// Holds all secrets of the swarm.
resource vault 'Microsoft.KeyVault/vaults@2026-05-15' = {
  name: swarm.vault.?name ?? '${take(swarm.name, 10)}-${uniqueString(resourceGroup().id)}'
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    softDeleteRetentionInDays: swarm.vault.softDelete
    enablePurgeProtection: swarm.vault.purgeProtection ? true : null
    createMode: swarm.vault.recover ? 'recover' : null
  }
}

// Who has it becomes a worker. `-` until the first manager stores the real one; never overwritten.
@onlyIfNotExists()
resource workerToken 'Microsoft.KeyVault/vaults/secrets@2026-05-15' = {
  parent: vault
  name: 'swarm-worker-token'
  tags: tags
  properties: { value: '-' }
}

// Who has it becomes a manager. `-` until the first manager stores the real one; never overwritten.
@onlyIfNotExists()
resource managerToken 'Microsoft.KeyVault/vaults/secrets@2026-05-15' = {
  parent: vault
  name: 'swarm-manager-token'
  tags: tags
  properties: { value: '-' }
}

// Made at the first deployment, and kept from then on.
@onlyIfNotExists()
resource portainer 'Microsoft.KeyVault/vaults/secrets@2026-05-15' = if (swarm.stack.enabled && swarm.stack.portainer.enabled) {
  parent: vault
  name: 'portainer-password'
  tags: tags
  properties: { value: portainerPassword }
}

// Made at the first deployment, and kept from then on.
@onlyIfNotExists()
resource agent 'Microsoft.KeyVault/vaults/secrets@2026-05-15' = if (swarm.stack.enabled && swarm.stack.portainer.enabled) {
  parent: vault
  name: 'portainer-agent-secret'
  tags: tags
  properties: { value: agentSecret }
}

// Managers store the token, and read it.
resource managerWritesWorkerToken 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: workerToken
  name: guid(workerToken.id, managerIdentityId, officer)
  properties: {
    principalId: managerPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: officer
  }
}

// Managers store the token, and read it.
resource managerWritesManagerToken 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: managerToken
  name: guid(managerToken.id, managerIdentityId, officer)
  properties: {
    principalId: managerPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: officer
  }
}

// Workers read the token by which they join.
resource workerReadsWorkerToken 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: workerToken
  name: guid(workerToken.id, workerIdentityId, user)
  properties: {
    principalId: workerPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: user
  }
}

output name string = vault.name
output uri string = vault.properties.vaultUri
