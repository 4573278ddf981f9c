param vaultName string
param location string

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName
}

resource token 'Microsoft.KeyVault/vaults/secrets@2024-11-01' existing = {
  parent: vault
  name: 'token'
}

resource reader 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: '${vaultName}-reader'
  location: location
}

resource reads 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: token
  name: guid(token.id, 'reader')
  properties: {
    principalId: reader.properties.principalId
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')
  }
}

output clientId string = reader.properties.clientId
