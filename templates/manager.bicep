// manager.bicep: one manager. Its address and its disk outlive it (main.bicep).
import { Swarm } from 'swarm.bicep'
import { machineTags, managerZone } from 'plan.bicep'
import {
  dataDiskCaching
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
param nicId string
@description('The disk for Docker; empty where there is none.')
param diskId string
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

// Runs the swarm itself, and what comes in from the outside.
resource manager 'Microsoft.Compute/virtualMachines@2025-04-01' = {
  name: '${swarm.name}-manager-${index}'
  location: location
  tags: tags
  zones: managerZone(swarm, index)
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
              caching: dataDiskCaching(managers.dataDisk)
              managedDisk: { id: diskId }
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
      windowsConfiguration: windows ? windowsConfiguration(false) : null
    }
    networkProfile: { networkInterfaces: [{ id: nicId, properties: { deleteOption: 'Detach' } }] }
    diagnosticsProfile: { bootDiagnostics: { enabled: true } }
    userData: base64(string({ ...facts, program: program }))
  }
}

// Windows does not run customData by itself.
resource start 'Microsoft.Compute/virtualMachines/extensions@2025-04-01' = if (windows) {
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
resource agent 'Microsoft.Compute/virtualMachines/extensions@2025-04-01' = if (swarm.monitoring.enabled) {
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
