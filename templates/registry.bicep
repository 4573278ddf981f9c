// registry.bicep: who pulls images from an Azure Container Registry. Deployed in that registry's resource group.
import { imagePuller } from 'roles.bicep'

param registryName string
param managerId string
param managerPrincipalId string
param workerId string
param workerPrincipalId string

resource registry 'Microsoft.ContainerRegistry/registries@2025-04-01' existing = {
  name: registryName
}

// The managers pull images.
resource managerPulls 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: registry
  name: guid(registry.id, managerId, imagePuller())
  properties: {
    principalId: managerPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: imagePuller()
  }
}

// The workers pull images.
resource workerPulls 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: registry
  name: guid(registry.id, workerId, imagePuller())
  properties: {
    principalId: workerPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: imagePuller()
  }
}
