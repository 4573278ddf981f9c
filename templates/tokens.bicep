// tokens.bicep: the secrets by which nodes join. Managers write them once the swarm exists.
import { secretNames, secretsOfficer, secretsUser } from 'roles.bicep'

param vaultName string
param tags object
param managerId string
param managerPrincipalId string
param workerId string
param workerPrincipalId string

var tokens = [secretNames.workerToken, secretNames.managerToken]

resource vault 'Microsoft.KeyVault/vaults@2026-02-01' existing = {
  name: vaultName
}

// '-' means: not yet. A token that is there is never overwritten.
@onlyIfNotExists()
resource token 'Microsoft.KeyVault/vaults/secrets@2026-02-01' = [
  for name in tokens: {
    parent: vault
    name: name
    tags: tags
    properties: { contentType: 'join token of the swarm', value: '-' }
  }
]

// Managers write the tokens and repair them.
resource managerWrites 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (name, i) in tokens: {
    scope: token[i]
    name: guid(token[i].id, managerId, secretsOfficer())
    properties: {
      principalId: managerPrincipalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: secretsOfficer()
    }
  }
]

// Workers read the workers' token, not that of the managers.
resource workerReadsToken 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: token[0]
  name: guid(token[0].id, workerId, secretsUser())
  properties: {
    principalId: workerPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: secretsUser()
  }
}
