param managerId string

param managerPrincipalId string

param workerId string

param workerPrincipalId string

var imagePuller = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  '7f951dda-4ed3-4680-a7ca-43fe172d538d'
)

resource registry 'Microsoft.ContainerRegistry/registries@2025-04-01' existing = {
  name: 'globex'
}

// The managers pull images.
resource managerPulls 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: registry
  name: guid(registry.id, managerId, imagePuller)
  properties: {
    principalId: managerPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: imagePuller
  }
}

// The workers pull images.
resource workerPulls 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: registry
  name: guid(registry.id, workerId, imagePuller)
  properties: {
    principalId: workerPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: imagePuller
  }
}
