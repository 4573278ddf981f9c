param location string = resourceGroup().location

// Holds all secrets.
resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = {
  name: 'acme'
  location: location
  properties: { tenantId: tenant().tenantId, sku: { family: 'A', name: 'standard' } }
}

// Read by everybody.
@onlyIfNotExists()
resource token 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = {
  parent: vault
  name: 'token'
  properties: { value: '-' }
}

resource reader 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: '${vault.name}-reader'
  location: location
  dependsOn: [
    token
  ]
}

resource reads 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: token
  name: guid(token.id, 'reader')
  properties: {
    principalId: reader.properties.principalId
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      '4633458b-17de-408a-b874-0445c86b69e6'
    )
  }
}

// One pool.
resource poolBc 'Microsoft.Compute/virtualMachineScaleSets@2024-11-01' = {
  name: 'acme-bc'
  location: location
  tags: { pool: 'bc' }
  properties: {
    virtualMachineProfile: {
      userData: base64(string({
        pool: 'bc'
        count: 1
        reader: reader.properties.clientId
        role: 'worker'
        vault: vault.properties.vaultUri
      }))
    }
  }
  dependsOn: [
    reads
  ]
}

// One pool.
resource poolWeb 'Microsoft.Compute/virtualMachineScaleSets@2024-11-01' = {
  name: 'acme-web'
  location: location
  tags: { pool: 'web' }
  properties: {
    virtualMachineProfile: {
      userData: base64(string({
        pool: 'web'
        count: 2
        reader: reader.properties.clientId
        role: 'worker'
        vault: vault.properties.vaultUri
      }))
    }
  }
  dependsOn: [
    reads
  ]
}

resource poolWebGrower 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'acme-web-grower'
  location: location
  tags: { pool: 'webs', id: poolWeb.id }
}

output pools array = [poolBc.id, poolWeb.id]

output address string = format('{0}/{1}', vault.properties.vaultUri, token.name)
