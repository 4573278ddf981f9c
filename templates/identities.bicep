// identities.bicep: one identity a role; what each may read is said where the secrets are.
import { Swarm } from 'swarm.bicep'
import { hasJumpbox, tagsOf } from 'plan.bicep'

param swarm Swarm
param location string

var tags = tagsOf(swarm)

// Who the managers are, when they ask the vault.
resource managerIdentity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: '${swarm.name}-manager'
  location: location
  tags: tags
}

// Who the workers are: they may join, and read what workers need.
resource workerIdentity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: '${swarm.name}-worker'
  location: location
  tags: tags
}

// Who the jumpbox is: it reads the operators' public keys, nothing else.
resource jumpboxIdentity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = if (hasJumpbox(swarm)) {
  name: '${swarm.name}-jumpbox'
  location: location
  tags: tags
}

output managerId string = managerIdentity.id
output managerClientId string = managerIdentity.properties.clientId
output managerPrincipalId string = managerIdentity.properties.principalId
output workerId string = workerIdentity.id
output workerClientId string = workerIdentity.properties.clientId
output workerPrincipalId string = workerIdentity.properties.principalId
output jumpboxId string = hasJumpbox(swarm) ? jumpboxIdentity.id : ''
output jumpboxClientId string = hasJumpbox(swarm) ? jumpboxIdentity!.properties.clientId : ''
output jumpboxPrincipalId string = hasJumpbox(swarm) ? jumpboxIdentity!.properties.principalId : ''
