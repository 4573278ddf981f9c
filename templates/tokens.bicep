// tokens.bicep: the secrets by which nodes join. Managers write them once the swarm exists.
import { secretNames, secretsOfficer, secretsUser } from 'roles.bicep'

param vaultName string
param managerId string
param managerPrincipalId string
param workerId string
param workerPrincipalId string

var tokens = [secretNames.workerToken, secretNames.managerToken]

resource vault 'Microsoft.KeyVault/vaults@2026-05-15' existing = {
  name: vaultName
}

// '-' means: not yet. A token that is there is never overwritten.
@onlyIfNotExists()
resource secret 'Microsoft.KeyVault/vaults/secrets@2026-05-15' = [
  for token in tokens: {
    parent: vault
    name: token
    properties: { contentType: 'join token of the swarm', value: '-' }
  }
]

// Managers write the tokens and repair them.
resource managerWrites 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (token, i) in tokens: {
    scope: secret[i]
    name: guid(secret[i].id, managerId, secretsOfficer())
    properties: {
      principalId: managerPrincipalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: secretsOfficer()
    }
  }
]

// Workers read the workers' token, not that of the managers.
resource workerReads 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: secret[0]
  name: guid(secret[0].id, workerId, secretsUser())
  properties: {
    principalId: workerPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: secretsUser()
  }
}
