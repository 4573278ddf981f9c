// main.bicep: a Docker Swarm on Azure. What swarm.yaml says comes in as `swarm`.
import { Swarm } from 'swarm.bicep'
import { problems } from 'rules.bicep'
import {
  endpointsSubnet
  hasAlerts
  hasBackup
  hasJumpbox
  hasPortainer
  machineTags
  makesNetwork
  managerAddresses
  managerZone
  poolSubnet
  subnetsWithNodes
  tagsOf
} from 'plan.bicep'
import { secretNames } from 'roles.bicep'
import { sshConfig } from 'ssh.bicep'
import { jumpboxFacts, keyFacts, machineFacts, managerFacts, nodeFacts, workerFacts } from 'facts.bicep'

@export()
@description('Files beside the template, by path: what follows from the description, and is not for Azure.')
func files(swarm Swarm) { *: string } => empty(sshConfig(swarm)) ? {} : { ssh_config: sshConfig(swarm) }

@description('The completed description.')
param swarm Swarm

@description('Where everything is made.')
param location string = resourceGroup().location

@description('Name of the administrator on every machine. Cannot be changed later.')
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

var found = filter(problems(swarm), problem => problem.?level != 'warning')
var checked = empty(found) ? swarm : fail(join(map(found, problem => '${problem.at}: ${problem.message}'), '; '))

// The loader is all that customData holds: Azure lets nobody change it. It fetches the node program from userData.
var linuxLoader = loadFileAsBase64('../scripts/cloud-init/loader.yaml')
var linuxProgram = loadTextContent('../scripts/cloud-init/node.sh')

// The same for Windows.
var windowsLoader = loadFileAsBase64('../scripts/powershell/loader.ps1')
var windowsProgram = loadTextContent('../scripts/powershell/node.ps1')

module network 'network.bicep' = {
  params: { swarm: checked, location: location }
}

module ingress 'ingress.bicep' = if (checked.ingress.enabled) {
  params: { swarm: checked, location: location }
}

module identities 'identities.bicep' = {
  params: { swarm: checked, location: location }
}

module monitoring 'monitoring.bicep' = if (checked.monitoring.enabled) {
  params: { swarm: checked, location: location }
}

module vault 'vault.bicep' = {
  params: {
    swarm: checked
    location: location
    subnetIds: map(subnetsWithNodes(checked), name => '${network.outputs.vnetId}/subnets/${name}')
    endpointsSubnetId: '${network.outputs.vnetId}/subnets/${endpointsSubnet(checked)}'
    networkId: network.outputs.vnetId
  }
  dependsOn: [identities] // so that nothing in the vault has to say so
}

module tokens 'tokens.bicep' = {
  params: {
    tags: tagsOf(checked)
    vaultName: vault.outputs.name
    managerId: identities.outputs.managerId
    managerPrincipalId: identities.outputs.managerPrincipalId
    workerId: identities.outputs.workerId
    workerPrincipalId: identities.outputs.workerPrincipalId
  }
}

module operators 'operators.bicep' = {
  params: {
    swarm: checked
    vaultName: vault.outputs.name
    managerId: identities.outputs.managerId
    managerPrincipalId: identities.outputs.managerPrincipalId
    workerId: identities.outputs.workerId
    workerPrincipalId: identities.outputs.workerPrincipalId
    jumpboxId: identities.outputs.jumpboxId
    jumpboxPrincipalId: identities.outputs.jumpboxPrincipalId
  }
}

module portainer 'portainer.bicep' = if (checked.stack.enabled && checked.stack.portainer.enabled) {
  params: {
    swarm: checked
    vaultName: vault.outputs.name
    managerId: identities.outputs.managerId
    managerPrincipalId: identities.outputs.managerPrincipalId
    portainerPassword: portainerPassword
    agentSecret: agentSecret
  }
}

module backup 'backup.bicep' = if (hasBackup(checked)) {
  params: {
    swarm: checked
    vaultName: vault.outputs.name
    managerId: identities.outputs.managerId
    managerPrincipalId: identities.outputs.managerPrincipalId
    key: backupKey
  }
}

module secret 'secret.bicep' = [
  for entry in filter(items(checked.secrets), entry => entry.value.kind == 'parameter'): {
    params: {
      key: entry.key
      tags: tagsOf(checked)
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
  for entry in filter(items(checked.secrets), entry => entry.value.kind == 'vault'): {
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
  for entry in filter(items(checked.registries), entry => entry.value.kind == 'identity' && entry.value.?id != null): {
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

module storage 'storage.bicep' = if (checked.storage.enabled) {
  params: {
    swarm: checked
    location: location
    subnetIds: map(subnetsWithNodes(checked), name => '${network.outputs.vnetId}/subnets/${name}')
    endpointsSubnetId: '${network.outputs.vnetId}/subnets/${endpointsSubnet(checked)}'
    networkId: network.outputs.vnetId
    vaultName: vault.outputs.name
    managerId: identities.outputs.managerId
    managerPrincipalId: identities.outputs.managerPrincipalId
    workerId: identities.outputs.workerId
    workerPrincipalId: identities.outputs.workerPrincipalId
  }
}

// Under this name Portainer is served.
var hostName = checked.ingress.?domain != null
  ? checked.ingress.domain!
  : checked.ingress.enabled ? ingress!.outputs.hostName : managerAddresses(checked)[0]

module stack 'stack.bicep' = if (checked.stack.enabled) {
  params: {
    swarm: checked
    host: hostName
    vaultName: vault.outputs.name
    managerId: identities.outputs.managerId
    managerPrincipalId: identities.outputs.managerPrincipalId
  }
}

// Without zones: the managers stand in different racks.
resource managersSet 'Microsoft.Compute/availabilitySets@2026-04-01' = if (checked.managers.availability == 'set') {
  name: '${checked.name}-managers'
  location: location
  tags: tagsOf(checked)
  sku: { name: 'Aligned' }
  properties: {
    platformFaultDomainCount: 2
    platformUpdateDomainCount: 5
  }
}

// The address by which the other nodes know the manager; it stays when the machine is made anew.
resource managerNic 'Microsoft.Network/networkInterfaces@2026-03-01' = [
  for i in range(0, checked.managers.count): {
    name: '${checked.name}-manager-${i}'
    location: location
    tags: machineTags(checked, 'manager', checked.managers.tags)
    properties: {
      enableAcceleratedNetworking: checked.managers.acceleratedNetworking
      networkSecurityGroup: makesNetwork(checked) ? null : { id: network.outputs.managersNsgId }
      ipConfigurations: [
        {
          name: 'ip'
          properties: {
            subnet: {
              id: '${network.outputs.vnetId}/subnets/${checked.network.kind == 'new' ? 'managers' : checked.network.subnets.managers.name}'
            }
            privateIPAllocationMethod: 'Static'
            privateIPAddress: managerAddresses(checked)[i]
            loadBalancerBackendAddressPools: checked.ingress.enabled ? [{ id: ingress!.outputs.backendPoolId }] : null
          }
        }
      ]
    }
  }
]

// Docker's data, and with them the manager's part of the swarm's state; it stays when the machine is made anew.
resource managerDisk 'Microsoft.Compute/disks@2026-03-02' = [
  for i in range(0, checked.managers.dataDisk.enabled ? checked.managers.count : 0): {
    name: '${checked.name}-manager-${i}-data'
    location: location
    tags: machineTags(checked, 'manager', checked.managers.tags)
    zones: endsWith(checked.managers.dataDisk.type, '_ZRS') ? null : managerZone(checked, i)
    sku: { name: checked.managers.dataDisk.type }
    properties: {
      creationData: { createOption: 'Empty' }
      diskSizeGB: checked.managers.dataDisk.size
      networkAccessPolicy: 'DenyAll'
      publicNetworkAccess: 'Disabled'
    }
  }
]

module manager 'manager.bicep' = [
  for i in range(0, checked.managers.count): {
    params: {
      swarm: checked
      location: location
      index: i
      nicId: managerNic[i].id
      diskId: checked.managers.dataDisk.enabled ? managerDisk[i].id : ''
      availabilitySetId: checked.managers.availability == 'set' ? managersSet.id : ''
      identityId: identities.outputs.managerId
      facts: {
        ...machineFacts(checked, 'manager', adminUsername, identities.outputs.managerClientId, vault.outputs.name)
        ...managerFacts(checked, i)
        ...nodeFacts(
          checked,
          checked.managers,
          checked.managers.os == 'windows',
          checked.storage.enabled ? storage!.outputs.accountName : ''
        )
        ...keyFacts(checked.managers.os == 'windows', sshKey)
      }
      loader: checked.managers.os == 'windows' ? windowsLoader : linuxLoader
      program: checked.managers.os == 'windows' ? windowsProgram : linuxProgram
      adminUsername: adminUsername
      sshKey: sshKey
      windowsPassword: windowsPassword
      ruleId: checked.monitoring.enabled ? monitoring!.outputs.ruleId : ''
    }
    dependsOn: [tokens, operators, portainer, backup, stack, secret, foreignSecret, registry]
  }
]

module pool 'pool.bicep' = [
  for entry in items(checked.workers): {
    params: {
      swarm: checked
      key: entry.key
      settings: entry.value
      location: location
      capacity: capacity[?entry.key] ?? entry.value.count
      subnetId: '${network.outputs.vnetId}/subnets/${poolSubnet(checked, entry.key, entry.value)}'
      nsgId: network.outputs.workersNsgId
      identityId: identities.outputs.workerId
      managerId: identities.outputs.managerId
      managerPrincipalId: identities.outputs.managerPrincipalId
      facts: {
        ...machineFacts(checked, 'worker', adminUsername, identities.outputs.workerClientId, vault.outputs.name)
        ...workerFacts(checked, entry.key)
        ...nodeFacts(
          checked,
          entry.value,
          entry.value.os == 'windows',
          checked.storage.enabled ? storage!.outputs.accountName : ''
        )
        ...keyFacts(entry.value.os == 'windows', sshKey)
      }
      loader: entry.value.os == 'windows' ? windowsLoader : linuxLoader
      program: entry.value.os == 'windows' ? windowsProgram : linuxProgram
      adminUsername: adminUsername
      sshKey: sshKey
      windowsPassword: windowsPassword
      ruleId: checked.monitoring.enabled ? monitoring!.outputs.ruleId : ''
    }
    dependsOn: [tokens, operators, secret, foreignSecret, registry]
  }
]

module jumpbox 'jumpbox.bicep' = if (hasJumpbox(checked)) {
  params: {
    swarm: checked
    location: location
    subnetId: '${network.outputs.vnetId}/subnets/${checked.network.kind == 'new' ? 'jumpbox' : checked.network.subnets.?jumpbox.?name ?? ''}'
    nsgId: network.outputs.jumpboxNsgId
    identityId: identities.outputs.jumpboxId
    facts: {
      ...machineFacts(checked, 'jumpbox', adminUsername, identities.outputs.jumpboxClientId, vault.outputs.name)
      ...jumpboxFacts(checked)
      ...keyFacts(checked.jumpbox.kind == 'windows', sshKey)
    }
    loader: checked.jumpbox.kind == 'windows' ? windowsLoader : linuxLoader
    program: checked.jumpbox.kind == 'windows' ? windowsProgram : linuxProgram
    adminUsername: adminUsername
    sshKey: sshKey
    windowsPassword: windowsPassword
  }
  dependsOn: [operators, secret, foreignSecret]
}

module bastion 'bastion.bicep' = if (checked.jumpbox.kind == 'bastion') {
  params: { swarm: checked, location: location, vnetId: network.outputs.vnetId }
}

module alerts 'alerts.bicep' = if (hasAlerts(checked)) {
  params: {
    swarm: checked
    location: location
    workspaceId: monitoring!.outputs.workspaceId
    balancerId: checked.ingress.enabled ? ingress!.outputs.balancerId : ''
  }
}

module diagnostics 'diagnostics.bicep' = if (checked.monitoring.enabled && checked.monitoring.diagnostics) {
  params: {
    swarm: checked
    workspaceId: monitoring!.outputs.workspaceId
    vaultName: vault.outputs.name
    accountName: checked.storage.enabled ? storage!.outputs.accountName : ''
    balancerName: checked.ingress.enabled ? ingress!.outputs.balancerName : ''
  }
}

@description('Name under which the swarm is reached from the outside.')
output ingress string? = checked.ingress.enabled ? hostName : null

@description('Public address behind that name; point the name of your domain to it.')
output ingressAddress string? = checked.ingress.enabled ? ingress!.outputs.address : null

@description('Where Portainer is. Its administrator is admin; the password is the secret portainer-password.')
output portainer string? = hasPortainer(checked) ? 'https://${hostName}${checked.stack.portainer.path}/' : null

@description('How to reach the jumpbox.')
output jumpbox string? = hasJumpbox(checked)
  ? 'ssh ${adminUsername}@${jumpbox!.outputs.hostName}'
  : checked.jumpbox.kind == 'bastion' ? 'Azure Bastion ${bastion!.outputs.name}' : null

@description('What ssh_config must know of this deployment.')
output sshConfig string[]? = hasJumpbox(checked)
  ? [
      'Host jumpbox ${checked.name}-jumpbox'
      '    HostName ${jumpbox!.outputs.hostName}'
      'Host jumpbox manager* ${checked.name}-*'
      '    User ${adminUsername}'
    ]
  : null

@description('How to reach each manager.')
output managers string[] = [
  for i in range(0, checked.managers.count): hasJumpbox(checked)
    ? 'ssh -J ${adminUsername}@${jumpbox!.outputs.hostName} ${adminUsername}@${managerAddresses(checked)[i]}'
    : checked.jumpbox.kind == 'bastion'
        ? 'az network bastion ssh --name ${bastion!.outputs.name} --resource-group ${resourceGroup().name} --target-resource-id ${manager[i].outputs.id} --auth-type ssh-key --username ${adminUsername} --ssh-key ~/.ssh/id_ed25519'
        : 'ssh ${adminUsername}@${managerAddresses(checked)[i]}'
]

@description('The vault with all secrets.')
output vault string = vault.outputs.name

@description('Names of the secrets in it that people may need. Look one up: az keyvault secret show --vault-name VAULT --name SECRET --query value')
output secrets string[] = concat(
  hasPortainer(checked) ? [secretNames.portainerPassword] : [],
  hasBackup(checked) ? [secretNames.backupKey] : []
)
