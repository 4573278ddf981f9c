// main.bicep: a Docker Swarm on Azure. What swarm.yaml says comes in as `swarm`.
// API versions, here and in the modules, are those of a year ago: the newest are not in every region and cloud. Key Vault's
// is newer, since Azure ends those before 2026-02-01.
import { Swarm } from 'swarm.bicep'
import {
  endpointsSubnet
  hasAlerts
  hasBackup
  hasJumpbox
  hasNativeBastion
  hasPortainer
  hasWindows
  machineTags
  makesNetwork
  managerAddresses
  managerZone
  poolSubnet
  subnetsWithMachines
  subnetsWithNodes
  tagsOf
} from 'plan.bicep'
import { secretNames } from 'roles.bicep'
import { sshConfig } from 'ssh.bicep'
import { jumpboxFacts, keyFacts, machineFacts, managerFacts, nodeFacts, workerFacts } from 'facts.bicep'

@export()
@description('Files beside the template, by path: what follows from the description, and is not for Azure.')
func files(swarm Swarm) { *: string } => empty(sshConfig(swarm)) ? {} : { ssh_config: sshConfig(swarm) }

@export()
@description('The section of the description that each module and resource of this file belongs to, for people who watch a deployment; * is the key of its loop.')
func sections() { *: string } => {
  network: 'network'
  ingress: 'ingress'
  identities: 'identities'
  monitoring: 'monitoring'
  vault: 'vault'
  tokens: 'vault'
  operators: 'vault'
  backup: 'vault'
  windows: 'vault'
  ownSecret: 'secrets'
  foreignSecret: 'secrets'
  registry: 'registries'
  storage: 'storage'
  stack: 'stack'
  portainer: 'stack'
  managersSet: 'managers'
  managerNic: 'managers'
  managerDisk: 'managers'
  manager: 'managers'
  pool: 'pool *'
  jumpbox: 'jumpbox'
  bastion: 'jumpbox'
  alerts: 'monitoring'
  diagnostics: 'monitoring'
}

@description('The completed description.')
param swarm Swarm

@description('Where everything is made.')
param location string = resourceGroup().location

@description('Name of the administrator on every machine; Azure refuses admin, root and the like. Cannot be changed later.')
@minLength(1)
@maxLength(20)
param adminUsername string = 'swarm'

@description('Public SSH key that every machine is born with. Cannot be changed later; the operators\' own keys are a secret in the vault and can.')
@minLength(1)
param sshKey string

@description('Password that every Windows machine is born with. Nobody signs in with it: SSH takes keys only.')
@minLength(12)
@maxLength(72)
@secure()
param windowsPassword string

@description('Number of machines now, of pool')
param capacity { *: int } = {}

@description('First password of Portainer\'s administrator; made at the first deployment and kept in the vault from then on.')
@secure()
param portainerPassword string = newGuid()

@description('Secret by which Portainer and its agents know each other; made at the first deployment and kept in the vault from then on.')
@secure()
param agentSecret string = newGuid()

@description('Key of the copies of the swarm\'s state; made at the first deployment and kept in the vault from then on.')
@secure()
param backupKey string = newGuid()

@description('Values of your own secrets, by name: of secret')
@secure()
param secrets { *: string }

// The loader is all that customData holds: Azure lets nobody change it. It fetches the node program from userData.
var linuxLoader = loadFileAsBase64('../scripts/cloud-init/loader.yaml')
var linuxProgram = loadTextContent('../scripts/cloud-init/node.sh')

// The same for Windows.
var windowsLoader = loadFileAsBase64('../scripts/powershell/loader.ps1')
var windowsProgram = loadTextContent('../scripts/powershell/node.ps1')

module check 'check.bicep' = {
  params: { swarm: swarm }
}

module network 'network.bicep' = {
  params: { swarm: swarm, location: location }
  dependsOn: [check]
}

module ingress 'ingress.bicep' = if (swarm.ingress.enabled) {
  params: { swarm: swarm, location: location }
  dependsOn: [check]
}

module identities 'identities.bicep' = {
  params: { swarm: swarm, location: location }
  dependsOn: [check]
}

module monitoring 'monitoring.bicep' = if (swarm.monitoring.enabled) {
  params: { swarm: swarm, location: location }
  dependsOn: [check]
}

module vault 'vault.bicep' = {
  params: {
    swarm: swarm
    location: location
    subnetIds: map(subnetsWithMachines(swarm), name => '${network.outputs.vnetId}/subnets/${name}')
    endpointsSubnetId: '${network.outputs.vnetId}/subnets/${endpointsSubnet(swarm)}'
    networkId: network.outputs.vnetId
  }
  dependsOn: [identities] // so that nothing in the vault has to say so
}

module tokens 'tokens.bicep' = {
  params: {
    tags: tagsOf(swarm)
    vaultName: vault.outputs.name
    managerId: identities.outputs.managerId
    managerPrincipalId: identities.outputs.managerPrincipalId
    workerId: identities.outputs.workerId
    workerPrincipalId: identities.outputs.workerPrincipalId
  }
}

module operators 'operators.bicep' = {
  params: {
    swarm: swarm
    vaultName: vault.outputs.name
    managerId: identities.outputs.managerId
    managerPrincipalId: identities.outputs.managerPrincipalId
    workerId: identities.outputs.workerId
    workerPrincipalId: identities.outputs.workerPrincipalId
    jumpboxId: identities.outputs.jumpboxId
    jumpboxPrincipalId: identities.outputs.jumpboxPrincipalId
  }
}

module portainer 'portainer.bicep' = if (hasPortainer(swarm)) {
  params: {
    swarm: swarm
    vaultName: vault.outputs.name
    managerId: identities.outputs.managerId
    managerPrincipalId: identities.outputs.managerPrincipalId
    portainerPassword: portainerPassword
    agentSecret: agentSecret
  }
}

module backup 'backup.bicep' = if (hasBackup(swarm)) {
  params: {
    swarm: swarm
    vaultName: vault.outputs.name
    managerId: identities.outputs.managerId
    managerPrincipalId: identities.outputs.managerPrincipalId
    key: backupKey
  }
}

module windows 'windows.bicep' = if (hasWindows(swarm)) {
  params: { swarm: swarm, vaultName: vault.outputs.name, password: windowsPassword }
}

module ownSecret 'ownSecret.bicep' = [
  for entry in filter(items(swarm.secrets), entry => entry.value.kind == 'parameter'): {
    params: {
      key: entry.key
      tags: tagsOf(swarm)
      readers: entry.value.readers
      value: secrets[entry.key]
      vaultName: vault.outputs.name
      managerId: identities.outputs.managerId
      managerPrincipalId: identities.outputs.managerPrincipalId
      workerId: identities.outputs.workerId
      workerPrincipalId: identities.outputs.workerPrincipalId
      jumpboxId: identities.outputs.jumpboxId
      jumpboxPrincipalId: identities.outputs.jumpboxPrincipalId
    }
  }
]

// Roles on a secret of another vault are given where that vault is.
module foreignSecret 'foreignSecret.bicep' = [
  for entry in filter(items(swarm.secrets), entry => entry.value.kind == 'vault'): {
    scope: resourceGroup(split(entry.value.vault, '/')[2], split(entry.value.vault, '/')[4])
    params: {
      vaultName: split(entry.value.vault, '/')[8]
      secretName: entry.value.?name ?? entry.key
      readers: entry.value.readers
      managerId: identities.outputs.managerId
      managerPrincipalId: identities.outputs.managerPrincipalId
      workerId: identities.outputs.workerId
      workerPrincipalId: identities.outputs.workerPrincipalId
      jumpboxId: identities.outputs.jumpboxId
      jumpboxPrincipalId: identities.outputs.jumpboxPrincipalId
    }
  }
]

// The role is given where the registry is.
module registry 'registry.bicep' = [
  for entry in filter(items(swarm.registries), entry => entry.value.kind == 'identity' && entry.value.?id != null): {
    scope: resourceGroup(split(entry.value.id, '/')[2], split(entry.value.id, '/')[4])
    params: {
      registryName: split(entry.value.id, '/')[8]
      managerId: identities.outputs.managerId
      managerPrincipalId: identities.outputs.managerPrincipalId
      workerId: identities.outputs.workerId
      workerPrincipalId: identities.outputs.workerPrincipalId
    }
  }
]

module storage 'storage.bicep' = if (swarm.storage.enabled) {
  params: {
    swarm: swarm
    location: location
    subnetIds: map(subnetsWithNodes(swarm), name => '${network.outputs.vnetId}/subnets/${name}')
    endpointsSubnetId: '${network.outputs.vnetId}/subnets/${endpointsSubnet(swarm)}'
    networkId: network.outputs.vnetId
    vaultName: vault.outputs.name
    managerId: identities.outputs.managerId
    managerPrincipalId: identities.outputs.managerPrincipalId
    workerId: identities.outputs.workerId
    workerPrincipalId: identities.outputs.workerPrincipalId
  }
}

// Under this name Portainer is served.
var hostName = swarm.ingress.?domain != null
  ? swarm.ingress.domain!
  : swarm.ingress.enabled ? ingress!.outputs.hostName : managerAddresses(swarm)[0]

module stack 'stack.bicep' = if (swarm.stack.enabled) {
  params: {
    swarm: swarm
    host: hostName
    vaultName: vault.outputs.name
    managerId: identities.outputs.managerId
    managerPrincipalId: identities.outputs.managerPrincipalId
  }
}

// Without zones: the managers stand in different racks.
resource managersSet 'Microsoft.Compute/availabilitySets@2025-04-01' = if (swarm.managers.availability == 'set') {
  name: '${swarm.name}-managers'
  location: location
  tags: tagsOf(swarm)
  sku: { name: 'Aligned' }
  properties: {
    platformFaultDomainCount: 2
    platformUpdateDomainCount: 5
  }
  dependsOn: [check]
}

// The address by which the other nodes know the manager; it stays when the machine is made anew.
resource managerNic 'Microsoft.Network/networkInterfaces@2025-01-01' = [
  for i in range(0, swarm.managers.count): {
    name: '${swarm.name}-manager-${i}'
    location: location
    tags: machineTags(swarm, 'manager', swarm.managers.tags)
    properties: {
      enableAcceleratedNetworking: swarm.managers.acceleratedNetworking
      networkSecurityGroup: makesNetwork(swarm) ? null : { id: network.outputs.managersNsgId }
      ipConfigurations: [
        {
          name: 'ip'
          properties: {
            subnet: {
              id: '${network.outputs.vnetId}/subnets/${swarm.network.kind == 'new' ? 'managers' : swarm.network.subnets.managers.name}'
            }
            privateIPAllocationMethod: 'Static'
            privateIPAddress: managerAddresses(swarm)[i]
            loadBalancerBackendAddressPools: swarm.ingress.enabled ? [{ id: ingress!.outputs.backendPoolId }] : null
          }
        }
      ]
    }
  }
]

// Docker's data, and with them the manager's part of the swarm's state; it stays when the machine is made anew.
resource managerDisk 'Microsoft.Compute/disks@2025-01-02' = [
  for i in range(0, swarm.managers.dataDisk.enabled ? swarm.managers.count : 0): {
    name: '${swarm.name}-manager-${i}-data'
    location: location
    tags: machineTags(swarm, 'manager', swarm.managers.tags)
    zones: endsWith(swarm.managers.dataDisk.type, '_ZRS') ? null : managerZone(swarm, i)
    sku: { name: swarm.managers.dataDisk.type }
    properties: {
      creationData: { createOption: 'Empty' }
      diskSizeGB: swarm.managers.dataDisk.size
      networkAccessPolicy: 'DenyAll'
      publicNetworkAccess: 'Disabled'
    }
    dependsOn: [check]
  }
]

module manager 'manager.bicep' = [
  for i in range(0, swarm.managers.count): {
    params: {
      swarm: swarm
      location: location
      index: i
      nicId: managerNic[i].id
      diskId: swarm.managers.dataDisk.enabled ? managerDisk[i].id : ''
      availabilitySetId: swarm.managers.availability == 'set' ? managersSet.id : ''
      identityId: identities.outputs.managerId
      facts: {
        ...machineFacts(swarm, 'manager', adminUsername, identities.outputs.managerClientId)
        ...managerFacts(swarm, i)
        ...nodeFacts(swarm, swarm.managers, swarm.managers.os == 'windows')
        ...keyFacts(swarm.managers.os == 'windows', sshKey)
      }
      loader: swarm.managers.os == 'windows' ? windowsLoader : linuxLoader
      program: swarm.managers.os == 'windows' ? windowsProgram : linuxProgram
      adminUsername: adminUsername
      sshKey: sshKey
      windowsPassword: windowsPassword
      ruleId: swarm.monitoring.enabled ? monitoring!.outputs.ruleId : ''
    }
    dependsOn: [tokens, windows] // for everything else a node waits by itself
  }
]

module pool 'pool.bicep' = [
  for entry in items(swarm.workers): {
    params: {
      swarm: swarm
      key: entry.key
      settings: entry.value
      location: location
      capacity: capacity[?entry.key] ?? entry.value.count
      subnetId: '${network.outputs.vnetId}/subnets/${poolSubnet(swarm, entry.key, entry.value)}'
      nsgId: network.outputs.workersNsgId
      identityId: identities.outputs.workerId
      managerId: identities.outputs.managerId
      managerPrincipalId: identities.outputs.managerPrincipalId
      facts: {
        ...machineFacts(swarm, 'worker', adminUsername, identities.outputs.workerClientId)
        ...workerFacts(swarm, entry.key)
        ...nodeFacts(swarm, entry.value, entry.value.os == 'windows')
        ...keyFacts(entry.value.os == 'windows', sshKey)
      }
      loader: entry.value.os == 'windows' ? windowsLoader : linuxLoader
      program: entry.value.os == 'windows' ? windowsProgram : linuxProgram
      adminUsername: adminUsername
      sshKey: sshKey
      windowsPassword: windowsPassword
      ruleId: swarm.monitoring.enabled ? monitoring!.outputs.ruleId : ''
    }
    dependsOn: [tokens, windows]
  }
]

module jumpbox 'jumpbox.bicep' = if (hasJumpbox(swarm)) {
  params: {
    swarm: swarm
    location: location
    subnetId: '${network.outputs.vnetId}/subnets/${swarm.network.kind == 'new' ? 'jumpbox' : swarm.network.subnets.?jumpbox.?name ?? ''}'
    nsgId: network.outputs.jumpboxNsgId
    identityId: identities.outputs.jumpboxId
    facts: {
      ...machineFacts(swarm, 'jumpbox', adminUsername, identities.outputs.jumpboxClientId)
      ...jumpboxFacts(swarm)
      ...keyFacts(swarm.jumpbox.kind == 'windows', sshKey)
    }
    loader: swarm.jumpbox.kind == 'windows' ? windowsLoader : linuxLoader
    program: swarm.jumpbox.kind == 'windows' ? windowsProgram : linuxProgram
    adminUsername: adminUsername
    sshKey: sshKey
    windowsPassword: windowsPassword
  }
  dependsOn: [windows] // before a machine has the password, the vault has it
}

module bastion 'bastion.bicep' = if (swarm.jumpbox.kind == 'bastion') {
  params: { swarm: swarm, location: location, vnetId: network.outputs.vnetId }
}

module alerts 'alerts.bicep' = if (hasAlerts(swarm)) {
  params: {
    swarm: swarm
    location: location
    workspaceId: monitoring!.outputs.workspaceId
    balancerId: swarm.ingress.enabled ? ingress!.outputs.balancerId : ''
  }
}

module diagnostics 'diagnostics.bicep' = if (swarm.monitoring.enabled && swarm.monitoring.diagnostics) {
  params: {
    swarm: swarm
    workspaceId: monitoring!.outputs.workspaceId
    vaultName: vault.outputs.name
    accountName: swarm.storage.enabled ? storage!.outputs.accountName : ''
    balancerName: swarm.ingress.enabled ? ingress!.outputs.balancerName : ''
  }
}

@description('Name under which the swarm is reached from the outside.')
output ingress string? = swarm.ingress.enabled ? hostName : null

@description('Public address behind that name; point the name of your domain to it.')
output ingressAddress string? = swarm.ingress.enabled ? ingress!.outputs.address : null

@description('Where Portainer is. Its administrator is admin; the password is the secret portainer-password.')
output portainer string? = hasPortainer(swarm) ? 'https://${hostName}${swarm.stack.portainer.path}/' : null

@description('How to reach the jumpbox.')
output jumpbox string? = hasJumpbox(swarm)
  ? 'ssh ${adminUsername}@${jumpbox!.outputs.hostName}'
  : swarm.jumpbox.kind == 'bastion' ? 'Azure Bastion ${bastion!.outputs.name}' : null

@description('What ssh_config must know of this deployment.')
output sshConfig string[]? = hasJumpbox(swarm)
  ? [
      'Host jumpbox ${swarm.name}-jumpbox'
      '    HostName ${jumpbox!.outputs.hostName}'
      'Host jumpbox manager* ${swarm.name}-*'
      '    User ${adminUsername}'
    ]
  : null

@description('How to reach each manager.')
output managers string[] = [
  for i in range(0, swarm.managers.count): hasJumpbox(swarm)
    ? 'ssh -J ${adminUsername}@${jumpbox!.outputs.hostName} ${adminUsername}@${managerAddresses(swarm)[i]}'
    : hasNativeBastion(swarm)
        ? 'az network bastion ssh --name ${bastion!.outputs.name} --resource-group ${resourceGroup().name} --target-resource-id ${manager[i].outputs.id} --auth-type ssh-key --username ${adminUsername} --ssh-key ~/.ssh/id_ed25519'
        : swarm.jumpbox.kind == 'bastion'
            ? 'Bastion, on the page of the machine: ${environment().portal}/#resource${manager[i].outputs.id}'
            : 'az vm run-command invoke --ids ${manager[i].outputs.id} --command-id ${swarm.managers.os == 'windows' ? 'RunPowerShellScript' : 'RunShellScript'} --scripts "docker node ls"'
]

@description('The vault with all secrets.')
output vault string = vault.outputs.name

@description('Names of the secrets in it that people may need. Look one up: az keyvault secret show --vault-name VAULT --name SECRET --query value')
output secrets string[] = concat(
  hasPortainer(swarm) ? [secretNames.portainerPassword] : [],
  hasBackup(swarm) ? [secretNames.backupKey] : [],
  hasWindows(swarm) ? [secretNames.windowsPassword] : []
)
