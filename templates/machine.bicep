// machine.bicep: what managers, pools and jumpbox have in common, as functions.
import {
  DataDisk
  DebianImage
  GalleryImage
  MarketplaceImage
  Autoscale
  OsDisk
  Schedule
  Swarm
  UbuntuImage
  WindowsServerImage
} from 'swarm.bicep'

@export()
@description('What any machine starts from.')
@discriminator('kind')
type Image = UbuntuImage | DebianImage | WindowsServerImage | MarketplaceImage | GalleryImage

@export()
@description('Reference to an image; Generation 2, as Trusted Launch needs it.')
func imageReference(image Image) object =>
  image.kind == 'ubuntu'
    ? {
        publisher: 'Canonical'
        offer: image.release == '22.04' ? '0001-com-ubuntu-server-jammy' : 'ubuntu-24_04-lts'
        sku: image.release == '22.04'
          ? (image.architecture == 'arm64' ? '22_04-lts-arm64' : '22_04-lts-gen2')
          : (image.architecture == 'arm64' ? 'server-arm64' : 'server')
        version: image.version
      }
    : image.kind == 'debian'
        ? {
            publisher: 'Debian'
            offer: 'debian-${image.release}'
            sku: image.architecture == 'arm64' ? '${image.release}-arm64' : '${image.release}-gen2'
            version: image.version
          }
        : image.kind == 'windows-server'
            ? {
                publisher: 'MicrosoftWindowsServer'
                offer: 'WindowsServer'
                sku: '${image.release}-datacenter-core-g2'
                version: image.version
              }
            : image.kind == 'marketplace'
                ? { publisher: image.publisher, offer: image.offer, sku: image.sku, version: image.version }
                : startsWith(image.id, '/SharedGalleries/')
                    ? { sharedGalleryImageId: image.id }
                    : startsWith(image.id, '/CommunityGalleries/')
                        ? { communityGalleryImageId: image.id }
                        : { id: image.id }

@export()
@description('Plan of an image with terms of purchase; null for none.')
func imagePlan(image Image) object? =>
  image.kind == 'marketplace' && image.plan
    ? { publisher: image.publisher, product: image.offer, name: image.sku }
    : null

@export()
@description('Settings of an ephemeral system disk; null for a lasting one.')
func diffDiskSettings(disk OsDisk) object? =>
  disk.ephemeral == 'none'
    ? null
    : {
        option: 'Local'
        placement: disk.ephemeral == 'cache' ? 'CacheDisk' : disk.ephemeral == 'nvme' ? 'NvmeDisk' : 'ResourceDisk'
      }

@export()
@description('How the host caches a data disk: not at all from 4 TiB on, which Azure does not take.')
func dataDiskCaching(disk DataDisk) 'ReadOnly' | 'None' => disk.size < 4096 ? 'ReadOnly' : 'None'

@export()
@description('Protection of a machine; null for none.')
func securityProfile(swarm Swarm) object? =>
  swarm.security.trustedLaunch || swarm.security.encryptionAtHost
    ? {
        securityType: swarm.security.trustedLaunch ? 'TrustedLaunch' : null
        uefiSettings: swarm.security.trustedLaunch ? { secureBootEnabled: true, vTpmEnabled: true } : null
        encryptionAtHost: swarm.security.encryptionAtHost ? true : null
      }
    : null

@export()
@description('A Linux machine is entered with keys only.')
func linuxConfiguration(adminUsername string, sshKey string) object => {
  disablePasswordAuthentication: true
  provisionVMAgent: true
  ssh: {
    publicKeys: [
      {
        path: '/home/${adminUsername}/.ssh/authorized_keys'
        keyData: sshKey
      }
    ]
  }
}

@export()
@description('A Windows machine: the agent, and whether Azure has it update itself; on nodes their own program does, one node at a time.')
func windowsConfiguration(updates bool) object => {
  provisionVMAgent: true
  enableAutomaticUpdates: updates
}

// Azure lays customData down at C:\AzureData\CustomData.bin, but does not run it.
@export()
@description('What makes Windows run the loader: once; the loader then sees to it that every boot runs it.')
var windowsCommand = 'powershell.exe -NoProfile -ExecutionPolicy Bypass -Command "Copy-Item C:\\AzureData\\CustomData.bin C:\\AzureData\\loader.ps1 -Force; & C:\\AzureData\\loader.ps1; exit $LASTEXITCODE"'

// ---------------------------------------------------------------------------------------------- autoscale

@description('One rule of a scale set: when a measure passes a threshold, so many machines come or go.')
func scaleRule(scale Autoscale, set string, metric string, operator string, threshold int, direction string, step int) object => {
  metricTrigger: {
    metricName: metric
    metricNamespace: 'Microsoft.Compute/virtualMachineScaleSets'
    metricResourceUri: set
    timeGrain: 'PT1M'
    statistic: 'Average'
    timeWindow: 'PT${scale.window}M'
    timeAggregation: 'Average'
    operator: operator
    threshold: threshold
  }
  scaleAction: {
    direction: direction
    type: 'ChangeCount'
    value: string(step)
    cooldown: 'PT${scale.cooldown}M'
  }
}

// Azure grows by any rule, and shrinks only if all rules say so. Memory is measured as what is free.
@description('All rules of a scale set.')
func scaleRules(scale Autoscale, set string) object[] =>
  concat(
    scale.?cpu == null
      ? []
      : [
          scaleRule(scale, set, 'Percentage CPU', 'GreaterThan', scale.cpu!, 'Increase', scale.step)
          scaleRule(scale, set, 'Percentage CPU', 'LessThan', scale.cpu! / 2, 'Decrease', 1)
        ],
    scale.?memory == null
      ? []
      : [
          scaleRule(scale, set, 'Available Memory Percentage', 'LessThan', 100 - scale.memory!, 'Increase', scale.step)
          scaleRule(scale, set, 'Available Memory Percentage', 'GreaterThan', 100 - scale.memory! / 2, 'Decrease', 1)
        ]
  )

@description('Limits of a scale set.')
func scaleLimits(min int, max int) object => {
  minimum: string(min)
  maximum: string(max)
  default: string(min)
}

@description('When a time of day comes, on which days.')
func recurrence(schedule Schedule, time string) object => {
  frequency: 'Week'
  schedule: {
    timeZone: schedule.timeZone
    days: schedule.days
    hours: [int(substring(time, 0, 2))]
    minutes: [int(substring(time, 3, 2))]
  }
}

// After each schedule comes a profile with the usual limits, named as Azure wants it.
@export()
@description('Limits and rules of a scale set, at all times and at certain times.')
func scaleProfiles(scale Autoscale, set string) object[] =>
  concat(
    [
      {
        name: 'usual'
        capacity: scaleLimits(scale.min, scale.max)
        rules: scaleRules(scale, set)
      }
    ],
    flatten(map(items(scale.schedules), entry => [
      {
        name: entry.key
        capacity: scaleLimits(entry.value.min, entry.value.max)
        rules: scaleRules(scale, set)
        recurrence: recurrence(entry.value, entry.value.start)
      }
      {
        name: '{"name":"usual","for":"${entry.key}"}'
        capacity: scaleLimits(scale.min, scale.max)
        rules: scaleRules(scale, set)
        recurrence: recurrence(entry.value, entry.value.end)
      }
    ]))
  )
