// foreignSecret.bicep: readers of a secret in another vault. Deployed in that vault's resource group.
import { secretsUser } from 'roles.bicep'

param vaultName string
param secretName string
param readers string[]
param managerId string
param managerPrincipalId string
param workerId string
param workerPrincipalId string
param jumpboxId string
param jumpboxPrincipalId string

resource vault 'Microsoft.KeyVault/vaults@2026-02-01' existing = {
  name: vaultName
}

resource secret 'Microsoft.KeyVault/vaults/secrets@2026-02-01' existing = {
  parent: vault
  name: secretName
}

// The managers may read it.
resource managerReads 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (contains(readers, 'managers')) {
  scope: secret
  name: guid(secret.id, managerId, secretsUser())
  properties: {
    principalId: managerPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: secretsUser()
  }
}

// The workers may read it.
resource workerReads 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (contains(readers, 'workers')) {
  scope: secret
  name: guid(secret.id, workerId, secretsUser())
  properties: {
    principalId: workerPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: secretsUser()
  }
}

// The jumpbox may read it.
resource jumpboxReads 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (contains(readers, 'jumpbox')) {
  scope: secret
  name: guid(secret.id, jumpboxId, secretsUser())
  properties: {
    principalId: jumpboxPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: secretsUser()
  }
}
