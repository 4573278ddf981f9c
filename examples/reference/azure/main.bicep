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

@description('Number of machines now, of pool worker.')
param workerCapacity int = 2

@description('First password of Portainer\'s administrator; made at the first deployment and kept in the vault from then on.')
@secure()
param portainerPassword string = newGuid()

@description('Secret by which Portainer and its agents know each other; made at the first deployment and kept in the vault from then on.')
@secure()
param agentSecret string = newGuid()

@description('Key of the copies of the swarm\'s state; made at the first deployment and kept in the vault from then on.')
@secure()
param backupKey string = newGuid()

var traefikWindowsCompose = loadTextContent('stack/traefik.windows.yml')
var portainerWindowsCompose = loadTextContent('stack/portainer.windows.yml')

// The same for Windows.
var windowsLoader = loadFileAsBase64('scripts/powershell/loader.ps1')
var windowsProgram = loadTextContent('scripts/powershell/node.ps1')
var secretsOfficer = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  'b86a8fe4-44ce-4948-aee5-eccb2c155cd7'
)
var secretsUser = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  '4633458b-17de-408a-b874-0445c86b69e6'
)
var reader = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'acdd72a7-3385-48ef-bd42-f606fba81ae7')

// Who may reach the managers.
resource managersNsg 'Microsoft.Network/networkSecurityGroups@2025-01-01' = {
  name: 'bcswarm-managers'
  location: location
  tags: { swarm: 'bcswarm' }
  properties: {
    securityRules: [
      {
        name: 'published-tcp-80'
        properties: {
          description: 'A published port.'
          priority: 100
          direction: 'Inbound'
          access: 'Allow'
          protocol: 'Tcp'
          sourceAddressPrefix: 'Internet'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '80'
        }
      }
      {
        name: 'published-tcp-443'
        properties: {
          description: 'A published port.'
          priority: 101
          direction: 'Inbound'
          access: 'Allow'
          protocol: 'Tcp'
          sourceAddressPrefix: 'Internet'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '443'
        }
      }
      {
        name: 'inside-tcp-80'
        properties: {
          description: 'The same port, for the other nodes.'
          priority: 300
          direction: 'Inbound'
          access: 'Allow'
          protocol: 'Tcp'
          sourceAddressPrefixes: ['10.0.0.0/24', '10.0.4.0/22']
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '80'
        }
      }
      {
        name: 'inside-tcp-443'
        properties: {
          description: 'The same port, for the other nodes.'
          priority: 301
          direction: 'Inbound'
          access: 'Allow'
          protocol: 'Tcp'
          sourceAddressPrefixes: ['10.0.0.0/24', '10.0.4.0/22']
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '443'
        }
      }
      {
        name: 'probes'
        properties: {
          description: 'The load balancer looks which managers can serve.'
          priority: 900
          direction: 'Inbound'
          access: 'Allow'
          protocol: 'Tcp'
          sourceAddressPrefix: 'AzureLoadBalancer'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '*'
        }
      }
      {
        name: 'swarm-control'
        properties: {
          description: 'Nodes join, and managers agree with each other.'
          priority: 1000
          direction: 'Inbound'
          access: 'Allow'
          protocol: 'Tcp'
          sourceAddressPrefixes: ['10.0.0.0/24', '10.0.4.0/22']
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '2377'
        }
      }
      {
        name: 'swarm-gossip-tcp'
        properties: {
          description: 'Nodes tell each other who is there.'
          priority: 1010
          direction: 'Inbound'
          access: 'Allow'
          protocol: 'Tcp'
          sourceAddressPrefixes: ['10.0.0.0/24', '10.0.4.0/22']
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '7946'
        }
      }
      {
        name: 'swarm-gossip-and-overlay-udp'
        properties: {
          description: 'The same over UDP, and the packets of overlay networks (VXLAN).'
          priority: 1020
          direction: 'Inbound'
          access: 'Allow'
          protocol: 'Udp'
          sourceAddressPrefixes: ['10.0.0.0/24', '10.0.4.0/22']
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRanges: ['7946', '4789']
        }
      }
      {
        name: 'swarm-encrypted-overlay'
        properties: {
          description: 'The packets of encrypted overlay networks.'
          priority: 1030
          direction: 'Inbound'
          access: 'Allow'
          protocol: 'Esp'
          sourceAddressPrefixes: ['10.0.0.0/24', '10.0.4.0/22']
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '*'
        }
      }
      {
        name: 'ssh'
        properties: {
          description: 'Operators come through the jumpbox.'
          priority: 1100
          direction: 'Inbound'
          access: 'Allow'
          protocol: 'Tcp'
          sourceAddressPrefix: '10.0.1.0/24'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '22'
        }
      }
      {
        name: 'nothing-else-inside'
        properties: {
          description: 'Azure lets the whole virtual network in unless told otherwise.'
          priority: 4096
          direction: 'Inbound'
          access: 'Deny'
          protocol: '*'
          sourceAddressPrefix: 'VirtualNetwork'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '*'
        }
      }
    ]
  }
}

// Who may reach the workers, and what workers may not do.
resource workersNsg 'Microsoft.Network/networkSecurityGroups@2025-01-01' = {
  name: 'bcswarm-workers'
  location: location
  tags: { swarm: 'bcswarm' }
  properties: {
    securityRules: [
      {
        name: 'swarm-gossip-tcp'
        properties: {
          description: 'Nodes tell each other who is there.'
          priority: 1010
          direction: 'Inbound'
          access: 'Allow'
          protocol: 'Tcp'
          sourceAddressPrefixes: ['10.0.0.0/24', '10.0.4.0/22']
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '7946'
        }
      }
      {
        name: 'swarm-gossip-and-overlay-udp'
        properties: {
          description: 'The same over UDP, and the packets of overlay networks (VXLAN).'
          priority: 1020
          direction: 'Inbound'
          access: 'Allow'
          protocol: 'Udp'
          sourceAddressPrefixes: ['10.0.0.0/24', '10.0.4.0/22']
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRanges: ['7946', '4789']
        }
      }
      {
        name: 'swarm-encrypted-overlay'
        properties: {
          description: 'The packets of encrypted overlay networks.'
          priority: 1030
          direction: 'Inbound'
          access: 'Allow'
          protocol: 'Esp'
          sourceAddressPrefixes: ['10.0.0.0/24', '10.0.4.0/22']
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '*'
        }
      }
      {
        name: 'ssh'
        properties: {
          description: 'Operators come through the jumpbox.'
          priority: 1100
          direction: 'Inbound'
          access: 'Allow'
          protocol: 'Tcp'
          sourceAddressPrefix: '10.0.1.0/24'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '22'
        }
      }
      {
        name: 'nothing-else-inside'
        properties: {
          description: 'Azure lets the whole virtual network in unless told otherwise.'
          priority: 4096
          direction: 'Inbound'
          access: 'Deny'
          protocol: '*'
          sourceAddressPrefix: 'VirtualNetwork'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '*'
        }
      }
      {
        name: 'no-remote-sessions'
        properties: {
          description: 'Whoever breaks into a worker shall not get further from there.'
          priority: 1000
          direction: 'Outbound'
          access: 'Deny'
          protocol: 'Tcp'
          sourceAddressPrefix: '*'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRanges: ['22', '3389']
        }
      }
    ]
  }
}

// Who may reach the jumpbox.
resource jumpboxNsg 'Microsoft.Network/networkSecurityGroups@2025-01-01' = {
  name: 'bcswarm-jumpbox'
  location: location
  tags: { swarm: 'bcswarm' }
  properties: {
    securityRules: [
      {
        name: 'ssh'
        properties: {
          description: 'From where operators come.'
          priority: 100
          direction: 'Inbound'
          access: 'Allow'
          protocol: 'Tcp'
          sourceAddressPrefix: '203.0.113.0/24'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '22'
        }
      }
      {
        name: 'nothing-else-inside'
        properties: {
          description: 'Azure lets the whole virtual network in unless told otherwise.'
          priority: 4096
          direction: 'Inbound'
          access: 'Deny'
          protocol: '*'
          sourceAddressPrefix: 'VirtualNetwork'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '*'
        }
      }
    ]
  }
}

// Under these addresses the nodes appear in the internet.
resource natAddress0 'Microsoft.Network/publicIPAddresses@2025-01-01' = {
  name: 'bcswarm-nat-0'
  location: location
  tags: { swarm: 'bcswarm' }
  zones: ['1', '2', '3']
  sku: { name: 'Standard', tier: 'Regional' }
  properties: {
    publicIPAllocationMethod: 'Static'
    publicIPAddressVersion: 'IPv4'
  }
}

// Machines without a public address reach the internet only through this gateway.
resource nat 'Microsoft.Network/natGateways@2025-01-01' = {
  name: 'bcswarm-nat'
  location: location
  tags: { swarm: 'bcswarm' }
  sku: { name: 'Standard' }
  properties: {
    idleTimeoutInMinutes: 10
    publicIpAddresses: [{ id: natAddress0.id }]
  }
}

// The network of the nodes; no subnet has a way out of its own.
resource vnet 'Microsoft.Network/virtualNetworks@2025-01-01' = {
  name: 'bcswarm-vnet'
  location: location
  tags: { swarm: 'bcswarm' }
  properties: {
    addressSpace: { addressPrefixes: ['10.0.0.0/16'] }
    subnets: [
      {
        name: 'managers'
        properties: {
          addressPrefix: '10.0.0.0/24'
          defaultOutboundAccess: false
          networkSecurityGroup: { id: managersNsg.id }
          natGateway: { id: nat.id }
          serviceEndpoints: [{ service: 'Microsoft.Storage' }]
        }
      }
      {
        name: 'workers'
        properties: {
          addressPrefix: '10.0.4.0/22'
          defaultOutboundAccess: false
          networkSecurityGroup: { id: workersNsg.id }
          natGateway: { id: nat.id }
          serviceEndpoints: [{ service: 'Microsoft.Storage' }]
        }
      }
      {
        name: 'jumpbox'
        properties: {
          addressPrefix: '10.0.1.0/24'
          defaultOutboundAccess: false
          networkSecurityGroup: { id: jumpboxNsg.id }
          natGateway: { id: nat.id }
        }
      }
    ]
  }
}

// The address of the swarm; its DNS name stays when the address is made anew.
resource ingressAddress 'Microsoft.Network/publicIPAddresses@2025-01-01' = {
  name: 'bcswarm-ingress'
  location: location
  tags: { swarm: 'bcswarm' }
  zones: ['1', '2', '3']
  sku: { name: 'Standard', tier: 'Regional' }
  properties: {
    publicIPAllocationMethod: 'Static'
    publicIPAddressVersion: 'IPv4'
    idleTimeoutInMinutes: 30
    dnsSettings: {
      domainNameLabel: 'bcswarm-${uniqueString(resourceGroup().id)}'
    }
  }
}

// Spreads what comes in over the managers that can serve it.
resource ingress 'Microsoft.Network/loadBalancers@2025-01-01' = {
  name: 'bcswarm-ingress'
  location: location
  tags: { swarm: 'bcswarm' }
  sku: { name: 'Standard', tier: 'Regional' }
  properties: {
    frontendIPConfigurations: [
      {
        name: 'public'
        properties: { publicIPAddress: { id: ingressAddress.id } }
      }
    ]
    backendAddressPools: [{ name: 'managers' }]
    probes: [
      {
        name: 'ping'
        properties: {
          protocol: 'Http'
          port: 8082
          requestPath: '/ping'
          intervalInSeconds: 5
          probeThreshold: 2
        }
      }
    ]
    loadBalancingRules: [
      {
        name: 'tcp-80'
        properties: {
          protocol: 'Tcp'
          frontendPort: 80
          backendPort: 80
          frontendIPConfiguration: {
            id: resourceId('Microsoft.Network/loadBalancers/frontendIPConfigurations', 'bcswarm-ingress', 'public')
          }
          backendAddressPool: {
            id: resourceId('Microsoft.Network/loadBalancers/backendAddressPools', 'bcswarm-ingress', 'managers')
          }
          probe: { id: resourceId('Microsoft.Network/loadBalancers/probes', 'bcswarm-ingress', 'ping') }
          idleTimeoutInMinutes: 30
          enableTcpReset: true
          disableOutboundSnat: true
        }
      }
      {
        name: 'tcp-443'
        properties: {
          protocol: 'Tcp'
          frontendPort: 443
          backendPort: 443
          frontendIPConfiguration: {
            id: resourceId('Microsoft.Network/loadBalancers/frontendIPConfigurations', 'bcswarm-ingress', 'public')
          }
          backendAddressPool: {
            id: resourceId('Microsoft.Network/loadBalancers/backendAddressPools', 'bcswarm-ingress', 'managers')
          }
          probe: { id: resourceId('Microsoft.Network/loadBalancers/probes', 'bcswarm-ingress', 'ping') }
          idleTimeoutInMinutes: 30
          enableTcpReset: true
          disableOutboundSnat: true
        }
      }
    ]
  }
}

// Who the managers are, when they ask the vault.
resource managerIdentity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'bcswarm-manager'
  location: location
  tags: { swarm: 'bcswarm' }
}

// Who the workers are: they may join, and read what workers need.
resource workerIdentity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'bcswarm-worker'
  location: location
  tags: { swarm: 'bcswarm' }
}

// Who the jumpbox is: it reads the operators' public keys, nothing else.
resource jumpboxIdentity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'bcswarm-jumpbox'
  location: location
  tags: { swarm: 'bcswarm' }
}

// Keeps what is measured and logged.
resource workspace 'Microsoft.OperationalInsights/workspaces@2025-02-01' = {
  name: 'bcswarm-logs'
  location: location
  tags: { swarm: 'bcswarm' }
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: 30
    features: { disableLocalAuth: true }
  }
}

// What the agents on the nodes collect. Counters have other names on Linux and on Windows; each agent takes its own.
resource collectionRule 'Microsoft.Insights/dataCollectionRules@2024-03-11' = {
  name: 'bcswarm-nodes'
  location: location
  tags: { swarm: 'bcswarm' }
  properties: {
    dataSources: {
      performanceCounters: [
        {
          name: 'counters'
          streams: ['Microsoft-Perf']
          samplingFrequencyInSeconds: 60
          counterSpecifiers: [
            'Processor(*)\\% Processor Time'
            'Memory(*)\\% Used Memory'
            'Logical Disk(*)\\% Free Space'
            '\\Processor Information(_Total)\\% Processor Time'
            '\\Memory\\% Committed Bytes In Use'
            '\\LogicalDisk(*)\\% Free Space'
          ]
        }
      ]
      syslog: [
        {
          name: 'syslog'
          streams: ['Microsoft-Syslog']
          facilityNames: ['auth', 'authpriv', 'cron', 'daemon', 'kern', 'syslog', 'user']
          logLevels: ['Warning', 'Error', 'Critical', 'Alert', 'Emergency']
        }
      ]
      windowsEventLogs: [
        {
          name: 'events'
          streams: ['Microsoft-Event']
          xPathQueries: [
            'Application!*[System[(Level=1 or Level=2 or Level=3)]]'
            'System!*[System[(Level=1 or Level=2 or Level=3)]]'
          ]
        }
      ]
    }
    destinations: {
      logAnalytics: [{ name: 'workspace', workspaceResourceId: workspace.id }]
    }
    dataFlows: [
      { streams: ['Microsoft-Perf'], destinations: ['workspace'] }
      { streams: ['Microsoft-Syslog', 'Microsoft-Event'], destinations: ['workspace'] }
    ]
  }
}

// Keeps the join tokens and all other secrets. Roles decide who reads what; a worker cannot read the managers' token.
resource vault 'Microsoft.KeyVault/vaults@2026-02-01' = {
  name: 'bcswarm-${uniqueString(resourceGroup().id)}'
  location: location
  tags: { swarm: 'bcswarm' }
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    // A later deployment takes from here what it does not know: passwords, secrets of your own.
    enabledForTemplateDeployment: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 7
    publicNetworkAccess: 'Enabled'
    networkAcls: {
      // Resource Manager writes the secrets of this template from outside.
      bypass: 'AzureServices'
      defaultAction: 'Allow'
    }
  }
  dependsOn: [
    jumpboxIdentity
    managerIdentity
    vnet
    workerIdentity
  ]
}

// '-' means: not yet. A token that is there is never overwritten.
@onlyIfNotExists()
resource tokenSwarmWorkerToken 'Microsoft.KeyVault/vaults/secrets@2026-02-01' = {
  parent: vault
  name: 'swarm-worker-token'
  tags: { swarm: 'bcswarm' }
  properties: { contentType: 'join token of the swarm', value: '-' }
}

// '-' means: not yet. A token that is there is never overwritten.
@onlyIfNotExists()
resource tokenSwarmManagerToken 'Microsoft.KeyVault/vaults/secrets@2026-02-01' = {
  parent: vault
  name: 'swarm-manager-token'
  tags: { swarm: 'bcswarm' }
  properties: { contentType: 'join token of the swarm', value: '-' }
}

// Managers write the tokens and repair them.
resource managerWritesSwarmWorkerToken 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: tokenSwarmWorkerToken
  name: guid(tokenSwarmWorkerToken.id, managerIdentity.id, secretsOfficer)
  properties: {
    principalId: managerIdentity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: secretsOfficer
  }
}

// Managers write the tokens and repair them.
resource managerWritesSwarmManagerToken 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: tokenSwarmManagerToken
  name: guid(tokenSwarmManagerToken.id, managerIdentity.id, secretsOfficer)
  properties: {
    principalId: managerIdentity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: secretsOfficer
  }
}

// Workers read the workers' token, not that of the managers.
resource workerReadsToken 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: tokenSwarmWorkerToken
  name: guid(tokenSwarmWorkerToken.id, workerIdentity.id, secretsUser)
  properties: {
    principalId: workerIdentity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: secretsUser
  }
}

// Public SSH keys of the operators, a line each. swarm.yaml names none, so they are kept in the vault by hand.
@onlyIfNotExists()
resource operatorKeysByHand 'Microsoft.KeyVault/vaults/secrets@2026-02-01' = {
  parent: vault
  name: 'operator-keys'
  tags: { swarm: 'bcswarm' }
  properties: { contentType: 'public SSH keys, a line each', value: '-' }
}

// The managers read the operators' keys.
resource managerReadsOperatorKeys 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: operatorKeysByHand
  name: guid(operatorKeysByHand.id, managerIdentity.id, secretsUser)
  properties: {
    principalId: managerIdentity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: secretsUser
  }
}

// The workers read the operators' keys.
resource workerReadsOperatorKeys 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: operatorKeysByHand
  name: guid(operatorKeysByHand.id, workerIdentity.id, secretsUser)
  properties: {
    principalId: workerIdentity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: secretsUser
  }
}

// The jumpbox reads the operators' keys.
resource jumpboxReadsOperatorKeys 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: operatorKeysByHand
  name: guid(operatorKeysByHand.id, jumpboxIdentity.id, secretsUser)
  properties: {
    principalId: jumpboxIdentity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: secretsUser
  }
}

// First password of Portainer's administrator. Made at the first deployment, never overwritten.
@onlyIfNotExists()
resource portainer 'Microsoft.KeyVault/vaults/secrets@2026-02-01' = {
  parent: vault
  name: 'portainer-password'
  tags: { swarm: 'bcswarm' }
  properties: { contentType: 'password of admin in Portainer', value: portainerPassword }
}

// Portainer and its agents know each other by it. Made at the first deployment, never overwritten.
@onlyIfNotExists()
resource portainerAgent 'Microsoft.KeyVault/vaults/secrets@2026-02-01' = {
  parent: vault
  name: 'portainer-agent-secret'
  tags: { swarm: 'bcswarm' }
  properties: { contentType: 'secret of Portainer and its agents', value: agentSecret }
}

// Managers set the password when they start Portainer.
resource managerReadsPortainer 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: portainer
  name: guid(portainer.id, managerIdentity.id, secretsUser)
  properties: {
    principalId: managerIdentity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: secretsUser
  }
}

// Managers give the secret to Portainer and its agents.
resource managerReadsPortainerAgent 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: portainerAgent
  name: guid(portainerAgent.id, managerIdentity.id, secretsUser)
  properties: {
    principalId: managerIdentity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: secretsUser
  }
}

// Who deploys, and is no operator anyway, may look the password up.
resource deployerReadsPortainer 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: portainer
  name: guid(portainer.id, deployer().objectId, secretsUser)
  properties: {
    principalId: deployer().objectId
    roleDefinitionId: secretsUser
  }
}

// Copies of the swarm's state are encrypted with it. Made at the first deployment, never overwritten.
@onlyIfNotExists()
resource backup 'Microsoft.KeyVault/vaults/secrets@2026-02-01' = {
  parent: vault
  name: 'backup-key'
  tags: { swarm: 'bcswarm' }
  properties: { contentType: 'key of the copies of the swarm\'s state', value: backupKey }
}

// Managers make the copies, and a new first manager reads them.
resource managerReadsBackup 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: backup
  name: guid(backup.id, managerIdentity.id, secretsUser)
  properties: {
    principalId: managerIdentity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: secretsUser
  }
}

// Who deploys, and is no operator anyway, may look the key up: whoever rebuilds a lost swarm needs it.
resource deployerReadsBackup 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: backup
  name: guid(backup.id, deployer().objectId, secretsUser)
  properties: {
    principalId: deployer().objectId
    roleDefinitionId: secretsUser
  }
}

// Password of the Windows machines. Later deployments take it from here, for it cannot change.
@onlyIfNotExists()
resource windows 'Microsoft.KeyVault/vaults/secrets@2026-02-01' = {
  parent: vault
  name: 'windows-password'
  tags: { swarm: 'bcswarm' }
  properties: { contentType: 'password of the administrator on Windows machines', value: windowsPassword }
}

// Who deploys, and is no operator anyway, may look the password up.
resource deployerReadsWindows 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: windows
  name: guid(windows.id, deployer().objectId, secretsUser)
  properties: {
    principalId: deployer().objectId
    roleDefinitionId: secretsUser
  }
}

// Holds the files that all nodes share.
resource storageAccount 'Microsoft.Storage/storageAccounts@2025-01-01' = {
  name: 'bcswarm${uniqueString(resourceGroup().id)}'
  location: location
  tags: { swarm: 'bcswarm' }
  kind: 'StorageV2'
  sku: { name: 'Standard_ZRS' }
  properties: {
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: true
    accessTier: 'Hot'
    publicNetworkAccess: 'Enabled'
    networkAcls: {
      bypass: 'AzureServices'
      defaultAction: 'Deny'
      ipRules: []
      virtualNetworkRules: [{ id: '${vnet.id}/subnets/managers' }, { id: '${vnet.id}/subnets/workers' }]
    }
  }
  dependsOn: [
    vault
  ]
}

// What holds for all shares of the account.
resource fileService 'Microsoft.Storage/storageAccounts/fileServices@2025-01-01' = {
  parent: storageAccount
  name: 'default'
  properties: {
    shareDeleteRetentionPolicy: { enabled: true, days: 14 }
    protocolSettings: {
      smb: {
        versions: 'SMB3.1.1;'
        channelEncryption: 'AES-256-GCM;'
      }
    }
  }
}

// Every node but the jumpbox mounts it.
resource share 'Microsoft.Storage/storageAccounts/fileServices/shares@2025-01-01' = {
  parent: fileService
  name: 'swarm'
  properties: {
    enabledProtocols: 'SMB'
    shareQuota: 100
    accessTier: 'TransactionOptimized'
  }
}

// The key by which nodes mount the share; a deployment after its rotation brings the new one.
resource shareKey 'Microsoft.KeyVault/vaults/secrets@2026-02-01' = {
  parent: vault
  name: 'share-key'
  tags: { swarm: 'bcswarm' }
  properties: { contentType: 'key of the storage account', value: storageAccount.listKeys().keys[0].value }
}

// Managers mount the share by its key.
resource managerReadsShareKey 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: shareKey
  name: guid(shareKey.id, managerIdentity.id, secretsUser)
  properties: {
    principalId: managerIdentity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: secretsUser
  }
}

// Workers mount the share by its key.
resource workerReadsShareKey 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: shareKey
  name: guid(shareKey.id, workerIdentity.id, secretsUser)
  properties: {
    principalId: workerIdentity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: secretsUser
  }
}

// What the managers deploy once the swarm is there. Each deployment makes a new version, which the running swarm takes over.
resource stack 'Microsoft.KeyVault/vaults/secrets@2026-02-01' = {
  parent: vault
  name: 'swarm-stack'
  tags: { swarm: 'bcswarm' }
  properties: {
    contentType: 'application/json'
    value: string({
      compose: [traefikWindowsCompose, portainerWindowsCompose]
      settings: {
        STACK_HOST: ingressAddress.properties.dnsSettings.fqdn
        STACK_TRAEFIK_IMAGE: 'traefik:v3.7.11-nanoserver-ltsc2022'
        STACK_TRAEFIK_MODE: 'replicated'
        STACK_TRAEFIK_STOP: '35s'
        STACK_SOCKET_PROXY_IMAGE: 'tecnativa/docker-socket-proxy:v0.4.2@sha256:1f3a6f303320723d199d2316a3e82b2e2685d86c275d5e3deeaf182573b47476'
        STACK_PORTAINER_IMAGE: 'portainer/portainer-ce:2.45.0'
        STACK_PORTAINER_AGENT_IMAGE: 'portainer/agent:2.45.0'
        STACK_PORTAINER_PATH: '/portainer'
      }
      secretSettings: { STACK_AGENT_SECRET: 'portainer-agent-secret' }
      configs: {
        traefik: {
          global: { checkNewVersion: false, sendAnonymousUsage: false }
          log: { level: 'INFO' }
          ping: { entryPoint: 'ping' }
          entryPoints: {
            web: {
              address: ':80'
              http: { redirections: { entryPoint: { to: 'websecure', scheme: 'https' } } }
              transport: {
                lifeCycle: { requestAcceptGraceTimeout: '15s', graceTimeOut: '10s' }
                respondingTimeouts: { readTimeout: '600s' } // large uploads
              }
            }
            websecure: {
              address: ':443'
              http: {
                tls: { certResolver: 'letsencrypt' }
              }
              transport: {
                lifeCycle: { requestAcceptGraceTimeout: '15s', graceTimeOut: '10s' }
                respondingTimeouts: { readTimeout: '600s' } // large uploads
              }
            }
            ping: { address: ':8082' }
          }
          providers: {
            swarm: {
              endpoint: 'npipe:////./pipe/docker_engine'
              exposedByDefault: false
              network: 'traefik-public'
            }
            file: { filename: 'C:\\etc\\traefik\\dynamic.yml' }
          }
          serversTransport: { insecureSkipVerify: false }
          certificatesResolvers: {
            letsencrypt: {
              acme: {
                email: 'ops@acme.example'
                caServer: 'https://acme-v02.api.letsencrypt.org/directory'
                storage: 'C:\\acme\\acme.json'
                tlsChallenge: {}
              }
            }
          }
        }
        'traefik-dynamic': {
          tls: {
            options: { default: { minVersion: 'VersionTLS12' } }
          }
        }
      }
      secrets: {
        'portainer-password': 'portainer-password'
      }
    })
  }
  dependsOn: [
    ingress
  ]
}

// Only managers read it.
resource managerReadsStack 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: stack
  name: guid(stack.id, managerIdentity.id, secretsUser)
  properties: {
    principalId: managerIdentity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: secretsUser
  }
}

// The address by which the other nodes know the manager; it stays when the machine is made anew.
resource managerNic0 'Microsoft.Network/networkInterfaces@2025-01-01' = {
  name: 'bcswarm-manager-0'
  location: location
  tags: { swarm: 'bcswarm', role: 'manager' }
  properties: {
    enableAcceleratedNetworking: true
    ipConfigurations: [
      {
        name: 'ip'
        properties: {
          subnet: {
            id: '${vnet.id}/subnets/managers'
          }
          privateIPAllocationMethod: 'Static'
          privateIPAddress: '10.0.0.4'
          loadBalancerBackendAddressPools: [{ id: '${ingress.id}/backendAddressPools/managers' }]
        }
      }
    ]
  }
}

// The address by which the other nodes know the manager; it stays when the machine is made anew.
resource managerNic1 'Microsoft.Network/networkInterfaces@2025-01-01' = {
  name: 'bcswarm-manager-1'
  location: location
  tags: { swarm: 'bcswarm', role: 'manager' }
  properties: {
    enableAcceleratedNetworking: true
    ipConfigurations: [
      {
        name: 'ip'
        properties: {
          subnet: {
            id: '${vnet.id}/subnets/managers'
          }
          privateIPAllocationMethod: 'Static'
          privateIPAddress: '10.0.0.5'
          loadBalancerBackendAddressPools: [{ id: '${ingress.id}/backendAddressPools/managers' }]
        }
      }
    ]
  }
}

// The address by which the other nodes know the manager; it stays when the machine is made anew.
resource managerNic2 'Microsoft.Network/networkInterfaces@2025-01-01' = {
  name: 'bcswarm-manager-2'
  location: location
  tags: { swarm: 'bcswarm', role: 'manager' }
  properties: {
    enableAcceleratedNetworking: true
    ipConfigurations: [
      {
        name: 'ip'
        properties: {
          subnet: {
            id: '${vnet.id}/subnets/managers'
          }
          privateIPAllocationMethod: 'Static'
          privateIPAddress: '10.0.0.6'
          loadBalancerBackendAddressPools: [{ id: '${ingress.id}/backendAddressPools/managers' }]
        }
      }
    ]
  }
}

// Docker's data, and with them the manager's part of the swarm's state; it stays when the machine is made anew.
resource managerDisk0 'Microsoft.Compute/disks@2025-01-02' = {
  name: 'bcswarm-manager-0-data'
  location: location
  tags: { swarm: 'bcswarm', role: 'manager' }
  zones: ['1']
  sku: { name: 'Premium_LRS' }
  properties: {
    creationData: { createOption: 'Empty' }
    diskSizeGB: 128
    networkAccessPolicy: 'DenyAll'
    publicNetworkAccess: 'Disabled'
  }
}

// Docker's data, and with them the manager's part of the swarm's state; it stays when the machine is made anew.
resource managerDisk1 'Microsoft.Compute/disks@2025-01-02' = {
  name: 'bcswarm-manager-1-data'
  location: location
  tags: { swarm: 'bcswarm', role: 'manager' }
  zones: ['2']
  sku: { name: 'Premium_LRS' }
  properties: {
    creationData: { createOption: 'Empty' }
    diskSizeGB: 128
    networkAccessPolicy: 'DenyAll'
    publicNetworkAccess: 'Disabled'
  }
}

// Docker's data, and with them the manager's part of the swarm's state; it stays when the machine is made anew.
resource managerDisk2 'Microsoft.Compute/disks@2025-01-02' = {
  name: 'bcswarm-manager-2-data'
  location: location
  tags: { swarm: 'bcswarm', role: 'manager' }
  zones: ['3']
  sku: { name: 'Premium_LRS' }
  properties: {
    creationData: { createOption: 'Empty' }
    diskSizeGB: 128
    networkAccessPolicy: 'DenyAll'
    publicNetworkAccess: 'Disabled'
  }
}

// Runs the swarm itself, and what comes in from the outside.
resource manager0 'Microsoft.Compute/virtualMachines@2025-04-01' = {
  name: 'bcswarm-manager-0'
  location: location
  tags: { swarm: 'bcswarm', role: 'manager' }
  zones: ['1']
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${managerIdentity.id}': {} } }
  properties: {
    hardwareProfile: { vmSize: 'Standard_D2s_v5' }
    securityProfile: {
      securityType: 'TrustedLaunch'
      uefiSettings: { secureBootEnabled: true, vTpmEnabled: true }
    }
    storageProfile: {
      imageReference: {
        publisher: 'MicrosoftWindowsServer'
        offer: 'WindowsServer'
        sku: '2022-datacenter-core-g2'
        version: 'latest'
      }
      osDisk: {
        name: 'bcswarm-manager-0-os'
        createOption: 'FromImage'
        deleteOption: 'Delete'
        caching: 'ReadWrite'
        managedDisk: {
          storageAccountType: 'Premium_LRS'
        }
      }
      dataDisks: [
        {
          lun: 0
          createOption: 'Attach'
          deleteOption: 'Detach'
          caching: 'ReadOnly'
          managedDisk: { id: managerDisk0.id }
        }
      ]
    }
    osProfile: {
      computerName: 'bcswarm-mgr0'
      adminUsername: adminUsername
      adminPassword: windowsPassword
      customData: windowsLoader
      windowsConfiguration: {
        provisionVMAgent: true
        enableAutomaticUpdates: false
      }
    }
    networkProfile: { networkInterfaces: [{ id: managerNic0.id, properties: { deleteOption: 'Detach' } }] }
    diagnosticsProfile: { bootDiagnostics: { enabled: true } }
    userData: base64(string({
      version: 1
      role: 'manager'
      swarm: 'bcswarm'
      debug: false
      admin: adminUsername
      clientId: managerIdentity.properties.clientId
      vault: {
        uri: 'https://bcswarm-${uniqueString(resourceGroup().id)}${environment().suffixes.keyvaultDns}/'
        resource: 'https://${substring(environment().suffixes.keyvaultDns, 1)}'
      }
      managers: ['10.0.0.4', '10.0.0.5', '10.0.0.6']
      index: 0
      schedulable: true
      addressPool: '10.10.0.0/16'
      subnetSize: 24
      stack: 'swarm-stack'
      backup: { hours: 6, keep: 28, key: 'backup-key' }
      resources: {
        uri: 'https://${split(environment().resourceManager, '/')[2]}'
        resource: environment().resourceManager
      }
      dockerSecrets: {}
      secrets: {
        workerToken: 'swarm-worker-token'
        managerToken: 'swarm-manager-token'
        operatorKeys: 'operator-keys'
        shareKey: 'share-key'
      }
      engine: {
        version: '28.5.2'
        windowsSha256: 'be76f32e6d92f4d3c64b8eb5e0e86e9597c00eb75ee41b5cc23e7674c5514810'
        isolation: 'process'
      }
      dataDisk: { lun: 0 }
      share: {
        kind: 'key'
        account: 'bcswarm${uniqueString(resourceGroup().id)}'
        host: 'bcswarm${uniqueString(resourceGroup().id)}.file.${environment().suffixes.storage}'
        name: 'swarm'
        path: '/mnt/swarm'
        drive: 'S:'
      }
      labels: {}
      images: []
      evictImagesAt: 80
      registries: []
      updates: {
        days: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']
        from: '02:00'
        hours: 4
      }
      scripts: {
        before: []
        after: []
      }
      sshKey: sshKey
      program: windowsProgram
    }))
  }
  dependsOn: [
    collectionRule
    deployerReadsWindows
    managerWritesSwarmManagerToken
    managerWritesSwarmWorkerToken
    workerReadsToken
  ]
}

// Windows does not run customData by itself.
resource manager0Start 'Microsoft.Compute/virtualMachines/extensions@2025-04-01' = {
  parent: manager0
  name: 'start'
  location: location
  tags: { swarm: 'bcswarm', role: 'manager' }
  properties: {
    publisher: 'Microsoft.Compute'
    type: 'CustomScriptExtension'
    typeHandlerVersion: '1.10'
    autoUpgradeMinorVersion: true
    settings: {
      commandToExecute: 'powershell.exe -NoProfile -ExecutionPolicy Bypass -Command "Copy-Item C:\\AzureData\\CustomData.bin C:\\AzureData\\loader.ps1 -Force; & C:\\AzureData\\loader.ps1; exit $LASTEXITCODE"'
    }
  }
}

// Measures the machine, and collects its logs.
resource manager0Agent 'Microsoft.Compute/virtualMachines/extensions@2025-04-01' = {
  parent: manager0
  name: 'monitor'
  location: location
  tags: { swarm: 'bcswarm', role: 'manager' }
  properties: {
    publisher: 'Microsoft.Azure.Monitor'
    type: 'AzureMonitorWindowsAgent'
    typeHandlerVersion: '1.0'
    autoUpgradeMinorVersion: true
    enableAutomaticUpgrade: true
    settings: {
      authentication: {
        managedIdentity: { 'identifier-name': 'mi_res_id', 'identifier-value': managerIdentity.id }
      }
    }
  }
}

// The agent collects what this rule says.
resource manager0Association 'Microsoft.Insights/dataCollectionRuleAssociations@2024-03-11' = {
  scope: manager0
  name: 'bcswarm-nodes'
  properties: { dataCollectionRuleId: collectionRule.id }
}

// Runs the swarm itself, and what comes in from the outside.
resource manager1 'Microsoft.Compute/virtualMachines@2025-04-01' = {
  name: 'bcswarm-manager-1'
  location: location
  tags: { swarm: 'bcswarm', role: 'manager' }
  zones: ['2']
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${managerIdentity.id}': {} } }
  properties: {
    hardwareProfile: { vmSize: 'Standard_D2s_v5' }
    securityProfile: {
      securityType: 'TrustedLaunch'
      uefiSettings: { secureBootEnabled: true, vTpmEnabled: true }
    }
    storageProfile: {
      imageReference: {
        publisher: 'MicrosoftWindowsServer'
        offer: 'WindowsServer'
        sku: '2022-datacenter-core-g2'
        version: 'latest'
      }
      osDisk: {
        name: 'bcswarm-manager-1-os'
        createOption: 'FromImage'
        deleteOption: 'Delete'
        caching: 'ReadWrite'
        managedDisk: {
          storageAccountType: 'Premium_LRS'
        }
      }
      dataDisks: [
        {
          lun: 0
          createOption: 'Attach'
          deleteOption: 'Detach'
          caching: 'ReadOnly'
          managedDisk: { id: managerDisk1.id }
        }
      ]
    }
    osProfile: {
      computerName: 'bcswarm-mgr1'
      adminUsername: adminUsername
      adminPassword: windowsPassword
      customData: windowsLoader
      windowsConfiguration: {
        provisionVMAgent: true
        enableAutomaticUpdates: false
      }
    }
    networkProfile: { networkInterfaces: [{ id: managerNic1.id, properties: { deleteOption: 'Detach' } }] }
    diagnosticsProfile: { bootDiagnostics: { enabled: true } }
    userData: base64(string({
      version: 1
      role: 'manager'
      swarm: 'bcswarm'
      debug: false
      admin: adminUsername
      clientId: managerIdentity.properties.clientId
      vault: {
        uri: 'https://bcswarm-${uniqueString(resourceGroup().id)}${environment().suffixes.keyvaultDns}/'
        resource: 'https://${substring(environment().suffixes.keyvaultDns, 1)}'
      }
      managers: ['10.0.0.4', '10.0.0.5', '10.0.0.6']
      index: 1
      schedulable: true
      addressPool: '10.10.0.0/16'
      subnetSize: 24
      stack: 'swarm-stack'
      backup: { hours: 6, keep: 28, key: 'backup-key' }
      resources: {
        uri: 'https://${split(environment().resourceManager, '/')[2]}'
        resource: environment().resourceManager
      }
      dockerSecrets: {}
      secrets: {
        workerToken: 'swarm-worker-token'
        managerToken: 'swarm-manager-token'
        operatorKeys: 'operator-keys'
        shareKey: 'share-key'
      }
      engine: {
        version: '28.5.2'
        windowsSha256: 'be76f32e6d92f4d3c64b8eb5e0e86e9597c00eb75ee41b5cc23e7674c5514810'
        isolation: 'process'
      }
      dataDisk: { lun: 0 }
      share: {
        kind: 'key'
        account: 'bcswarm${uniqueString(resourceGroup().id)}'
        host: 'bcswarm${uniqueString(resourceGroup().id)}.file.${environment().suffixes.storage}'
        name: 'swarm'
        path: '/mnt/swarm'
        drive: 'S:'
      }
      labels: {}
      images: []
      evictImagesAt: 80
      registries: []
      updates: {
        days: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']
        from: '02:00'
        hours: 4
      }
      scripts: {
        before: []
        after: []
      }
      sshKey: sshKey
      program: windowsProgram
    }))
  }
  dependsOn: [
    collectionRule
    deployerReadsWindows
    managerWritesSwarmManagerToken
    managerWritesSwarmWorkerToken
    workerReadsToken
  ]
}

// Windows does not run customData by itself.
resource manager1Start 'Microsoft.Compute/virtualMachines/extensions@2025-04-01' = {
  parent: manager1
  name: 'start'
  location: location
  tags: { swarm: 'bcswarm', role: 'manager' }
  properties: {
    publisher: 'Microsoft.Compute'
    type: 'CustomScriptExtension'
    typeHandlerVersion: '1.10'
    autoUpgradeMinorVersion: true
    settings: {
      commandToExecute: 'powershell.exe -NoProfile -ExecutionPolicy Bypass -Command "Copy-Item C:\\AzureData\\CustomData.bin C:\\AzureData\\loader.ps1 -Force; & C:\\AzureData\\loader.ps1; exit $LASTEXITCODE"'
    }
  }
}

// Measures the machine, and collects its logs.
resource manager1Agent 'Microsoft.Compute/virtualMachines/extensions@2025-04-01' = {
  parent: manager1
  name: 'monitor'
  location: location
  tags: { swarm: 'bcswarm', role: 'manager' }
  properties: {
    publisher: 'Microsoft.Azure.Monitor'
    type: 'AzureMonitorWindowsAgent'
    typeHandlerVersion: '1.0'
    autoUpgradeMinorVersion: true
    enableAutomaticUpgrade: true
    settings: {
      authentication: {
        managedIdentity: { 'identifier-name': 'mi_res_id', 'identifier-value': managerIdentity.id }
      }
    }
  }
}

// The agent collects what this rule says.
resource manager1Association 'Microsoft.Insights/dataCollectionRuleAssociations@2024-03-11' = {
  scope: manager1
  name: 'bcswarm-nodes'
  properties: { dataCollectionRuleId: collectionRule.id }
}

// Runs the swarm itself, and what comes in from the outside.
resource manager2 'Microsoft.Compute/virtualMachines@2025-04-01' = {
  name: 'bcswarm-manager-2'
  location: location
  tags: { swarm: 'bcswarm', role: 'manager' }
  zones: ['3']
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${managerIdentity.id}': {} } }
  properties: {
    hardwareProfile: { vmSize: 'Standard_D2s_v5' }
    securityProfile: {
      securityType: 'TrustedLaunch'
      uefiSettings: { secureBootEnabled: true, vTpmEnabled: true }
    }
    storageProfile: {
      imageReference: {
        publisher: 'MicrosoftWindowsServer'
        offer: 'WindowsServer'
        sku: '2022-datacenter-core-g2'
        version: 'latest'
      }
      osDisk: {
        name: 'bcswarm-manager-2-os'
        createOption: 'FromImage'
        deleteOption: 'Delete'
        caching: 'ReadWrite'
        managedDisk: {
          storageAccountType: 'Premium_LRS'
        }
      }
      dataDisks: [
        {
          lun: 0
          createOption: 'Attach'
          deleteOption: 'Detach'
          caching: 'ReadOnly'
          managedDisk: { id: managerDisk2.id }
        }
      ]
    }
    osProfile: {
      computerName: 'bcswarm-mgr2'
      adminUsername: adminUsername
      adminPassword: windowsPassword
      customData: windowsLoader
      windowsConfiguration: {
        provisionVMAgent: true
        enableAutomaticUpdates: false
      }
    }
    networkProfile: { networkInterfaces: [{ id: managerNic2.id, properties: { deleteOption: 'Detach' } }] }
    diagnosticsProfile: { bootDiagnostics: { enabled: true } }
    userData: base64(string({
      version: 1
      role: 'manager'
      swarm: 'bcswarm'
      debug: false
      admin: adminUsername
      clientId: managerIdentity.properties.clientId
      vault: {
        uri: 'https://bcswarm-${uniqueString(resourceGroup().id)}${environment().suffixes.keyvaultDns}/'
        resource: 'https://${substring(environment().suffixes.keyvaultDns, 1)}'
      }
      managers: ['10.0.0.4', '10.0.0.5', '10.0.0.6']
      index: 2
      schedulable: true
      addressPool: '10.10.0.0/16'
      subnetSize: 24
      stack: 'swarm-stack'
      backup: { hours: 6, keep: 28, key: 'backup-key' }
      resources: {
        uri: 'https://${split(environment().resourceManager, '/')[2]}'
        resource: environment().resourceManager
      }
      dockerSecrets: {}
      secrets: {
        workerToken: 'swarm-worker-token'
        managerToken: 'swarm-manager-token'
        operatorKeys: 'operator-keys'
        shareKey: 'share-key'
      }
      engine: {
        version: '28.5.2'
        windowsSha256: 'be76f32e6d92f4d3c64b8eb5e0e86e9597c00eb75ee41b5cc23e7674c5514810'
        isolation: 'process'
      }
      dataDisk: { lun: 0 }
      share: {
        kind: 'key'
        account: 'bcswarm${uniqueString(resourceGroup().id)}'
        host: 'bcswarm${uniqueString(resourceGroup().id)}.file.${environment().suffixes.storage}'
        name: 'swarm'
        path: '/mnt/swarm'
        drive: 'S:'
      }
      labels: {}
      images: []
      evictImagesAt: 80
      registries: []
      updates: {
        days: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']
        from: '02:00'
        hours: 4
      }
      scripts: {
        before: []
        after: []
      }
      sshKey: sshKey
      program: windowsProgram
    }))
  }
  dependsOn: [
    collectionRule
    deployerReadsWindows
    managerWritesSwarmManagerToken
    managerWritesSwarmWorkerToken
    workerReadsToken
  ]
}

// Windows does not run customData by itself.
resource manager2Start 'Microsoft.Compute/virtualMachines/extensions@2025-04-01' = {
  parent: manager2
  name: 'start'
  location: location
  tags: { swarm: 'bcswarm', role: 'manager' }
  properties: {
    publisher: 'Microsoft.Compute'
    type: 'CustomScriptExtension'
    typeHandlerVersion: '1.10'
    autoUpgradeMinorVersion: true
    settings: {
      commandToExecute: 'powershell.exe -NoProfile -ExecutionPolicy Bypass -Command "Copy-Item C:\\AzureData\\CustomData.bin C:\\AzureData\\loader.ps1 -Force; & C:\\AzureData\\loader.ps1; exit $LASTEXITCODE"'
    }
  }
}

// Measures the machine, and collects its logs.
resource manager2Agent 'Microsoft.Compute/virtualMachines/extensions@2025-04-01' = {
  parent: manager2
  name: 'monitor'
  location: location
  tags: { swarm: 'bcswarm', role: 'manager' }
  properties: {
    publisher: 'Microsoft.Azure.Monitor'
    type: 'AzureMonitorWindowsAgent'
    typeHandlerVersion: '1.0'
    autoUpgradeMinorVersion: true
    enableAutomaticUpgrade: true
    settings: {
      authentication: {
        managedIdentity: { 'identifier-name': 'mi_res_id', 'identifier-value': managerIdentity.id }
      }
    }
  }
}

// The agent collects what this rule says.
resource manager2Association 'Microsoft.Insights/dataCollectionRuleAssociations@2024-03-11' = {
  scope: manager2
  name: 'bcswarm-nodes'
  properties: { dataCollectionRuleId: collectionRule.id }
}

// Machines of one kind that do the work. They are made alike, and join the swarm by themselves.
resource poolWorker 'Microsoft.Compute/virtualMachineScaleSets@2025-04-01' = {
  name: 'bcswarm-worker'
  location: location
  tags: { swarm: 'bcswarm', role: 'worker', pool: 'worker' }
  zones: ['1', '2', '3']
  sku: { name: 'Standard_D8s_v5', tier: 'Standard', capacity: workerCapacity }
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${workerIdentity.id}': {} } }
  properties: {
    orchestrationMode: 'Uniform'
    overprovision: false
    singlePlacementGroup: false
    platformFaultDomainCount: 1
    zoneBalance: false
    scaleInPolicy: { rules: ['Default'] }
    upgradePolicy: {
      mode: 'Manual'
    }
    automaticRepairsPolicy: {
      enabled: true
      gracePeriod: 'PT60M'
      repairAction: 'Replace'
    }
    virtualMachineProfile: {
      securityProfile: {
        securityType: 'TrustedLaunch'
        uefiSettings: { secureBootEnabled: true, vTpmEnabled: true }
      }
      storageProfile: {
        imageReference: {
          publisher: 'MicrosoftWindowsServer'
          offer: 'WindowsServer'
          sku: '2022-datacenter-core-g2'
          version: 'latest'
        }
        osDisk: {
          createOption: 'FromImage'
          caching: 'ReadWrite'
          managedDisk: {
            storageAccountType: 'Premium_LRS'
          }
        }
        dataDisks: [
          {
            lun: 0
            createOption: 'Empty'
            caching: 'ReadOnly'
            diskSizeGB: 128
            managedDisk: { storageAccountType: 'Premium_LRS' }
          }
        ]
      }
      osProfile: {
        computerNamePrefix: 'worker'
        adminUsername: adminUsername
        adminPassword: windowsPassword
        customData: windowsLoader
        windowsConfiguration: {
          provisionVMAgent: true
          enableAutomaticUpdates: false
        }
      }
      networkProfile: {
        networkInterfaceConfigurations: [
          {
            name: 'nic'
            properties: {
              primary: true
              enableAcceleratedNetworking: true
              ipConfigurations: [{ name: 'ip', properties: { subnet: { id: '${vnet.id}/subnets/workers' } } }]
            }
          }
        ]
      }
      diagnosticsProfile: { bootDiagnostics: { enabled: true } }
      // A machine that is to go is told so, and empties itself. Azure does not ask Spot machines.
      scheduledEventsProfile: { terminateNotificationProfile: { enable: true, notBeforeTimeout: 'PT5M' } }
      extensionProfile: {
        extensionsTimeBudget: 'PT2H'
        extensions: [
          {
            name: 'health'
            properties: {
              publisher: 'Microsoft.ManagedServices'
              type: 'ApplicationHealthWindows'
              typeHandlerVersion: '2.0'
              autoUpgradeMinorVersion: true
              enableAutomaticUpgrade: true
              settings: {
                protocol: 'http'
                port: 8765
                requestPath: '/health'
                intervalInSeconds: 15
                numberOfProbes: 3
                gracePeriod: 3600
              }
            }
          }
          {
            name: 'start'
            properties: {
              publisher: 'Microsoft.Compute'
              type: 'CustomScriptExtension'
              typeHandlerVersion: '1.10'
              autoUpgradeMinorVersion: true
              settings: {
                commandToExecute: 'powershell.exe -NoProfile -ExecutionPolicy Bypass -Command "Copy-Item C:\\AzureData\\CustomData.bin C:\\AzureData\\loader.ps1 -Force; & C:\\AzureData\\loader.ps1; exit $LASTEXITCODE"'
              }
            }
          }
          {
            name: 'monitor'
            properties: {
              publisher: 'Microsoft.Azure.Monitor'
              type: 'AzureMonitorWindowsAgent'
              typeHandlerVersion: '1.0'
              autoUpgradeMinorVersion: true
              enableAutomaticUpgrade: true
              settings: {
                authentication: {
                  managedIdentity: { 'identifier-name': 'mi_res_id', 'identifier-value': workerIdentity.id }
                }
              }
            }
          }
        ]
      }
      userData: base64(string({
        version: 1
        role: 'worker'
        swarm: 'bcswarm'
        debug: false
        admin: adminUsername
        clientId: workerIdentity.properties.clientId
        vault: {
          uri: 'https://bcswarm-${uniqueString(resourceGroup().id)}${environment().suffixes.keyvaultDns}/'
          resource: 'https://${substring(environment().suffixes.keyvaultDns, 1)}'
        }
        managers: ['10.0.0.4', '10.0.0.5', '10.0.0.6']
        pool: 'worker'
        secrets: {
          workerToken: 'swarm-worker-token'
          operatorKeys: 'operator-keys'
          shareKey: 'share-key'
        }
        engine: {
          version: '28.5.2'
          windowsSha256: 'be76f32e6d92f4d3c64b8eb5e0e86e9597c00eb75ee41b5cc23e7674c5514810'
          isolation: 'process'
        }
        dataDisk: { lun: 0 }
        share: {
          kind: 'key'
          account: 'bcswarm${uniqueString(resourceGroup().id)}'
          host: 'bcswarm${uniqueString(resourceGroup().id)}.file.${environment().suffixes.storage}'
          name: 'swarm'
          path: '/mnt/swarm'
          drive: 'S:'
        }
        labels: {}
        images: []
        evictImagesAt: 80
        registries: []
        updates: {
          days: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']
          from: '02:00'
          hours: 4
        }
        scripts: {
          before: []
          after: []
        }
        sshKey: sshKey
        program: windowsProgram
      }))
    }
  }
  dependsOn: [
    collectionRule
    deployerReadsWindows
    managerWritesSwarmManagerToken
    managerWritesSwarmWorkerToken
    workerReadsToken
  ]
}

// Managers look whether the machine of a node that is down still exists.
resource poolWorkerManagerReads 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: poolWorker
  name: guid(poolWorker.id, managerIdentity.id, reader)
  properties: {
    principalId: managerIdentity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: reader
  }
}

// The agent collects what this rule says.
resource poolWorkerAssociation 'Microsoft.Insights/dataCollectionRuleAssociations@2024-03-11' = {
  scope: poolWorker
  name: 'bcswarm-nodes'
  properties: { dataCollectionRuleId: collectionRule.id }
}

// Operators come in at this address, and only from the sources that jumpboxNsg names.
resource jumpboxAddress 'Microsoft.Network/publicIPAddresses@2025-01-01' = {
  name: 'bcswarm-jumpbox'
  location: location
  tags: { swarm: 'bcswarm', role: 'jumpbox' }
  zones: ['1', '2', '3']
  sku: { name: 'Standard', tier: 'Regional' }
  properties: {
    publicIPAllocationMethod: 'Static'
    publicIPAddressVersion: 'IPv4'
    dnsSettings: {
      domainNameLabel: 'bcswarm-jumpbox-${uniqueString(resourceGroup().id)}'
    }
  }
  dependsOn: [
    deployerReadsWindows
  ]
}

// What connects the jumpbox to that address and to the nodes.
resource jumpboxNic 'Microsoft.Network/networkInterfaces@2025-01-01' = {
  name: 'bcswarm-jumpbox'
  location: location
  tags: { swarm: 'bcswarm', role: 'jumpbox' }
  properties: {
    ipConfigurations: [
      {
        name: 'ip'
        properties: {
          subnet: { id: '${vnet.id}/subnets/jumpbox' }
          privateIPAllocationMethod: 'Dynamic'
          publicIPAddress: { id: jumpboxAddress.id, properties: { deleteOption: 'Detach' } }
        }
      }
    ]
  }
}

// The only machine that can be reached over SSH from outside. It may be stopped while nobody needs it.
resource jumpbox 'Microsoft.Compute/virtualMachines@2025-04-01' = {
  name: 'bcswarm-jumpbox'
  location: location
  tags: { swarm: 'bcswarm', role: 'jumpbox' }
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${jumpboxIdentity.id}': {} } }
  properties: {
    hardwareProfile: { vmSize: 'Standard_B2s_v2' }
    securityProfile: {
      securityType: 'TrustedLaunch'
      uefiSettings: { secureBootEnabled: true, vTpmEnabled: true }
    }
    storageProfile: {
      imageReference: {
        publisher: 'MicrosoftWindowsServer'
        offer: 'WindowsServer'
        sku: '2022-datacenter-core-g2'
        version: 'latest'
      }
      osDisk: {
        name: 'bcswarm-jumpbox-os'
        createOption: 'FromImage'
        deleteOption: 'Delete'
        caching: 'ReadWrite'
        managedDisk: {
          storageAccountType: 'Premium_LRS'
        }
      }
    }
    osProfile: {
      computerName: 'bcswarm-jump'
      adminUsername: adminUsername
      adminPassword: windowsPassword
      customData: windowsLoader
      windowsConfiguration: {
        provisionVMAgent: true
        enableAutomaticUpdates: true
      }
    }
    networkProfile: { networkInterfaces: [{ id: jumpboxNic.id, properties: { deleteOption: 'Delete' } }] }
    diagnosticsProfile: { bootDiagnostics: { enabled: true } }
    userData: base64(string({
      version: 1
      role: 'jumpbox'
      swarm: 'bcswarm'
      debug: false
      admin: adminUsername
      clientId: jumpboxIdentity.properties.clientId
      vault: {
        uri: 'https://bcswarm-${uniqueString(resourceGroup().id)}${environment().suffixes.keyvaultDns}/'
        resource: 'https://${substring(environment().suffixes.keyvaultDns, 1)}'
      }
      managers: ['10.0.0.4', '10.0.0.5', '10.0.0.6']
      secrets: { operatorKeys: 'operator-keys' }
      scripts: {
        before: []
        after: []
      }
      sshKey: sshKey
      program: windowsProgram
    }))
  }
}

// Windows does not run customData by itself.
resource jumpboxStart 'Microsoft.Compute/virtualMachines/extensions@2025-04-01' = {
  parent: jumpbox
  name: 'start'
  location: location
  tags: { swarm: 'bcswarm', role: 'jumpbox' }
  properties: {
    publisher: 'Microsoft.Compute'
    type: 'CustomScriptExtension'
    typeHandlerVersion: '1.10'
    autoUpgradeMinorVersion: true
    settings: {
      commandToExecute: 'powershell.exe -NoProfile -ExecutionPolicy Bypass -Command "Copy-Item C:\\AzureData\\CustomData.bin C:\\AzureData\\loader.ps1 -Force; & C:\\AzureData\\loader.ps1; exit $LASTEXITCODE"'
    }
  }
}

// Who is told.
resource contact 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'bcswarm-contact'
  location: 'global'
  tags: { swarm: 'bcswarm' }
  properties: {
    groupShortName: 'bcswarm'
    enabled: true
    emailReceivers: [{ name: 'contact', emailAddress: 'ops@acme.example', useCommonAlertSchema: true }]
  }
  dependsOn: [
    collectionRule
    ingress
  ]
}

// A disk of a node is nearly full: images, logs or a database grow.
resource alertDiskAlarm 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: 'bcswarm-disk-alarm'
  location: location
  tags: { swarm: 'bcswarm' }
  kind: 'LogAlert'
  properties: {
    displayName: 'bcswarm: less than 5 % of a disk is free'
    severity: 0
    enabled: true
    scopes: [workspace.id]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    autoMitigate: true
    // The table does not exist before the first node reports.
    skipQueryValidation: true
    criteria: {
      allOf: [
        {
          query: 'Perf\n| where ObjectName in ("Logical Disk", "LogicalDisk") and CounterName == "% Free Space"\n| where InstanceName !in ("_Total", "D:", "/mnt", "/mnt/resource", "/boot/efi")\n| where not(InstanceName startswith "HarddiskVolume") and not(InstanceName startswith "/snap/") and not(InstanceName startswith "/run") and not(InstanceName startswith "/dev/")\n| summarize FreePercent = min(CounterValue) by bin(TimeGenerated, 5m), Computer, InstanceName, _ResourceId\n'
          metricMeasureColumn: 'FreePercent'
          resourceIdColumn: '_ResourceId'
          timeAggregation: 'Minimum'
          operator: 'LessThan'
          threshold: 5
          dimensions: [
            { name: 'Computer', operator: 'Include', values: ['*'] }
            { name: 'InstanceName', operator: 'Include', values: ['*'] }
          ]
          failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
        }
      ]
    }
    actions: { actionGroups: [contact.id] }
  }
}

// A disk of a node is nearly full: images, logs or a database grow.
resource alertDiskWarning 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: 'bcswarm-disk-warning'
  location: location
  tags: { swarm: 'bcswarm' }
  kind: 'LogAlert'
  properties: {
    displayName: 'bcswarm: less than 10 % of a disk is free'
    severity: 1
    enabled: true
    scopes: [workspace.id]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    autoMitigate: true
    // The table does not exist before the first node reports.
    skipQueryValidation: true
    criteria: {
      allOf: [
        {
          query: 'Perf\n| where ObjectName in ("Logical Disk", "LogicalDisk") and CounterName == "% Free Space"\n| where InstanceName !in ("_Total", "D:", "/mnt", "/mnt/resource", "/boot/efi")\n| where not(InstanceName startswith "HarddiskVolume") and not(InstanceName startswith "/snap/") and not(InstanceName startswith "/run") and not(InstanceName startswith "/dev/")\n| summarize FreePercent = min(CounterValue) by bin(TimeGenerated, 5m), Computer, InstanceName, _ResourceId\n'
          metricMeasureColumn: 'FreePercent'
          resourceIdColumn: '_ResourceId'
          timeAggregation: 'Minimum'
          operator: 'LessThan'
          threshold: 10
          dimensions: [
            { name: 'Computer', operator: 'Include', values: ['*'] }
            { name: 'InstanceName', operator: 'Include', values: ['*'] }
          ]
          failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
        }
      ]
    }
    actions: { actionGroups: [contact.id] }
  }
}

// No manager answers the load balancer: nothing of the swarm can be reached.
resource alertUnreachable 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'bcswarm-no-manager'
  location: 'global'
  tags: { swarm: 'bcswarm' }
  properties: {
    description: 'bcswarm: no manager answers the load balancer'
    severity: 0
    enabled: true
    scopes: [ingress.id]
    evaluationFrequency: 'PT1M'
    windowSize: 'PT5M'
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: 'probes'
          criterionType: 'StaticThresholdCriterion'
          metricName: 'DipAvailability'
          operator: 'LessThan'
          threshold: 1
          timeAggregation: 'Average'
        }
      ]
    }
    actions: [{ actionGroupId: contact.id }]
  }
}

// Who read which secret.
resource vaultLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: vault
  name: 'workspace'
  properties: {
    workspaceId: workspace.id
    logAnalyticsDestinationType: 'Dedicated'
    logs: [{ categoryGroup: 'audit', enabled: true }]
  }
  dependsOn: [
    collectionRule
    ingress
    managerReadsShareKey
    share
    workerReadsShareKey
  ]
}

// Who read and wrote which file.
resource shareLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: fileService
  name: 'workspace'
  properties: {
    workspaceId: workspace.id
    logAnalyticsDestinationType: 'Dedicated'
    logs: [{ categoryGroup: 'audit', enabled: true }]
  }
  dependsOn: [
    collectionRule
    ingress
    managerReadsShareKey
    share
    workerReadsShareKey
  ]
}

// When managers were taken out of the balancer, and when they came back.
resource ingressLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: ingress
  name: 'workspace'
  properties: {
    workspaceId: workspace.id
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
  dependsOn: [
    collectionRule
    managerReadsShareKey
    share
    workerReadsShareKey
  ]
}

@description('Name under which the swarm is reached from the outside.')
output ingress string? = ingressAddress.properties.dnsSettings.fqdn

@description('Public address behind that name; point the name of your domain to it.')
output ingressAddress string? = ingressAddress.properties.ipAddress

@description('Where Portainer is. Its administrator is admin; the password is the secret portainer-password.')
output portainer string? = 'https://${ingressAddress.properties.dnsSettings.fqdn}/portainer/'

@description('How to reach the jumpbox.')
output jumpbox string? = 'ssh ${adminUsername}@${jumpboxAddress.properties.dnsSettings.fqdn}'

@description('What ssh_config must know of this deployment.')
output sshConfig string[]? = [
  'Host jumpbox bcswarm-jumpbox'
  '    HostName ${jumpboxAddress.properties.dnsSettings.fqdn}'
  'Host jumpbox manager* bcswarm-*'
  '    User ${adminUsername}'
]

@description('How to reach each manager.')
output managers string[] = [
  'ssh -J ${adminUsername}@${jumpboxAddress.properties.dnsSettings.fqdn} ${adminUsername}@10.0.0.4'
  'ssh -J ${adminUsername}@${jumpboxAddress.properties.dnsSettings.fqdn} ${adminUsername}@10.0.0.5'
  'ssh -J ${adminUsername}@${jumpboxAddress.properties.dnsSettings.fqdn} ${adminUsername}@10.0.0.6'
]

@description('The vault with all secrets.')
output vault string = vault.name

@description('Names of the secrets in it that people may need. Look one up: az keyvault secret show --vault-name VAULT --name SECRET --query value')
output secrets string[] = ['portainer-password', 'backup-key', 'windows-password']
