// manager.bicep: one manager: a machine with a fixed address and, for Docker, a disk that outlives it.
import { Swarm } from 'swarm.bicep'
import { machineTags, makesNetwork, managerAddresses, zonesOf } from 'plan.bicep'
import {
  diffDiskSettings
  imagePlan
  imageReference
  linuxConfiguration
  securityProfile
  windowsCommand
  windowsConfiguration
} from 'machine.bicep'

param swarm Swarm
param location string
param index int
param subnetId string
param nsgId string
param backendPoolId string
param availabilitySetId string
param identityId string
@description('What the node program must know.')
param facts object
@description('What customData holds, for the whole life of the machine.')
param loader string
@description('The node program.')
param program string
param adminUsername string
param sshKey string
@secure()
param windowsPassword string
@description('What the agent collects; empty for nothing.')
param ruleId string

var managers = swarm.managers
var windows = managers.os == 'windows'
var tags = machineTags(swarm, 'manager', managers.tags)
var zones = managers.availability == 'zones' ? zonesOf(swarm, managers.?zones) : null
var zone = zones == null ? null : [zones![index % length(zones!)]]
// The address by which the other nodes know the manager.
resource nic 'Microsoft.Network/networkInterfaces@2026-03-01' = {
  name: '${swarm.name}-manager-${index}'
  location: location
  tags: tags
  properties: {
    enableAcceleratedNetworking: managers.acceleratedNetworking
    networkSecurityGroup: makesNetwork(swarm) ? null : { id: nsgId }
    ipConfigurations: [
      {
        name: 'ip'
        properties: {
          subnet: { id: subnetId }
          privateIPAllocationMethod: 'Static'
          privateIPAddress: managerAddresses(swarm)[index]
          loadBalancerBackendAddressPools: swarm.ingress.enabled ? [{ id: backendPoolId }] : null
        }
      }
    ]
  }
}

// Docker's data, and with them the manager's part of the swarm's state.
resource disk 'Microsoft.Compute/disks@2026-03-02' = if (managers.dataDisk.enabled) {
  name: '${swarm.name}-manager-${index}-data'
  location: location
  tags: tags
  zones: endsWith(managers.dataDisk.type, '_ZRS') ? null : zone
  sku: { name: managers.dataDisk.type }
  properties: {
    creationData: { createOption: 'Empty' }
    diskSizeGB: managers.dataDisk.size
    networkAccessPolicy: 'DenyAll'
    publicNetworkAccess: 'Disabled'
  }
}

// Runs the swarm itself, and what comes in from the outside.
resource manager 'Microsoft.Compute/virtualMachines@2026-04-01' = {
  name: '${swarm.name}-manager-${index}'
  location: location
  tags: tags
  zones: zone
  plan: imagePlan(managers.image)
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identityId}': {} } }
  properties: {
    availabilitySet: managers.availability == 'set' ? { id: availabilitySetId } : null
    hardwareProfile: { vmSize: managers.size }
    securityProfile: securityProfile(swarm)
    licenseType: windows && managers.hybridBenefit ? 'Windows_Server' : null
    storageProfile: {
      imageReference: imageReference(managers.image)
      osDisk: {
        name: '${swarm.name}-manager-${index}-os'
        createOption: 'FromImage'
        deleteOption: 'Delete'
        caching: managers.osDisk.ephemeral == 'none' ? 'ReadWrite' : 'ReadOnly'
        diskSizeGB: managers.osDisk.?size
        diffDiskSettings: diffDiskSettings(managers.osDisk)
        managedDisk: {
          storageAccountType: managers.osDisk.ephemeral == 'none' ? managers.osDisk.type : 'Standard_LRS'
        }
      }
      dataDisks: managers.dataDisk.enabled
        ? [
            {
              lun: 0
              createOption: 'Attach'
              deleteOption: 'Detach'
              caching: 'ReadOnly'
              managedDisk: { id: disk.id }
            }
          ]
        : null
    }
    osProfile: {
      computerName: windows ? '${take(swarm.name, 9)}-mgr${index}' : '${swarm.name}-manager-${index}'
      adminUsername: adminUsername
      adminPassword: windows ? windowsPassword : null
      customData: loader
      linuxConfiguration: windows ? null : linuxConfiguration(adminUsername, sshKey)
      windowsConfiguration: windows ? windowsConfiguration(swarm) : null
    }
    networkProfile: { networkInterfaces: [{ id: nic.id, properties: { deleteOption: 'Delete' } }] }
    diagnosticsProfile: { bootDiagnostics: { enabled: true } }
    userData: base64(string({ ...facts, program: program }))
  }
}

// Windows does not run customData by itself.
resource start 'Microsoft.Compute/virtualMachines/extensions@2026-04-01' = if (windows) {
  parent: manager
  name: 'start'
  location: location
  tags: tags
  properties: {
    publisher: 'Microsoft.Compute'
    type: 'CustomScriptExtension'
    typeHandlerVersion: '1.10'
    autoUpgradeMinorVersion: true
    settings: { commandToExecute: windowsCommand }
  }
}

// Measures the machine, and collects its logs.
resource agent 'Microsoft.Compute/virtualMachines/extensions@2026-04-01' = if (swarm.monitoring.enabled) {
  parent: manager
  name: 'monitor'
  location: location
  tags: tags
  properties: {
    publisher: 'Microsoft.Azure.Monitor'
    type: windows ? 'AzureMonitorWindowsAgent' : 'AzureMonitorLinuxAgent'
    typeHandlerVersion: '1.0'
    autoUpgradeMinorVersion: true
    enableAutomaticUpgrade: true
    settings: {
      authentication: {
        managedIdentity: { 'identifier-name': 'mi_res_id', 'identifier-value': identityId }
      }
    }
  }
}

// The agent collects what this rule says.
resource association 'Microsoft.Insights/dataCollectionRuleAssociations@2024-03-11' = if (swarm.monitoring.enabled) {
  scope: manager
  name: '${swarm.name}-nodes'
  properties: { dataCollectionRuleId: ruleId }
}

output id string = manager.id
output name string = manager.name
