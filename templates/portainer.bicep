// portainer.bicep: the secrets of Portainer, made at the first deployment, and who may look them up.
import { Swarm } from 'swarm.bicep'
import { deployerReads, tagsOf } from 'plan.bicep'
import { secretNames, secretsUser } from 'roles.bicep'

param swarm Swarm
param vaultName string
param managerId string
param managerPrincipalId string
@secure()
param portainerPassword string
@secure()
param agentSecret string

var tags = tagsOf(swarm)

resource vault 'Microsoft.KeyVault/vaults@2026-02-01' existing = {
  name: vaultName
}

// First password of Portainer's administrator. Made at the first deployment, never overwritten.
@onlyIfNotExists()
resource portainer 'Microsoft.KeyVault/vaults/secrets@2026-02-01' = {
  parent: vault
  name: secretNames.portainerPassword
  tags: tags
  properties: { contentType: 'password of admin in Portainer', value: portainerPassword }
}

// Portainer and its agents know each other by it. Made at the first deployment, never overwritten.
@onlyIfNotExists()
resource portainerAgent 'Microsoft.KeyVault/vaults/secrets@2026-02-01' = {
  parent: vault
  name: secretNames.agentSecret
  tags: tags
  properties: { contentType: 'secret of Portainer and its agents', value: agentSecret }
}

// Managers set the password when they start Portainer.
resource managerReadsPortainer 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: portainer
  name: guid(portainer.id, managerId, secretsUser())
  properties: {
    principalId: managerPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: secretsUser()
  }
}

// Managers give the secret to Portainer and its agents.
resource managerReadsPortainerAgent 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: portainerAgent
  name: guid(portainerAgent.id, managerId, secretsUser())
  properties: {
    principalId: managerPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: secretsUser()
  }
}

// Who deploys, and is no operator anyway, may look the password up.
resource deployerReadsPortainer 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (deployerReads(swarm)) {
  scope: portainer
  name: guid(portainer.id, deployer().objectId, secretsUser())
  properties: {
    principalId: deployer().objectId
    roleDefinitionId: secretsUser()
  }
}

// An operator may look the password up.
resource operatorReadsPortainer 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for operator in swarm.access.operators: {
    scope: portainer
    name: guid(portainer.id, toLower(operator.id), secretsUser())
    properties: {
      principalId: toLower(operator.id)
      principalType: operator.type
      roleDefinitionId: secretsUser()
    }
  }
]
