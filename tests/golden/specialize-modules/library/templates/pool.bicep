param key string
param name string
param location string
param vaultUri string
param grows bool
param facts object

var tags = { pool: key }

// One pool.
resource pool 'Microsoft.Compute/virtualMachineScaleSets@2024-11-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    virtualMachineProfile: { userData: base64(string({ ...facts, role: 'worker', vault: vaultUri })) }
  }
}

resource grower 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = if (grows) {
  name: '${name}-grower'
  location: location
  tags: { ...tags, pool: '${key}s', id: pool.id }
}

output id string = pool.id
