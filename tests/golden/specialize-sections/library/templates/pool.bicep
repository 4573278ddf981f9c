param name string
param count int

resource pool 'Microsoft.Compute/virtualMachineScaleSets@2024-11-01' = {
  name: name
  location: 'westeurope'
  sku: { name: 'Standard_D2s_v5', capacity: count }
}

resource reads 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for i in range(0, 2): {
    name: guid(pool.id, string(i))
    scope: pool
    properties: { principalId: '11111111-1111-1111-1111-111111111111', roleDefinitionId: 'role' }
  }
]
