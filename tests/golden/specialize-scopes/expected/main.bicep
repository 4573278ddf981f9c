param location string = resourceGroup().location

resource reader 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'acme-reader'
  location: location
}

// Where the vault is.
module grantOurs 'modules/grantOurs.bicep' = {
  scope: resourceGroup('rg')
  params: { principalId: reader.properties.principalId }
}

// Where the vault is.
module grantTheirs 'modules/grantTheirs.bicep' = {
  scope: resourceGroup('other')
  params: { principalId: reader.properties.principalId }
}

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: 'acme'
}

// May read secrets.
resource reads 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: vault
  name: guid(vault.id, 'acme')
  properties: {
    principalId: reader.properties.principalId
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      '4633458b-17de-408a-b874-0445c86b69e6'
    )
  }
  dependsOn: [
    grantOurs
    grantTheirs
  ]
}

output granted array = [grantOurs.outputs.id, grantTheirs.outputs.id]

output names array = ['ours', 'theirs']

output own string = reads.id
