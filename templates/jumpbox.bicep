// jumpbox.bicep: the machine through which operators reach the nodes. It is no node, and holds nothing.
import { Swarm } from 'swarm.bicep'
import { addressZones, machineTags, makesNetwork } from 'plan.bicep'
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
param subnetId string
param nsgId string
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

var settings = swarm.jumpbox
var windows = settings.kind == 'windows'
var tags = machineTags(swarm, 'jumpbox', settings.?tags ?? {})

// Operators come in at this address, and only from the sources that jumpboxNsg names.
resource jumpboxAddress 'Microsoft.Network/publicIPAddresses@2025-01-01' = {
  name: '${swarm.name}-jumpbox'
  location: location
  tags: tags
  zones: addressZones(swarm)
  sku: { name: 'Standard', tier: 'Regional' }
  properties: {
    publicIPAllocationMethod: 'Static'
    publicIPAddressVersion: 'IPv4'
    dnsSettings: {
      domainNameLabel: settings.?dnsLabel ?? '${swarm.name}-jumpbox-${uniqueString(resourceGroup().id)}'
    }
  }
}

// The address of the jumpbox is not lost by accident.
resource jumpboxAddressLock 'Microsoft.Authorization/locks@2020-05-01' = if (contains(swarm.locks, 'addresses')) {
  scope: jumpboxAddress
  name: '${swarm.name}-jumpbox'
  properties: {
    level: 'CanNotDelete'
    notes: 'Operators reach the swarm at this address.'
  }
}

// What connects the jumpbox to that address and to the nodes.
resource jumpboxNic 'Microsoft.Network/networkInterfaces@2025-01-01' = {
  name: '${swarm.name}-jumpbox'
  location: location
  tags: tags
  properties: {
    networkSecurityGroup: makesNetwork(swarm) ? null : { id: nsgId }
    ipConfigurations: [
      {
        name: 'ip'
        properties: {
          subnet: { id: subnetId }
          privateIPAllocationMethod: 'Dynamic'
          publicIPAddress: { id: jumpboxAddress.id, properties: { deleteOption: 'Detach' } }
        }
      }
    ]
  }
}

// The only machine that can be reached over SSH from outside. It may be stopped while nobody needs it.
resource jumpbox 'Microsoft.Compute/virtualMachines@2025-04-01' = {
  name: '${swarm.name}-jumpbox'
  location: location
  tags: tags
  plan: imagePlan(settings.image)
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identityId}': {} } }
  properties: {
    hardwareProfile: { vmSize: settings.size }
    securityProfile: securityProfile(swarm)
    licenseType: windows && settings.hybridBenefit ? 'Windows_Server' : null
    storageProfile: {
      imageReference: imageReference(settings.image)
      osDisk: {
        name: '${swarm.name}-jumpbox-os'
        createOption: 'FromImage'
        deleteOption: 'Delete'
        caching: settings.osDisk.ephemeral == 'none' ? 'ReadWrite' : 'ReadOnly'
        diskSizeGB: settings.osDisk.?size
        diffDiskSettings: diffDiskSettings(settings.osDisk)
        managedDisk: {
          storageAccountType: settings.osDisk.ephemeral == 'none' ? settings.osDisk.type : 'Standard_LRS'
        }
      }
    }
    osProfile: {
      computerName: windows ? '${take(swarm.name, 9)}-jump' : '${swarm.name}-jumpbox'
      adminUsername: adminUsername
      adminPassword: windows ? windowsPassword : null
      customData: loader
      linuxConfiguration: windows ? null : linuxConfiguration(adminUsername, sshKey)
      windowsConfiguration: windows ? windowsConfiguration(true) : null
    }
    networkProfile: { networkInterfaces: [{ id: jumpboxNic.id, properties: { deleteOption: 'Delete' } }] }
    diagnosticsProfile: { bootDiagnostics: { enabled: true } }
    userData: base64(string({ ...facts, program: program }))
  }
}

// Windows does not run customData by itself.
resource jumpboxStart 'Microsoft.Compute/virtualMachines/extensions@2025-04-01' = if (windows) {
  parent: jumpbox
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

// Nobody shall pay for a jumpbox that was forgotten.
resource jumpboxShutdown 'Microsoft.DevTestLab/schedules@2018-09-15' = if (settings.?shutdown != null) {
  name: 'shutdown-computevm-${swarm.name}-jumpbox' // Azure looks for this very name
  location: location
  tags: tags
  properties: {
    status: 'Enabled'
    taskType: 'ComputeVmShutdownTask'
    dailyRecurrence: { time: replace(settings.shutdown!.time, ':', '') }
    timeZoneId: settings.shutdown!.timeZone
    targetResourceId: jumpbox.id
    notificationSettings: { status: 'Disabled' }
  }
}

output hostName string = jumpboxAddress.properties.dnsSettings.fqdn
