// operators.bicep: the operators' public keys, which every machine reads. They can change without any machine changing.
import { Swarm } from 'swarm.bicep'
import { tagsOf } from 'plan.bicep'
import { hasJumpbox } from 'plan.bicep'
import { secretNames, secretsUser } from 'roles.bicep'

param swarm Swarm
param vaultName string
param managerId string
param managerPrincipalId string
param workerId string
param workerPrincipalId string
param jumpboxId string
param jumpboxPrincipalId string

var keys = swarm.access.sshKeys

var tags = tagsOf(swarm)

resource vault 'Microsoft.KeyVault/vaults@2026-02-01' existing = {
  name: vaultName
}

// Public SSH keys of the operators, a line each. Machines look every few minutes.
resource operatorKeys 'Microsoft.KeyVault/vaults/secrets@2026-02-01' = if (!empty(keys)) {
  parent: vault
  name: secretNames.operatorKeys
  tags: tags
  properties: { contentType: 'public SSH keys, a line each', value: join(keys, '\n') }
}

// Public SSH keys of the operators, a line each. swarm.yaml names none, so they are kept in the vault by hand.
@onlyIfNotExists()
resource operatorKeysByHand 'Microsoft.KeyVault/vaults/secrets@2026-02-01' = if (empty(keys)) {
  parent: vault
  name: secretNames.operatorKeys
  tags: tags
  properties: { contentType: 'public SSH keys, a line each', value: '-' }
}

resource secret 'Microsoft.KeyVault/vaults/secrets@2026-02-01' existing = {
  parent: vault
  name: secretNames.operatorKeys
}

// The managers read the operators' keys.
resource managerReadsOperatorKeys 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: secret
  name: guid(secret.id, managerId, secretsUser())
  properties: {
    principalId: managerPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: secretsUser()
  }
  dependsOn: [operatorKeys, operatorKeysByHand]
}

// The workers read the operators' keys.
resource workerReadsOperatorKeys 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: secret
  name: guid(secret.id, workerId, secretsUser())
  properties: {
    principalId: workerPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: secretsUser()
  }
  dependsOn: [operatorKeys, operatorKeysByHand]
}

// The jumpbox reads the operators' keys.
resource jumpboxReadsOperatorKeys 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (hasJumpbox(swarm)) {
  scope: secret
  name: guid(secret.id, jumpboxId, secretsUser())
  properties: {
    principalId: jumpboxPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: secretsUser()
  }
  dependsOn: [operatorKeys, operatorKeysByHand]
}
