// backup.bicep: the key of the copies of the swarm's state, made at the first deployment, and who may look it up.
import { Swarm } from 'swarm.bicep'
import { deployerReads, tagsOf } from 'plan.bicep'
import { secretNames, secretsUser } from 'roles.bicep'

param swarm Swarm
param vaultName string
param managerId string
param managerPrincipalId string
@secure()
param key string

resource vault 'Microsoft.KeyVault/vaults@2026-02-01' existing = {
  name: vaultName
}

// Copies of the swarm's state are encrypted with it. Made at the first deployment, never overwritten.
@onlyIfNotExists()
resource backup 'Microsoft.KeyVault/vaults/secrets@2026-02-01' = {
  parent: vault
  name: secretNames.backupKey
  tags: tagsOf(swarm)
  properties: { contentType: 'key of the copies of the swarm\'s state', value: key }
}

// Managers make the copies, and a new first manager reads them.
resource managerReadsBackup 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: backup
  name: guid(backup.id, managerId, secretsUser())
  properties: {
    principalId: managerPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: secretsUser()
  }
}

// Who deploys, and is no operator anyway, may look the key up: whoever rebuilds a lost swarm needs it.
resource deployerReadsBackup 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (deployerReads(swarm)) {
  scope: backup
  name: guid(backup.id, deployer().objectId, secretsUser())
  properties: {
    principalId: deployer().objectId
    roleDefinitionId: secretsUser()
  }
}

// An operator may look the key up.
resource operatorReadsBackup 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for operator in swarm.access.operators: {
    scope: backup
    name: guid(backup.id, toLower(operator.id), secretsUser())
    properties: {
      principalId: toLower(operator.id)
      principalType: operator.type
      roleDefinitionId: secretsUser()
    }
  }
]
