// pool.bicep: one pool of workers: a scale set, and the rules by which it grows and shrinks.
import { Pool, Swarm } from 'swarm.bicep'
import { healthPath, healthPort, machineTags, makesNetwork, zonesOf } from 'plan.bicep'
import {
  dataDiskCaching
  diffDiskSettings
  imagePlan
  imageReference
  linuxConfiguration
  scaleProfiles
  securityProfile
  windowsCommand
  windowsConfiguration
} from 'machine.bicep'
import { reader } from 'roles.bicep'

param swarm Swarm
param key string
param settings Pool
param location string
@description('Number of machines now.')
param capacity int
param subnetId string
param nsgId string
param identityId string
param managerId string
param managerPrincipalId string
@description('What the node program must know.')
param facts object
@description('What customData holds, for the whole life of a machine.')
param loader string
@description('The node program.')
param program string
param adminUsername string
param sshKey string
@secure()
param windowsPassword string
@description('What the agent collects; empty for nothing.')
param ruleId string

var windows = settings.os == 'windows'
var spot = settings.?spot != null
var zones = zonesOf(swarm, settings.?zones)
var tags = machineTags(swarm, 'worker', { pool: key, ...settings.tags })

// Machines of one kind that do the work. They are made alike, and join the swarm by themselves.
resource pool 'Microsoft.Compute/virtualMachineScaleSets@2025-04-01' = {
  name: '${swarm.name}-${key}'
  location: location
  tags: tags
  zones: zones
  sku: { name: settings.size, tier: 'Standard', capacity: capacity }
  plan: imagePlan(settings.image)
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identityId}': {} } }
  properties: {
    orchestrationMode: 'Uniform'
    overprovision: false
    singlePlacementGroup: false
    platformFaultDomainCount: 1
    zoneBalance: length(zones ?? []) > 1 ? false : null
    scaleInPolicy: { rules: [settings.scaleIn] }
    upgradePolicy: {
      mode: settings.upgrade
      rollingUpgradePolicy: settings.upgrade == 'Rolling'
        ? {
            maxBatchInstancePercent: 20
            maxUnhealthyInstancePercent: 20
            maxUnhealthyUpgradedInstancePercent: 20
            pauseTimeBetweenBatches: 'PT5M'
          }
        : null
    }
    automaticRepairsPolicy: settings.repair.enabled
      ? {
          enabled: true
          gracePeriod: 'PT${settings.repair.grace}M'
          repairAction: settings.repair.action
        }
      : null
    virtualMachineProfile: {
      priority: spot ? 'Spot' : null
      evictionPolicy: spot ? settings.spot!.eviction : null
      billingProfile: spot
        ? {
            maxPrice: settings.spot!.?maxPrice == null
              ? -1
              : json('${settings.spot!.maxPrice! / 1000000}.${padLeft(settings.spot!.maxPrice! % 1000000, 6, '0')}')
          }
        : null
      licenseType: windows && settings.hybridBenefit ? 'Windows_Server' : null
      securityProfile: securityProfile(swarm)
      storageProfile: {
        imageReference: imageReference(settings.image)
        osDisk: {
          createOption: 'FromImage'
          caching: settings.osDisk.ephemeral == 'none' ? 'ReadWrite' : 'ReadOnly'
          diskSizeGB: settings.osDisk.?size
          diffDiskSettings: diffDiskSettings(settings.osDisk)
          managedDisk: {
            storageAccountType: settings.osDisk.ephemeral == 'none' ? settings.osDisk.type : 'Standard_LRS'
          }
        }
        dataDisks: settings.dataDisk.enabled
          ? [
              {
                lun: 0
                createOption: 'Empty'
                caching: dataDiskCaching(settings.dataDisk)
                diskSizeGB: settings.dataDisk.size
                managedDisk: { storageAccountType: settings.dataDisk.type }
              }
            ]
          : null
      }
      osProfile: {
        computerNamePrefix: windows ? take(key, 9) : '${swarm.name}-${key}-'
        adminUsername: adminUsername
        adminPassword: windows ? windowsPassword : null
        customData: loader
        linuxConfiguration: windows ? null : linuxConfiguration(adminUsername, sshKey)
        windowsConfiguration: windows ? windowsConfiguration(false) : null
      }
      networkProfile: {
        networkInterfaceConfigurations: [
          {
            name: 'nic'
            properties: {
              primary: true
              enableAcceleratedNetworking: settings.acceleratedNetworking
              networkSecurityGroup: makesNetwork(swarm) ? null : { id: nsgId }
              ipConfigurations: [{ name: 'ip', properties: { subnet: { id: subnetId } } }]
            }
          }
        ]
      }
      diagnosticsProfile: { bootDiagnostics: { enabled: true } }
      // A machine that is to go is told so, and empties itself. Azure does not ask Spot machines.
      scheduledEventsProfile: spot
        ? null
        : { terminateNotificationProfile: { enable: true, notBeforeTimeout: 'PT${settings.notice}M' } }
      extensionProfile: {
        extensionsTimeBudget: 'PT2H'
        extensions: concat(
          // The node program says on a local port whether the machine is a healthy node.
          [
            {
              name: 'health'
              properties: {
                publisher: 'Microsoft.ManagedServices'
                type: windows ? 'ApplicationHealthWindows' : 'ApplicationHealthLinux'
                typeHandlerVersion: '2.0'
                autoUpgradeMinorVersion: true
                enableAutomaticUpgrade: true
                settings: {
                  protocol: 'http'
                  port: healthPort
                  requestPath: healthPath
                  intervalInSeconds: 15
                  numberOfProbes: 3
                  gracePeriod: settings.repair.grace * 60
                }
              }
            }
          ],
          // Windows does not run customData by itself.
          windows
            ? [
                {
                  name: 'start'
                  properties: {
                    publisher: 'Microsoft.Compute'
                    type: 'CustomScriptExtension'
                    typeHandlerVersion: '1.10'
                    autoUpgradeMinorVersion: true
                    settings: { commandToExecute: windowsCommand }
                  }
                }
              ]
            : [],
          swarm.monitoring.enabled
            ? [
                {
                  name: 'monitor'
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
              ]
            : []
        )
      }
      userData: base64(string({ ...facts, program: program }))
    }
  }
}

// Managers look whether the machine of a node that is down still exists.
resource managerReads 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: pool
  name: guid(pool.id, managerId, reader())
  properties: {
    principalId: managerPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: reader()
  }
}

// The pool grows when it is busy, and shrinks when it is not.
resource scale 'Microsoft.Insights/autoscalesettings@2022-10-01' = if (settings.?autoscale != null) {
  name: '${swarm.name}-${key}'
  location: location
  tags: tags
  properties: {
    enabled: true
    targetResourceUri: pool.id
    profiles: scaleProfiles(settings.autoscale!, pool.id)
    notifications: swarm.?contact == null
      ? null
      : [
          {
            operation: 'Scale'
            email: {
              sendToSubscriptionAdministrator: false
              sendToSubscriptionCoAdministrators: false
              customEmails: [swarm.contact!]
            }
          }
        ]
  }
}

// The agent collects what this rule says.
resource association 'Microsoft.Insights/dataCollectionRuleAssociations@2024-03-11' = if (swarm.monitoring.enabled) {
  scope: pool
  name: '${swarm.name}-nodes'
  properties: { dataCollectionRuleId: ruleId }
}
