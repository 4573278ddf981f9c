// ownSecret.bicep: one secret of the user, whose value is a secure parameter of the deployment, and its readers.
import { secretsUser } from 'roles.bicep'

param key string
param readers string[]
@secure()
param value string
param vaultName string
param tags object
param managerId string
param managerPrincipalId string
param workerId string
param workerPrincipalId string
param jumpboxId string
param jumpboxPrincipalId string

resource vault 'Microsoft.KeyVault/vaults@2026-02-01' existing = {
  name: vaultName
}

// A secret of your own.
resource ownSecret 'Microsoft.KeyVault/vaults/secrets@2026-02-01' = {
  parent: vault
  name: key
  tags: tags
  properties: { value: value }
}

// The managers may read it.
resource managerReads 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (contains(readers, 'managers')) {
  scope: ownSecret
  name: guid(ownSecret.id, managerId, secretsUser())
  properties: {
    principalId: managerPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: secretsUser()
  }
}

// The workers may read it.
resource workerReads 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (contains(readers, 'workers')) {
  scope: ownSecret
  name: guid(ownSecret.id, workerId, secretsUser())
  properties: {
    principalId: workerPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: secretsUser()
  }
}

// The jumpbox may read it.
resource jumpboxReads 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (contains(readers, 'jumpbox')) {
  scope: ownSecret
  name: guid(ownSecret.id, jumpboxId, secretsUser())
  properties: {
    principalId: jumpboxPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: secretsUser()
  }
}
