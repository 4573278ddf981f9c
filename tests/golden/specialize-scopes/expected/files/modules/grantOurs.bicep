param principalId string

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: 'ours'
}

// May read secrets.
resource reads 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: vault
  name: guid(vault.id, 'ours')
  properties: {
    principalId: principalId
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      '4633458b-17de-408a-b874-0445c86b69e6'
    )
  }
}

output id string = reads.id
