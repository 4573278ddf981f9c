// windows.bicep: the password that all Windows machines are born with, and who may look it up.
import { Swarm } from 'swarm.bicep'
import { deployerReads, tagsOf } from 'plan.bicep'
import { secretNames, secretsUser } from 'roles.bicep'

param swarm Swarm
param vaultName string
@secure()
param password string

resource vault 'Microsoft.KeyVault/vaults@2026-02-01' existing = {
  name: vaultName
}

// Password of the Windows machines. Later deployments take it from here, for it cannot change.
@onlyIfNotExists()
resource windows 'Microsoft.KeyVault/vaults/secrets@2026-02-01' = {
  parent: vault
  name: secretNames.windowsPassword
  tags: tagsOf(swarm)
  properties: { contentType: 'password of the administrator on Windows machines', value: password }
}

// Who deploys, and is no operator anyway, may look the password up.
resource deployerReadsWindows 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (deployerReads(swarm)) {
  scope: windows
  name: guid(windows.id, deployer().objectId, secretsUser())
  properties: {
    principalId: deployer().objectId
    roleDefinitionId: secretsUser()
  }
}

// An operator may look the password up.
resource operatorReadsWindows 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for operator in swarm.access.operators: {
    scope: windows
    name: guid(windows.id, toLower(operator.id), secretsUser())
    properties: {
      principalId: toLower(operator.id)
      principalType: operator.type
      roleDefinitionId: secretsUser()
    }
  }
]
