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

@description('Number of machines now, of pool api.')
param apiCapacity int = 6

@description('Number of machines now, of pool arm.')
param armCapacity int = 4

@description('Number of machines now, of pool batch.')
param batchCapacity int = 0

@description('Number of machines now, of pool bc.')
param bcCapacity int = 4

@description('Number of machines now, of pool cache.')
param cacheCapacity int = 3

@description('Number of machines now, of pool ci.')
param ciCapacity int = 4

@description('Number of machines now, of pool database.')
param databaseCapacity int = 3

@description('Number of machines now, of pool edge.')
param edgeCapacity int = 2

@description('Number of machines now, of pool night.')
param nightCapacity int = 1

@description('Number of machines now, of pool reports.')
param reportsCapacity int = 2

@description('Number of machines now, of pool scratch.')
param scratchCapacity int = 2

@description('Number of machines now, of pool web.')
param webCapacity int = 6

@description('First password of Portainer\'s administrator; made at the first deployment and kept in the vault from then on.')
@secure()
param portainerPassword string = newGuid()

@description('Secret by which Portainer and its agents know each other; made at the first deployment and kept in the vault from then on.')
@secure()
param agentSecret string = newGuid()

@description('Key of the copies of the swarm\'s state; made at the first deployment and kept in the vault from then on.')
@secure()
param backupKey string = newGuid()

@description('Values of your own secrets, by name: of secret certificate.')
@secure()
param secretCertificate string

@description('Values of your own secrets, by name: of secret database-password.')
@secure()
param secretDatabasePassword string

@description('Values of your own secrets, by name: of secret registry-password.')
@secure()
param secretRegistryPassword string

// What Traefik and Portainer are made of.
var traefikCompose = loadTextContent('stack/traefik.yml')
var portainerCompose = loadTextContent('stack/portainer.yml')
var certificateCompose = loadTextContent('stack/certificate.yml')

// The loader is all that customData holds: Azure lets nobody change it. It fetches the node program from userData.
var linuxLoader = loadFileAsBase64('scripts/cloud-init/loader.yaml')
var proxyScript = loadTextContent('scripts/own/proxy.sh')
var linuxProgram = loadTextContent('scripts/cloud-init/node.sh')

// The same for Windows.
var windowsLoader = loadFileAsBase64('scripts/powershell/loader.ps1')
var windowsProgram = loadTextContent('scripts/powershell/node.ps1')
var fontsScript = loadTextContent('scripts/own/fonts.ps1')
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
  name: 'globex-managers'
  location: location
  tags: { swarm: 'globex', costCentre: '1200', environment: 'production' }
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
        name: 'published-tcp-5432'
        properties: {
          description: 'A published port.'
          priority: 102
          direction: 'Inbound'
          access: 'Allow'
          protocol: 'Tcp'
          sourceAddressPrefixes: ['198.51.100.0/24', '203.0.113.0/24']
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '5432'
        }
      }
      {
        name: 'published-udp-514'
        properties: {
          description: 'A published port.'
          priority: 103
          direction: 'Inbound'
          access: 'Allow'
          protocol: 'Udp'
          sourceAddressPrefix: '198.51.100.0/24'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '514'
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
          sourceAddressPrefixes: ['10.64.0.0/24', '10.64.16.0/20', '10.64.32.0/24']
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
          sourceAddressPrefixes: ['10.64.0.0/24', '10.64.16.0/20', '10.64.32.0/24']
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '443'
        }
      }
      {
        name: 'inside-tcp-5432'
        properties: {
          description: 'The same port, for the other nodes.'
          priority: 302
          direction: 'Inbound'
          access: 'Allow'
          protocol: 'Tcp'
          sourceAddressPrefixes: ['10.64.0.0/24', '10.64.16.0/20', '10.64.32.0/24']
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '5432'
        }
      }
      {
        name: 'inside-udp-514'
        properties: {
          description: 'The same port, for the other nodes.'
          priority: 303
          direction: 'Inbound'
          access: 'Allow'
          protocol: 'Udp'
          sourceAddressPrefixes: ['10.64.0.0/24', '10.64.16.0/20', '10.64.32.0/24']
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '514'
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
          sourceAddressPrefixes: ['10.64.0.0/24', '10.64.16.0/20', '10.64.32.0/24']
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
          sourceAddressPrefixes: ['10.64.0.0/24', '10.64.16.0/20', '10.64.32.0/24']
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
          sourceAddressPrefixes: ['10.64.0.0/24', '10.64.16.0/20', '10.64.32.0/24']
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
          sourceAddressPrefixes: ['10.64.0.0/24', '10.64.16.0/20', '10.64.32.0/24']
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
          sourceAddressPrefix: '10.64.1.0/24'
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
  name: 'globex-workers'
  location: location
  tags: { swarm: 'globex', costCentre: '1200', environment: 'production' }
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
          sourceAddressPrefixes: ['10.64.0.0/24', '10.64.16.0/20', '10.64.32.0/24']
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
          sourceAddressPrefixes: ['10.64.0.0/24', '10.64.16.0/20', '10.64.32.0/24']
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
          sourceAddressPrefixes: ['10.64.0.0/24', '10.64.16.0/20', '10.64.32.0/24']
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
          sourceAddressPrefix: '10.64.1.0/24'
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
  name: 'globex-jumpbox'
  location: location
  tags: { swarm: 'globex', costCentre: '1200', environment: 'production' }
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
  name: 'globex-nat-0'
  location: location
  tags: { swarm: 'globex', costCentre: '1200', environment: 'production' }
  zones: ['1', '2', '3']
  sku: { name: 'StandardV2', tier: 'Regional' }
  properties: {
    publicIPAllocationMethod: 'Static'
    publicIPAddressVersion: 'IPv4'
  }
}

// Under these addresses the nodes appear in the internet.
resource natAddress1 'Microsoft.Network/publicIPAddresses@2025-01-01' = {
  name: 'globex-nat-1'
  location: location
  tags: { swarm: 'globex', costCentre: '1200', environment: 'production' }
  zones: ['1', '2', '3']
  sku: { name: 'StandardV2', tier: 'Regional' }
  properties: {
    publicIPAllocationMethod: 'Static'
    publicIPAddressVersion: 'IPv4'
  }
}

// Under these addresses the nodes appear in the internet.
resource natAddress2 'Microsoft.Network/publicIPAddresses@2025-01-01' = {
  name: 'globex-nat-2'
  location: location
  tags: { swarm: 'globex', costCentre: '1200', environment: 'production' }
  zones: ['1', '2', '3']
  sku: { name: 'StandardV2', tier: 'Regional' }
  properties: {
    publicIPAllocationMethod: 'Static'
    publicIPAddressVersion: 'IPv4'
  }
}

// Under these addresses the nodes appear in the internet.
resource natAddress3 'Microsoft.Network/publicIPAddresses@2025-01-01' = {
  name: 'globex-nat-3'
  location: location
  tags: { swarm: 'globex', costCentre: '1200', environment: 'production' }
  zones: ['1', '2', '3']
  sku: { name: 'StandardV2', tier: 'Regional' }
  properties: {
    publicIPAllocationMethod: 'Static'
    publicIPAddressVersion: 'IPv4'
  }
}

// Machines without a public address reach the internet only through this gateway.
resource nat 'Microsoft.Network/natGateways@2025-01-01' = {
  name: 'globex-nat'
  location: location
  tags: { swarm: 'globex', costCentre: '1200', environment: 'production' }
  zones: ['1', '2', '3']
  sku: { name: 'StandardV2' }
  properties: {
    idleTimeoutInMinutes: 4
    publicIpAddresses: [{ id: natAddress0.id }, { id: natAddress1.id }, { id: natAddress2.id }, { id: natAddress3.id }]
  }
}

// The network of the nodes; no subnet has a way out of its own.
resource vnet 'Microsoft.Network/virtualNetworks@2025-01-01' = {
  name: 'globex-vnet'
  location: location
  tags: { swarm: 'globex', costCentre: '1200', environment: 'production' }
  properties: {
    addressSpace: { addressPrefixes: ['10.64.0.0/16'] }
    subnets: [
      {
        name: 'managers'
        properties: {
          addressPrefix: '10.64.0.0/24'
          defaultOutboundAccess: false
          networkSecurityGroup: { id: managersNsg.id }
          natGateway: { id: nat.id }
          serviceEndpoints: [{ service: 'Microsoft.KeyVault' }, { service: 'Microsoft.Storage' }]
        }
      }
      {
        name: 'workers'
        properties: {
          addressPrefix: '10.64.16.0/20'
          defaultOutboundAccess: false
          networkSecurityGroup: { id: workersNsg.id }
          natGateway: { id: nat.id }
          serviceEndpoints: [{ service: 'Microsoft.KeyVault' }, { service: 'Microsoft.Storage' }]
        }
      }
      {
        name: 'pool-database'
        properties: {
          addressPrefix: '10.64.32.0/24'
          defaultOutboundAccess: false
          networkSecurityGroup: { id: workersNsg.id }
          natGateway: { id: nat.id }
          serviceEndpoints: [{ service: 'Microsoft.KeyVault' }, { service: 'Microsoft.Storage' }]
        }
      }
      {
        name: 'jumpbox'
        properties: {
          addressPrefix: '10.64.1.0/24'
          defaultOutboundAccess: false
          networkSecurityGroup: { id: jumpboxNsg.id }
          natGateway: { id: nat.id }
          serviceEndpoints: [{ service: 'Microsoft.KeyVault' }]
        }
      }
    ]
  }
}

// The addresses under which the swarm is known outside are not lost by accident.
resource natAddressLock0 'Microsoft.Authorization/locks@2020-05-01' = {
  scope: natAddress0
  name: 'globex-nat-0'
  properties: {
    level: 'CanNotDelete'
    notes: 'Others may let the swarm in under this address.'
  }
}

// The addresses under which the swarm is known outside are not lost by accident.
resource natAddressLock1 'Microsoft.Authorization/locks@2020-05-01' = {
  scope: natAddress1
  name: 'globex-nat-1'
  properties: {
    level: 'CanNotDelete'
    notes: 'Others may let the swarm in under this address.'
  }
}

// The addresses under which the swarm is known outside are not lost by accident.
resource natAddressLock2 'Microsoft.Authorization/locks@2020-05-01' = {
  scope: natAddress2
  name: 'globex-nat-2'
  properties: {
    level: 'CanNotDelete'
    notes: 'Others may let the swarm in under this address.'
  }
}

// The addresses under which the swarm is known outside are not lost by accident.
resource natAddressLock3 'Microsoft.Authorization/locks@2020-05-01' = {
  scope: natAddress3
  name: 'globex-nat-3'
  properties: {
    level: 'CanNotDelete'
    notes: 'Others may let the swarm in under this address.'
  }
}

// The address of the swarm; its DNS name stays when the address is made anew.
resource ingressAddress 'Microsoft.Network/publicIPAddresses@2025-01-01' = {
  name: 'globex-ingress'
  location: location
  tags: { swarm: 'globex', costCentre: '1200', environment: 'production' }
  zones: ['1', '2', '3']
  sku: { name: 'Standard', tier: 'Regional' }
  properties: {
    publicIPAllocationMethod: 'Static'
    publicIPAddressVersion: 'IPv4'
    idleTimeoutInMinutes: 30
    dnsSettings: {
      domainNameLabel: 'globex-swarm'
    }
  }
}

// The address of the swarm is not lost by accident.
resource ingressAddressLock 'Microsoft.Authorization/locks@2020-05-01' = {
  scope: ingressAddress
  name: 'globex-ingress'
  properties: {
    level: 'CanNotDelete'
    notes: 'The names of the swarm point to this address.'
  }
}

// Spreads what comes in over the managers that can serve it.
resource ingress 'Microsoft.Network/loadBalancers@2025-01-01' = {
  name: 'globex-ingress'
  location: location
  tags: { swarm: 'globex', costCentre: '1200', environment: 'production' }
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
      {
        name: 'tcp-5432'
        properties: {
          protocol: 'Tcp'
          port: 5432
          intervalInSeconds: 5
          probeThreshold: 2
        }
      }
      {
        name: 'manager'
        properties: {
          protocol: 'Tcp'
          port: 2377
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
            id: resourceId('Microsoft.Network/loadBalancers/frontendIPConfigurations', 'globex-ingress', 'public')
          }
          backendAddressPool: {
            id: resourceId('Microsoft.Network/loadBalancers/backendAddressPools', 'globex-ingress', 'managers')
          }
          probe: { id: resourceId('Microsoft.Network/loadBalancers/probes', 'globex-ingress', 'ping') }
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
            id: resourceId('Microsoft.Network/loadBalancers/frontendIPConfigurations', 'globex-ingress', 'public')
          }
          backendAddressPool: {
            id: resourceId('Microsoft.Network/loadBalancers/backendAddressPools', 'globex-ingress', 'managers')
          }
          probe: { id: resourceId('Microsoft.Network/loadBalancers/probes', 'globex-ingress', 'ping') }
          idleTimeoutInMinutes: 30
          enableTcpReset: true
          disableOutboundSnat: true
        }
      }
      {
        name: 'tcp-5432'
        properties: {
          protocol: 'Tcp'
          frontendPort: 5432
          backendPort: 5432
          frontendIPConfiguration: {
            id: resourceId('Microsoft.Network/loadBalancers/frontendIPConfigurations', 'globex-ingress', 'public')
          }
          backendAddressPool: {
            id: resourceId('Microsoft.Network/loadBalancers/backendAddressPools', 'globex-ingress', 'managers')
          }
          probe: { id: resourceId('Microsoft.Network/loadBalancers/probes', 'globex-ingress', 'tcp-5432') }
          idleTimeoutInMinutes: 30
          enableTcpReset: true
          disableOutboundSnat: true
        }
      }
      {
        name: 'udp-514'
        properties: {
          protocol: 'Udp'
          frontendPort: 514
          backendPort: 514
          frontendIPConfiguration: {
            id: resourceId('Microsoft.Network/loadBalancers/frontendIPConfigurations', 'globex-ingress', 'public')
          }
          backendAddressPool: {
            id: resourceId('Microsoft.Network/loadBalancers/backendAddressPools', 'globex-ingress', 'managers')
          }
          probe: { id: resourceId('Microsoft.Network/loadBalancers/probes', 'globex-ingress', 'manager') }
          idleTimeoutInMinutes: 30
          enableTcpReset: false
          disableOutboundSnat: true
        }
      }
    ]
  }
}

// Who the managers are, when they ask the vault.
resource managerIdentity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'globex-manager'
  location: location
  tags: { swarm: 'globex', costCentre: '1200', environment: 'production' }
}

// Who the workers are: they may join, and read what workers need.
resource workerIdentity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'globex-worker'
  location: location
  tags: { swarm: 'globex', costCentre: '1200', environment: 'production' }
}

// Who the jumpbox is: it reads the operators' public keys, nothing else.
resource jumpboxIdentity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'globex-jumpbox'
  location: location
  tags: { swarm: 'globex', costCentre: '1200', environment: 'production' }
}

// Keeps what is measured and logged.
resource workspace 'Microsoft.OperationalInsights/workspaces@2025-02-01' = {
  name: 'globex-logs'
  location: location
  tags: { swarm: 'globex', costCentre: '1200', environment: 'production' }
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: 90
    workspaceCapping: { dailyQuotaGb: 20 }
    features: { disableLocalAuth: true }
  }
}

// What the agents on the nodes collect. Counters have other names on Linux and on Windows; each agent takes its own.
resource collectionRule 'Microsoft.Insights/dataCollectionRules@2024-03-11' = {
  name: 'globex-nodes'
  location: location
  tags: { swarm: 'globex', costCentre: '1200', environment: 'production' }
  properties: {
    dataSources: {
      performanceCounters: [
        {
          name: 'counters'
          streams: ['Microsoft-Perf']
          samplingFrequencyInSeconds: 30
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
  name: 'globex-${uniqueString(resourceGroup().id)}'
  location: location
  tags: { swarm: 'globex', costCentre: '1200', environment: 'production' }
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    // A later deployment takes from here what it does not know: passwords, secrets of your own.
    enabledForTemplateDeployment: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 90
    enablePurgeProtection: true
    publicNetworkAccess: 'Enabled'
    networkAcls: {
      // Resource Manager writes the secrets of this template from outside.
      bypass: 'AzureServices'
      defaultAction: 'Deny'
      ipRules: [{ value: '203.0.113.0/24' }]
      virtualNetworkRules: [
        { id: '${vnet.id}/subnets/managers' }
        { id: '${vnet.id}/subnets/workers' }
        { id: '${vnet.id}/subnets/pool-database' }
        { id: '${vnet.id}/subnets/jumpbox' }
      ]
    }
  }
  dependsOn: [
    jumpboxIdentity
    managerIdentity
    natAddressLock0
    natAddressLock1
    natAddressLock2
    natAddressLock3
    workerIdentity
  ]
}

// The vault is not deleted by accident.
resource vaultLock 'Microsoft.Authorization/locks@2020-05-01' = {
  scope: vault
  name: 'globex-vault'
  properties: {
    level: 'CanNotDelete'
    notes: 'The join tokens of the swarm are in this vault.'
  }
}

// '-' means: not yet. A token that is there is never overwritten.
@onlyIfNotExists()
resource tokenSwarmWorkerToken 'Microsoft.KeyVault/vaults/secrets@2026-02-01' = {
  parent: vault
  name: 'swarm-worker-token'
  tags: { swarm: 'globex', costCentre: '1200', environment: 'production' }
  properties: { contentType: 'join token of the swarm', value: '-' }
  dependsOn: [
    vaultLock
  ]
}

// '-' means: not yet. A token that is there is never overwritten.
@onlyIfNotExists()
resource tokenSwarmManagerToken 'Microsoft.KeyVault/vaults/secrets@2026-02-01' = {
  parent: vault
  name: 'swarm-manager-token'
  tags: { swarm: 'globex', costCentre: '1200', environment: 'production' }
  properties: { contentType: 'join token of the swarm', value: '-' }
  dependsOn: [
    vaultLock
  ]
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
  tags: { swarm: 'globex', costCentre: '1200', environment: 'production' }
  properties: { contentType: 'public SSH keys, a line each', value: '-' }
  dependsOn: [
    vaultLock
  ]
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
  tags: { swarm: 'globex', costCentre: '1200', environment: 'production' }
  properties: { contentType: 'password of admin in Portainer', value: portainerPassword }
  dependsOn: [
    vaultLock
  ]
}

// Portainer and its agents know each other by it. Made at the first deployment, never overwritten.
@onlyIfNotExists()
resource portainerAgent 'Microsoft.KeyVault/vaults/secrets@2026-02-01' = {
  parent: vault
  name: 'portainer-agent-secret'
  tags: { swarm: 'globex', costCentre: '1200', environment: 'production' }
  properties: { contentType: 'secret of Portainer and its agents', value: agentSecret }
  dependsOn: [
    vaultLock
  ]
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
  tags: { swarm: 'globex', costCentre: '1200', environment: 'production' }
  properties: { contentType: 'key of the copies of the swarm\'s state', value: backupKey }
  dependsOn: [
    vaultLock
  ]
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
  tags: { swarm: 'globex', costCentre: '1200', environment: 'production' }
  properties: { contentType: 'password of the administrator on Windows machines', value: windowsPassword }
  dependsOn: [
    vaultLock
  ]
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

// A secret of your own.
resource ownSecretCertificate 'Microsoft.KeyVault/vaults/secrets@2026-02-01' = {
  parent: vault
  name: 'certificate'
  tags: { swarm: 'globex', costCentre: '1200', environment: 'production' }
  properties: { value: secretCertificate }
  dependsOn: [
    vaultLock
  ]
}

// The managers may read it.
resource ownSecretCertificateManagerReads 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: ownSecretCertificate
  name: guid(ownSecretCertificate.id, managerIdentity.id, secretsUser)
  properties: {
    principalId: managerIdentity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: secretsUser
  }
}

// A secret of your own.
resource ownSecretDatabasePassword 'Microsoft.KeyVault/vaults/secrets@2026-02-01' = {
  parent: vault
  name: 'database-password'
  tags: { swarm: 'globex', costCentre: '1200', environment: 'production' }
  properties: { value: secretDatabasePassword }
  dependsOn: [
    vaultLock
  ]
}

// The managers may read it.
resource ownSecretDatabasePasswordManagerReads 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: ownSecretDatabasePassword
  name: guid(ownSecretDatabasePassword.id, managerIdentity.id, secretsUser)
  properties: {
    principalId: managerIdentity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: secretsUser
  }
}

// A secret of your own.
resource ownSecretRegistryPassword 'Microsoft.KeyVault/vaults/secrets@2026-02-01' = {
  parent: vault
  name: 'registry-password'
  tags: { swarm: 'globex', costCentre: '1200', environment: 'production' }
  properties: { value: secretRegistryPassword }
  dependsOn: [
    vaultLock
  ]
}

// The managers may read it.
resource ownSecretRegistryPasswordManagerReads 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: ownSecretRegistryPassword
  name: guid(ownSecretRegistryPassword.id, managerIdentity.id, secretsUser)
  properties: {
    principalId: managerIdentity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: secretsUser
  }
}

// The workers may read it.
resource ownSecretRegistryPasswordWorkerReads 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: ownSecretRegistryPassword
  name: guid(ownSecretRegistryPassword.id, workerIdentity.id, secretsUser)
  properties: {
    principalId: workerIdentity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: secretsUser
  }
}

// Roles on a secret of another vault are given where that vault is.
module foreignSecretArtifactsToken 'modules/foreignSecretArtifactsToken.bicep' = {
  scope: resourceGroup('33333333-3333-3333-3333-333333333333', 'shared')
  params: {
    workerId: workerIdentity.id
    workerPrincipalId: workerIdentity.properties.principalId
  }
  dependsOn: [
    jumpboxIdentity
    managerIdentity
  ]
}

// The role is given where the registry is.
module registryGlobexAzurecrIo 'modules/registryGlobexAzurecrIo.bicep' = {
  scope: resourceGroup('11111111-1111-1111-1111-111111111111', 'images')
  params: {
    managerId: managerIdentity.id
    managerPrincipalId: managerIdentity.properties.principalId
    workerId: workerIdentity.id
    workerPrincipalId: workerIdentity.properties.principalId
  }
  dependsOn: [
    jumpboxIdentity
  ]
}

// Holds the files that all nodes share.
resource storageAccount 'Microsoft.Storage/storageAccounts@2025-01-01' = {
  name: 'globex${uniqueString(resourceGroup().id)}'
  location: location
  tags: { swarm: 'globex', costCentre: '1200', environment: 'production' }
  kind: 'FileStorage'
  sku: { name: 'Premium_ZRS' }
  properties: {
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: true
    publicNetworkAccess: 'Enabled'
    networkAcls: {
      bypass: 'AzureServices'
      defaultAction: 'Deny'
      ipRules: []
      virtualNetworkRules: [
        { id: '${vnet.id}/subnets/managers' }
        { id: '${vnet.id}/subnets/workers' }
        { id: '${vnet.id}/subnets/pool-database' }
      ]
    }
  }
  dependsOn: [
    vaultLock
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
    shareQuota: 1024
    accessTier: 'Premium'
  }
}

// The key by which nodes mount the share; a deployment after its rotation brings the new one.
resource shareKey 'Microsoft.KeyVault/vaults/secrets@2026-02-01' = {
  parent: vault
  name: 'share-key'
  tags: { swarm: 'globex', costCentre: '1200', environment: 'production' }
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

// The share is not deleted by accident.
resource storageLock 'Microsoft.Authorization/locks@2020-05-01' = {
  scope: storageAccount
  name: 'globex-storage'
  properties: {
    level: 'CanNotDelete'
    notes: 'The files of the swarm are in this account.'
  }
}

// What the managers deploy once the swarm is there. Each deployment makes a new version, which the running swarm takes over.
resource stack 'Microsoft.KeyVault/vaults/secrets@2026-02-01' = {
  parent: vault
  name: 'swarm-stack'
  tags: { swarm: 'globex', costCentre: '1200', environment: 'production' }
  properties: {
    contentType: 'application/json'
    value: string({
      compose: [traefikCompose, portainerCompose, certificateCompose]
      settings: {
        STACK_HOST: 'swarm.globex.example'
        STACK_TRAEFIK_IMAGE: 'traefik:v3.7.11@sha256:5203c3f39ca70de6790d964624e042463ffbd57715bc82be155cf224c0dd5144'
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
                middlewares: ['body-limit@file']
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
              endpoint: 'tcp://socket-proxy:2375'
              exposedByDefault: false
              network: 'traefik-public'
            }
            file: { filename: '/etc/traefik/dynamic.yml' }
          }
          serversTransport: { insecureSkipVerify: false }
          certificatesResolvers: {
            letsencrypt: {
              acme: {
                email: 'platform@globex.example'
                caServer: 'https://acme-v02.api.letsencrypt.org/directory'
                storage: '/acme/acme.json'
                tlsChallenge: {}
              }
            }
          }
        }
        'traefik-dynamic': {
          tls: {
            options: { default: { minVersion: 'VersionTLS12' } }
            certificates: [
              {
                certFile: '/run/secrets/traefik-certificate'
                keyFile: '/run/secrets/traefik-certificate'
              }
            ]
            stores: {
              default: {
                defaultCertificate: {
                  certFile: '/run/secrets/traefik-certificate'
                  keyFile: '/run/secrets/traefik-certificate'
                }
              }
            }
          }
          http: {
            middlewares: { 'body-limit': { buffering: { maxRequestBodyBytes: 104857600 } } }
          }
        }
      }
      secrets: {
        'portainer-password': 'portainer-password'
        'traefik-certificate': 'certificate'
      }
    })
  }
  dependsOn: [
    ingress
    ingressAddressLock
    vaultLock
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
  name: 'globex-manager-0'
  location: location
  tags: { swarm: 'globex', role: 'manager', costCentre: '1200', environment: 'production' }
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
          privateIPAddress: '10.64.0.4'
          loadBalancerBackendAddressPools: [{ id: '${ingress.id}/backendAddressPools/managers' }]
        }
      }
    ]
  }
  dependsOn: [
    ingressAddressLock
    natAddressLock0
    natAddressLock1
    natAddressLock2
    natAddressLock3
  ]
}

// The address by which the other nodes know the manager; it stays when the machine is made anew.
resource managerNic1 'Microsoft.Network/networkInterfaces@2025-01-01' = {
  name: 'globex-manager-1'
  location: location
  tags: { swarm: 'globex', role: 'manager', costCentre: '1200', environment: 'production' }
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
          privateIPAddress: '10.64.0.5'
          loadBalancerBackendAddressPools: [{ id: '${ingress.id}/backendAddressPools/managers' }]
        }
      }
    ]
  }
  dependsOn: [
    ingressAddressLock
    natAddressLock0
    natAddressLock1
    natAddressLock2
    natAddressLock3
  ]
}

// The address by which the other nodes know the manager; it stays when the machine is made anew.
resource managerNic2 'Microsoft.Network/networkInterfaces@2025-01-01' = {
  name: 'globex-manager-2'
  location: location
  tags: { swarm: 'globex', role: 'manager', costCentre: '1200', environment: 'production' }
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
          privateIPAddress: '10.64.0.6'
          loadBalancerBackendAddressPools: [{ id: '${ingress.id}/backendAddressPools/managers' }]
        }
      }
    ]
  }
  dependsOn: [
    ingressAddressLock
    natAddressLock0
    natAddressLock1
    natAddressLock2
    natAddressLock3
  ]
}

// The address by which the other nodes know the manager; it stays when the machine is made anew.
resource managerNic3 'Microsoft.Network/networkInterfaces@2025-01-01' = {
  name: 'globex-manager-3'
  location: location
  tags: { swarm: 'globex', role: 'manager', costCentre: '1200', environment: 'production' }
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
          privateIPAddress: '10.64.0.7'
          loadBalancerBackendAddressPools: [{ id: '${ingress.id}/backendAddressPools/managers' }]
        }
      }
    ]
  }
  dependsOn: [
    ingressAddressLock
    natAddressLock0
    natAddressLock1
    natAddressLock2
    natAddressLock3
  ]
}

// The address by which the other nodes know the manager; it stays when the machine is made anew.
resource managerNic4 'Microsoft.Network/networkInterfaces@2025-01-01' = {
  name: 'globex-manager-4'
  location: location
  tags: { swarm: 'globex', role: 'manager', costCentre: '1200', environment: 'production' }
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
          privateIPAddress: '10.64.0.8'
          loadBalancerBackendAddressPools: [{ id: '${ingress.id}/backendAddressPools/managers' }]
        }
      }
    ]
  }
  dependsOn: [
    ingressAddressLock
    natAddressLock0
    natAddressLock1
    natAddressLock2
    natAddressLock3
  ]
}

// The address by which the other nodes know the manager; it stays when the machine is made anew.
resource managerNic5 'Microsoft.Network/networkInterfaces@2025-01-01' = {
  name: 'globex-manager-5'
  location: location
  tags: { swarm: 'globex', role: 'manager', costCentre: '1200', environment: 'production' }
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
          privateIPAddress: '10.64.0.9'
          loadBalancerBackendAddressPools: [{ id: '${ingress.id}/backendAddressPools/managers' }]
        }
      }
    ]
  }
  dependsOn: [
    ingressAddressLock
    natAddressLock0
    natAddressLock1
    natAddressLock2
    natAddressLock3
  ]
}

// The address by which the other nodes know the manager; it stays when the machine is made anew.
resource managerNic6 'Microsoft.Network/networkInterfaces@2025-01-01' = {
  name: 'globex-manager-6'
  location: location
  tags: { swarm: 'globex', role: 'manager', costCentre: '1200', environment: 'production' }
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
          privateIPAddress: '10.64.0.10'
          loadBalancerBackendAddressPools: [{ id: '${ingress.id}/backendAddressPools/managers' }]
        }
      }
    ]
  }
  dependsOn: [
    ingressAddressLock
    natAddressLock0
    natAddressLock1
    natAddressLock2
    natAddressLock3
  ]
}

// Docker's data, and with them the manager's part of the swarm's state; it stays when the machine is made anew.
resource managerDisk0 'Microsoft.Compute/disks@2025-01-02' = {
  name: 'globex-manager-0-data'
  location: location
  tags: { swarm: 'globex', role: 'manager', costCentre: '1200', environment: 'production' }
  zones: ['1']
  sku: { name: 'Premium_LRS' }
  properties: {
    creationData: { createOption: 'Empty' }
    diskSizeGB: 256
    networkAccessPolicy: 'DenyAll'
    publicNetworkAccess: 'Disabled'
  }
}

// Docker's data, and with them the manager's part of the swarm's state; it stays when the machine is made anew.
resource managerDisk1 'Microsoft.Compute/disks@2025-01-02' = {
  name: 'globex-manager-1-data'
  location: location
  tags: { swarm: 'globex', role: 'manager', costCentre: '1200', environment: 'production' }
  zones: ['2']
  sku: { name: 'Premium_LRS' }
  properties: {
    creationData: { createOption: 'Empty' }
    diskSizeGB: 256
    networkAccessPolicy: 'DenyAll'
    publicNetworkAccess: 'Disabled'
  }
}

// Docker's data, and with them the manager's part of the swarm's state; it stays when the machine is made anew.
resource managerDisk2 'Microsoft.Compute/disks@2025-01-02' = {
  name: 'globex-manager-2-data'
  location: location
  tags: { swarm: 'globex', role: 'manager', costCentre: '1200', environment: 'production' }
  zones: ['3']
  sku: { name: 'Premium_LRS' }
  properties: {
    creationData: { createOption: 'Empty' }
    diskSizeGB: 256
    networkAccessPolicy: 'DenyAll'
    publicNetworkAccess: 'Disabled'
  }
}

// Docker's data, and with them the manager's part of the swarm's state; it stays when the machine is made anew.
resource managerDisk3 'Microsoft.Compute/disks@2025-01-02' = {
  name: 'globex-manager-3-data'
  location: location
  tags: { swarm: 'globex', role: 'manager', costCentre: '1200', environment: 'production' }
  zones: ['1']
  sku: { name: 'Premium_LRS' }
  properties: {
    creationData: { createOption: 'Empty' }
    diskSizeGB: 256
    networkAccessPolicy: 'DenyAll'
    publicNetworkAccess: 'Disabled'
  }
}

// Docker's data, and with them the manager's part of the swarm's state; it stays when the machine is made anew.
resource managerDisk4 'Microsoft.Compute/disks@2025-01-02' = {
  name: 'globex-manager-4-data'
  location: location
  tags: { swarm: 'globex', role: 'manager', costCentre: '1200', environment: 'production' }
  zones: ['2']
  sku: { name: 'Premium_LRS' }
  properties: {
    creationData: { createOption: 'Empty' }
    diskSizeGB: 256
    networkAccessPolicy: 'DenyAll'
    publicNetworkAccess: 'Disabled'
  }
}

// Docker's data, and with them the manager's part of the swarm's state; it stays when the machine is made anew.
resource managerDisk5 'Microsoft.Compute/disks@2025-01-02' = {
  name: 'globex-manager-5-data'
  location: location
  tags: { swarm: 'globex', role: 'manager', costCentre: '1200', environment: 'production' }
  zones: ['3']
  sku: { name: 'Premium_LRS' }
  properties: {
    creationData: { createOption: 'Empty' }
    diskSizeGB: 256
    networkAccessPolicy: 'DenyAll'
    publicNetworkAccess: 'Disabled'
  }
}

// Docker's data, and with them the manager's part of the swarm's state; it stays when the machine is made anew.
resource managerDisk6 'Microsoft.Compute/disks@2025-01-02' = {
  name: 'globex-manager-6-data'
  location: location
  tags: { swarm: 'globex', role: 'manager', costCentre: '1200', environment: 'production' }
  zones: ['1']
  sku: { name: 'Premium_LRS' }
  properties: {
    creationData: { createOption: 'Empty' }
    diskSizeGB: 256
    networkAccessPolicy: 'DenyAll'
    publicNetworkAccess: 'Disabled'
  }
}

// Runs the swarm itself, and what comes in from the outside.
resource manager0 'Microsoft.Compute/virtualMachines@2025-04-01' = {
  name: 'globex-manager-0'
  location: location
  tags: { swarm: 'globex', role: 'manager', costCentre: '1200', environment: 'production' }
  zones: ['1']
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${managerIdentity.id}': {} } }
  properties: {
    hardwareProfile: { vmSize: 'Standard_E4s_v5' }
    securityProfile: {
      securityType: 'TrustedLaunch'
      uefiSettings: { secureBootEnabled: true, vTpmEnabled: true }
    }
    storageProfile: {
      imageReference: {
        publisher: 'Canonical'
        offer: 'ubuntu-24_04-lts'
        sku: 'server'
        version: 'latest'
      }
      osDisk: {
        name: 'globex-manager-0-os'
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
      computerName: 'globex-manager-0'
      adminUsername: adminUsername
      customData: linuxLoader
      linuxConfiguration: {
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
    }
    networkProfile: { networkInterfaces: [{ id: managerNic0.id, properties: { deleteOption: 'Detach' } }] }
    diagnosticsProfile: { bootDiagnostics: { enabled: true } }
    userData: base64(string({
      version: 1
      role: 'manager'
      swarm: 'globex'
      debug: false
      admin: adminUsername
      clientId: managerIdentity.properties.clientId
      vault: {
        uri: 'https://globex-${uniqueString(resourceGroup().id)}${environment().suffixes.keyvaultDns}/'
        resource: 'https://${substring(environment().suffixes.keyvaultDns, 1)}'
      }
      managers: ['10.64.0.4', '10.64.0.5', '10.64.0.6', '10.64.0.7', '10.64.0.8', '10.64.0.9', '10.64.0.10']
      index: 0
      schedulable: true
      addressPool: '10.10.0.0/16'
      subnetSize: 24
      stack: 'swarm-stack'
      backup: { hours: 4, keep: 42, key: 'backup-key' }
      resources: {
        uri: 'https://${split(environment().resourceManager, '/')[2]}'
        resource: environment().resourceManager
      }
      dockerSecrets: { 'database-password': 'database-password' }
      secrets: {
        workerToken: 'swarm-worker-token'
        managerToken: 'swarm-manager-token'
        operatorKeys: 'operator-keys'
        shareKey: 'share-key'
      }
      engine: {
        version: '28.5.2'
      }
      dataDisk: { lun: 0 }
      share: {
        kind: 'key'
        account: 'globex${uniqueString(resourceGroup().id)}'
        host: 'globex${uniqueString(resourceGroup().id)}.file.${environment().suffixes.storage}'
        name: 'swarm'
        path: '/mnt/swarm'
        drive: 'S:'
      }
      labels: {}
      images: []
      evictImagesAt: 80
      registries: [
        { server: 'globex.azurecr.io', kind: 'identity' }
        { server: 'registry.globex.example', username: 'swarm', secret: 'registry-password' }
      ]
      registryResource: environment().resourceManager
      updates: { days: ['Saturday', 'Sunday'], from: '01:00', hours: 6 }
      scripts: {
        before: [{ text: proxyScript, run: 'once', stop: false }]
        after: []
      }
      program: linuxProgram
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

// Measures the machine, and collects its logs.
resource manager0Agent 'Microsoft.Compute/virtualMachines/extensions@2025-04-01' = {
  parent: manager0
  name: 'monitor'
  location: location
  tags: { swarm: 'globex', role: 'manager', costCentre: '1200', environment: 'production' }
  properties: {
    publisher: 'Microsoft.Azure.Monitor'
    type: 'AzureMonitorLinuxAgent'
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
  name: 'globex-nodes'
  properties: { dataCollectionRuleId: collectionRule.id }
}

// Runs the swarm itself, and what comes in from the outside.
resource manager1 'Microsoft.Compute/virtualMachines@2025-04-01' = {
  name: 'globex-manager-1'
  location: location
  tags: { swarm: 'globex', role: 'manager', costCentre: '1200', environment: 'production' }
  zones: ['2']
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${managerIdentity.id}': {} } }
  properties: {
    hardwareProfile: { vmSize: 'Standard_E4s_v5' }
    securityProfile: {
      securityType: 'TrustedLaunch'
      uefiSettings: { secureBootEnabled: true, vTpmEnabled: true }
    }
    storageProfile: {
      imageReference: {
        publisher: 'Canonical'
        offer: 'ubuntu-24_04-lts'
        sku: 'server'
        version: 'latest'
      }
      osDisk: {
        name: 'globex-manager-1-os'
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
      computerName: 'globex-manager-1'
      adminUsername: adminUsername
      customData: linuxLoader
      linuxConfiguration: {
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
    }
    networkProfile: { networkInterfaces: [{ id: managerNic1.id, properties: { deleteOption: 'Detach' } }] }
    diagnosticsProfile: { bootDiagnostics: { enabled: true } }
    userData: base64(string({
      version: 1
      role: 'manager'
      swarm: 'globex'
      debug: false
      admin: adminUsername
      clientId: managerIdentity.properties.clientId
      vault: {
        uri: 'https://globex-${uniqueString(resourceGroup().id)}${environment().suffixes.keyvaultDns}/'
        resource: 'https://${substring(environment().suffixes.keyvaultDns, 1)}'
      }
      managers: ['10.64.0.4', '10.64.0.5', '10.64.0.6', '10.64.0.7', '10.64.0.8', '10.64.0.9', '10.64.0.10']
      index: 1
      schedulable: true
      addressPool: '10.10.0.0/16'
      subnetSize: 24
      stack: 'swarm-stack'
      backup: { hours: 4, keep: 42, key: 'backup-key' }
      resources: {
        uri: 'https://${split(environment().resourceManager, '/')[2]}'
        resource: environment().resourceManager
      }
      dockerSecrets: { 'database-password': 'database-password' }
      secrets: {
        workerToken: 'swarm-worker-token'
        managerToken: 'swarm-manager-token'
        operatorKeys: 'operator-keys'
        shareKey: 'share-key'
      }
      engine: {
        version: '28.5.2'
      }
      dataDisk: { lun: 0 }
      share: {
        kind: 'key'
        account: 'globex${uniqueString(resourceGroup().id)}'
        host: 'globex${uniqueString(resourceGroup().id)}.file.${environment().suffixes.storage}'
        name: 'swarm'
        path: '/mnt/swarm'
        drive: 'S:'
      }
      labels: {}
      images: []
      evictImagesAt: 80
      registries: [
        { server: 'globex.azurecr.io', kind: 'identity' }
        { server: 'registry.globex.example', username: 'swarm', secret: 'registry-password' }
      ]
      registryResource: environment().resourceManager
      updates: { days: ['Saturday', 'Sunday'], from: '01:00', hours: 6 }
      scripts: {
        before: [{ text: proxyScript, run: 'once', stop: false }]
        after: []
      }
      program: linuxProgram
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

// Measures the machine, and collects its logs.
resource manager1Agent 'Microsoft.Compute/virtualMachines/extensions@2025-04-01' = {
  parent: manager1
  name: 'monitor'
  location: location
  tags: { swarm: 'globex', role: 'manager', costCentre: '1200', environment: 'production' }
  properties: {
    publisher: 'Microsoft.Azure.Monitor'
    type: 'AzureMonitorLinuxAgent'
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
  name: 'globex-nodes'
  properties: { dataCollectionRuleId: collectionRule.id }
}

// Runs the swarm itself, and what comes in from the outside.
resource manager2 'Microsoft.Compute/virtualMachines@2025-04-01' = {
  name: 'globex-manager-2'
  location: location
  tags: { swarm: 'globex', role: 'manager', costCentre: '1200', environment: 'production' }
  zones: ['3']
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${managerIdentity.id}': {} } }
  properties: {
    hardwareProfile: { vmSize: 'Standard_E4s_v5' }
    securityProfile: {
      securityType: 'TrustedLaunch'
      uefiSettings: { secureBootEnabled: true, vTpmEnabled: true }
    }
    storageProfile: {
      imageReference: {
        publisher: 'Canonical'
        offer: 'ubuntu-24_04-lts'
        sku: 'server'
        version: 'latest'
      }
      osDisk: {
        name: 'globex-manager-2-os'
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
      computerName: 'globex-manager-2'
      adminUsername: adminUsername
      customData: linuxLoader
      linuxConfiguration: {
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
    }
    networkProfile: { networkInterfaces: [{ id: managerNic2.id, properties: { deleteOption: 'Detach' } }] }
    diagnosticsProfile: { bootDiagnostics: { enabled: true } }
    userData: base64(string({
      version: 1
      role: 'manager'
      swarm: 'globex'
      debug: false
      admin: adminUsername
      clientId: managerIdentity.properties.clientId
      vault: {
        uri: 'https://globex-${uniqueString(resourceGroup().id)}${environment().suffixes.keyvaultDns}/'
        resource: 'https://${substring(environment().suffixes.keyvaultDns, 1)}'
      }
      managers: ['10.64.0.4', '10.64.0.5', '10.64.0.6', '10.64.0.7', '10.64.0.8', '10.64.0.9', '10.64.0.10']
      index: 2
      schedulable: true
      addressPool: '10.10.0.0/16'
      subnetSize: 24
      stack: 'swarm-stack'
      backup: { hours: 4, keep: 42, key: 'backup-key' }
      resources: {
        uri: 'https://${split(environment().resourceManager, '/')[2]}'
        resource: environment().resourceManager
      }
      dockerSecrets: { 'database-password': 'database-password' }
      secrets: {
        workerToken: 'swarm-worker-token'
        managerToken: 'swarm-manager-token'
        operatorKeys: 'operator-keys'
        shareKey: 'share-key'
      }
      engine: {
        version: '28.5.2'
      }
      dataDisk: { lun: 0 }
      share: {
        kind: 'key'
        account: 'globex${uniqueString(resourceGroup().id)}'
        host: 'globex${uniqueString(resourceGroup().id)}.file.${environment().suffixes.storage}'
        name: 'swarm'
        path: '/mnt/swarm'
        drive: 'S:'
      }
      labels: {}
      images: []
      evictImagesAt: 80
      registries: [
        { server: 'globex.azurecr.io', kind: 'identity' }
        { server: 'registry.globex.example', username: 'swarm', secret: 'registry-password' }
      ]
      registryResource: environment().resourceManager
      updates: { days: ['Saturday', 'Sunday'], from: '01:00', hours: 6 }
      scripts: {
        before: [{ text: proxyScript, run: 'once', stop: false }]
        after: []
      }
      program: linuxProgram
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

// Measures the machine, and collects its logs.
resource manager2Agent 'Microsoft.Compute/virtualMachines/extensions@2025-04-01' = {
  parent: manager2
  name: 'monitor'
  location: location
  tags: { swarm: 'globex', role: 'manager', costCentre: '1200', environment: 'production' }
  properties: {
    publisher: 'Microsoft.Azure.Monitor'
    type: 'AzureMonitorLinuxAgent'
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
  name: 'globex-nodes'
  properties: { dataCollectionRuleId: collectionRule.id }
}

// Runs the swarm itself, and what comes in from the outside.
resource manager3 'Microsoft.Compute/virtualMachines@2025-04-01' = {
  name: 'globex-manager-3'
  location: location
  tags: { swarm: 'globex', role: 'manager', costCentre: '1200', environment: 'production' }
  zones: ['1']
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${managerIdentity.id}': {} } }
  properties: {
    hardwareProfile: { vmSize: 'Standard_E4s_v5' }
    securityProfile: {
      securityType: 'TrustedLaunch'
      uefiSettings: { secureBootEnabled: true, vTpmEnabled: true }
    }
    storageProfile: {
      imageReference: {
        publisher: 'Canonical'
        offer: 'ubuntu-24_04-lts'
        sku: 'server'
        version: 'latest'
      }
      osDisk: {
        name: 'globex-manager-3-os'
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
          managedDisk: { id: managerDisk3.id }
        }
      ]
    }
    osProfile: {
      computerName: 'globex-manager-3'
      adminUsername: adminUsername
      customData: linuxLoader
      linuxConfiguration: {
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
    }
    networkProfile: { networkInterfaces: [{ id: managerNic3.id, properties: { deleteOption: 'Detach' } }] }
    diagnosticsProfile: { bootDiagnostics: { enabled: true } }
    userData: base64(string({
      version: 1
      role: 'manager'
      swarm: 'globex'
      debug: false
      admin: adminUsername
      clientId: managerIdentity.properties.clientId
      vault: {
        uri: 'https://globex-${uniqueString(resourceGroup().id)}${environment().suffixes.keyvaultDns}/'
        resource: 'https://${substring(environment().suffixes.keyvaultDns, 1)}'
      }
      managers: ['10.64.0.4', '10.64.0.5', '10.64.0.6', '10.64.0.7', '10.64.0.8', '10.64.0.9', '10.64.0.10']
      index: 3
      schedulable: true
      addressPool: '10.10.0.0/16'
      subnetSize: 24
      stack: 'swarm-stack'
      backup: { hours: 4, keep: 42, key: 'backup-key' }
      resources: {
        uri: 'https://${split(environment().resourceManager, '/')[2]}'
        resource: environment().resourceManager
      }
      dockerSecrets: { 'database-password': 'database-password' }
      secrets: {
        workerToken: 'swarm-worker-token'
        managerToken: 'swarm-manager-token'
        operatorKeys: 'operator-keys'
        shareKey: 'share-key'
      }
      engine: {
        version: '28.5.2'
      }
      dataDisk: { lun: 0 }
      share: {
        kind: 'key'
        account: 'globex${uniqueString(resourceGroup().id)}'
        host: 'globex${uniqueString(resourceGroup().id)}.file.${environment().suffixes.storage}'
        name: 'swarm'
        path: '/mnt/swarm'
        drive: 'S:'
      }
      labels: {}
      images: []
      evictImagesAt: 80
      registries: [
        { server: 'globex.azurecr.io', kind: 'identity' }
        { server: 'registry.globex.example', username: 'swarm', secret: 'registry-password' }
      ]
      registryResource: environment().resourceManager
      updates: { days: ['Saturday', 'Sunday'], from: '01:00', hours: 6 }
      scripts: {
        before: [{ text: proxyScript, run: 'once', stop: false }]
        after: []
      }
      program: linuxProgram
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

// Measures the machine, and collects its logs.
resource manager3Agent 'Microsoft.Compute/virtualMachines/extensions@2025-04-01' = {
  parent: manager3
  name: 'monitor'
  location: location
  tags: { swarm: 'globex', role: 'manager', costCentre: '1200', environment: 'production' }
  properties: {
    publisher: 'Microsoft.Azure.Monitor'
    type: 'AzureMonitorLinuxAgent'
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
resource manager3Association 'Microsoft.Insights/dataCollectionRuleAssociations@2024-03-11' = {
  scope: manager3
  name: 'globex-nodes'
  properties: { dataCollectionRuleId: collectionRule.id }
}

// Runs the swarm itself, and what comes in from the outside.
resource manager4 'Microsoft.Compute/virtualMachines@2025-04-01' = {
  name: 'globex-manager-4'
  location: location
  tags: { swarm: 'globex', role: 'manager', costCentre: '1200', environment: 'production' }
  zones: ['2']
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${managerIdentity.id}': {} } }
  properties: {
    hardwareProfile: { vmSize: 'Standard_E4s_v5' }
    securityProfile: {
      securityType: 'TrustedLaunch'
      uefiSettings: { secureBootEnabled: true, vTpmEnabled: true }
    }
    storageProfile: {
      imageReference: {
        publisher: 'Canonical'
        offer: 'ubuntu-24_04-lts'
        sku: 'server'
        version: 'latest'
      }
      osDisk: {
        name: 'globex-manager-4-os'
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
          managedDisk: { id: managerDisk4.id }
        }
      ]
    }
    osProfile: {
      computerName: 'globex-manager-4'
      adminUsername: adminUsername
      customData: linuxLoader
      linuxConfiguration: {
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
    }
    networkProfile: { networkInterfaces: [{ id: managerNic4.id, properties: { deleteOption: 'Detach' } }] }
    diagnosticsProfile: { bootDiagnostics: { enabled: true } }
    userData: base64(string({
      version: 1
      role: 'manager'
      swarm: 'globex'
      debug: false
      admin: adminUsername
      clientId: managerIdentity.properties.clientId
      vault: {
        uri: 'https://globex-${uniqueString(resourceGroup().id)}${environment().suffixes.keyvaultDns}/'
        resource: 'https://${substring(environment().suffixes.keyvaultDns, 1)}'
      }
      managers: ['10.64.0.4', '10.64.0.5', '10.64.0.6', '10.64.0.7', '10.64.0.8', '10.64.0.9', '10.64.0.10']
      index: 4
      schedulable: true
      addressPool: '10.10.0.0/16'
      subnetSize: 24
      stack: 'swarm-stack'
      backup: { hours: 4, keep: 42, key: 'backup-key' }
      resources: {
        uri: 'https://${split(environment().resourceManager, '/')[2]}'
        resource: environment().resourceManager
      }
      dockerSecrets: { 'database-password': 'database-password' }
      secrets: {
        workerToken: 'swarm-worker-token'
        managerToken: 'swarm-manager-token'
        operatorKeys: 'operator-keys'
        shareKey: 'share-key'
      }
      engine: {
        version: '28.5.2'
      }
      dataDisk: { lun: 0 }
      share: {
        kind: 'key'
        account: 'globex${uniqueString(resourceGroup().id)}'
        host: 'globex${uniqueString(resourceGroup().id)}.file.${environment().suffixes.storage}'
        name: 'swarm'
        path: '/mnt/swarm'
        drive: 'S:'
      }
      labels: {}
      images: []
      evictImagesAt: 80
      registries: [
        { server: 'globex.azurecr.io', kind: 'identity' }
        { server: 'registry.globex.example', username: 'swarm', secret: 'registry-password' }
      ]
      registryResource: environment().resourceManager
      updates: { days: ['Saturday', 'Sunday'], from: '01:00', hours: 6 }
      scripts: {
        before: [{ text: proxyScript, run: 'once', stop: false }]
        after: []
      }
      program: linuxProgram
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

// Measures the machine, and collects its logs.
resource manager4Agent 'Microsoft.Compute/virtualMachines/extensions@2025-04-01' = {
  parent: manager4
  name: 'monitor'
  location: location
  tags: { swarm: 'globex', role: 'manager', costCentre: '1200', environment: 'production' }
  properties: {
    publisher: 'Microsoft.Azure.Monitor'
    type: 'AzureMonitorLinuxAgent'
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
resource manager4Association 'Microsoft.Insights/dataCollectionRuleAssociations@2024-03-11' = {
  scope: manager4
  name: 'globex-nodes'
  properties: { dataCollectionRuleId: collectionRule.id }
}

// Runs the swarm itself, and what comes in from the outside.
resource manager5 'Microsoft.Compute/virtualMachines@2025-04-01' = {
  name: 'globex-manager-5'
  location: location
  tags: { swarm: 'globex', role: 'manager', costCentre: '1200', environment: 'production' }
  zones: ['3']
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${managerIdentity.id}': {} } }
  properties: {
    hardwareProfile: { vmSize: 'Standard_E4s_v5' }
    securityProfile: {
      securityType: 'TrustedLaunch'
      uefiSettings: { secureBootEnabled: true, vTpmEnabled: true }
    }
    storageProfile: {
      imageReference: {
        publisher: 'Canonical'
        offer: 'ubuntu-24_04-lts'
        sku: 'server'
        version: 'latest'
      }
      osDisk: {
        name: 'globex-manager-5-os'
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
          managedDisk: { id: managerDisk5.id }
        }
      ]
    }
    osProfile: {
      computerName: 'globex-manager-5'
      adminUsername: adminUsername
      customData: linuxLoader
      linuxConfiguration: {
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
    }
    networkProfile: { networkInterfaces: [{ id: managerNic5.id, properties: { deleteOption: 'Detach' } }] }
    diagnosticsProfile: { bootDiagnostics: { enabled: true } }
    userData: base64(string({
      version: 1
      role: 'manager'
      swarm: 'globex'
      debug: false
      admin: adminUsername
      clientId: managerIdentity.properties.clientId
      vault: {
        uri: 'https://globex-${uniqueString(resourceGroup().id)}${environment().suffixes.keyvaultDns}/'
        resource: 'https://${substring(environment().suffixes.keyvaultDns, 1)}'
      }
      managers: ['10.64.0.4', '10.64.0.5', '10.64.0.6', '10.64.0.7', '10.64.0.8', '10.64.0.9', '10.64.0.10']
      index: 5
      schedulable: true
      addressPool: '10.10.0.0/16'
      subnetSize: 24
      stack: 'swarm-stack'
      backup: { hours: 4, keep: 42, key: 'backup-key' }
      resources: {
        uri: 'https://${split(environment().resourceManager, '/')[2]}'
        resource: environment().resourceManager
      }
      dockerSecrets: { 'database-password': 'database-password' }
      secrets: {
        workerToken: 'swarm-worker-token'
        managerToken: 'swarm-manager-token'
        operatorKeys: 'operator-keys'
        shareKey: 'share-key'
      }
      engine: {
        version: '28.5.2'
      }
      dataDisk: { lun: 0 }
      share: {
        kind: 'key'
        account: 'globex${uniqueString(resourceGroup().id)}'
        host: 'globex${uniqueString(resourceGroup().id)}.file.${environment().suffixes.storage}'
        name: 'swarm'
        path: '/mnt/swarm'
        drive: 'S:'
      }
      labels: {}
      images: []
      evictImagesAt: 80
      registries: [
        { server: 'globex.azurecr.io', kind: 'identity' }
        { server: 'registry.globex.example', username: 'swarm', secret: 'registry-password' }
      ]
      registryResource: environment().resourceManager
      updates: { days: ['Saturday', 'Sunday'], from: '01:00', hours: 6 }
      scripts: {
        before: [{ text: proxyScript, run: 'once', stop: false }]
        after: []
      }
      program: linuxProgram
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

// Measures the machine, and collects its logs.
resource manager5Agent 'Microsoft.Compute/virtualMachines/extensions@2025-04-01' = {
  parent: manager5
  name: 'monitor'
  location: location
  tags: { swarm: 'globex', role: 'manager', costCentre: '1200', environment: 'production' }
  properties: {
    publisher: 'Microsoft.Azure.Monitor'
    type: 'AzureMonitorLinuxAgent'
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
resource manager5Association 'Microsoft.Insights/dataCollectionRuleAssociations@2024-03-11' = {
  scope: manager5
  name: 'globex-nodes'
  properties: { dataCollectionRuleId: collectionRule.id }
}

// Runs the swarm itself, and what comes in from the outside.
resource manager6 'Microsoft.Compute/virtualMachines@2025-04-01' = {
  name: 'globex-manager-6'
  location: location
  tags: { swarm: 'globex', role: 'manager', costCentre: '1200', environment: 'production' }
  zones: ['1']
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${managerIdentity.id}': {} } }
  properties: {
    hardwareProfile: { vmSize: 'Standard_E4s_v5' }
    securityProfile: {
      securityType: 'TrustedLaunch'
      uefiSettings: { secureBootEnabled: true, vTpmEnabled: true }
    }
    storageProfile: {
      imageReference: {
        publisher: 'Canonical'
        offer: 'ubuntu-24_04-lts'
        sku: 'server'
        version: 'latest'
      }
      osDisk: {
        name: 'globex-manager-6-os'
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
          managedDisk: { id: managerDisk6.id }
        }
      ]
    }
    osProfile: {
      computerName: 'globex-manager-6'
      adminUsername: adminUsername
      customData: linuxLoader
      linuxConfiguration: {
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
    }
    networkProfile: { networkInterfaces: [{ id: managerNic6.id, properties: { deleteOption: 'Detach' } }] }
    diagnosticsProfile: { bootDiagnostics: { enabled: true } }
    userData: base64(string({
      version: 1
      role: 'manager'
      swarm: 'globex'
      debug: false
      admin: adminUsername
      clientId: managerIdentity.properties.clientId
      vault: {
        uri: 'https://globex-${uniqueString(resourceGroup().id)}${environment().suffixes.keyvaultDns}/'
        resource: 'https://${substring(environment().suffixes.keyvaultDns, 1)}'
      }
      managers: ['10.64.0.4', '10.64.0.5', '10.64.0.6', '10.64.0.7', '10.64.0.8', '10.64.0.9', '10.64.0.10']
      index: 6
      schedulable: true
      addressPool: '10.10.0.0/16'
      subnetSize: 24
      stack: 'swarm-stack'
      backup: { hours: 4, keep: 42, key: 'backup-key' }
      resources: {
        uri: 'https://${split(environment().resourceManager, '/')[2]}'
        resource: environment().resourceManager
      }
      dockerSecrets: { 'database-password': 'database-password' }
      secrets: {
        workerToken: 'swarm-worker-token'
        managerToken: 'swarm-manager-token'
        operatorKeys: 'operator-keys'
        shareKey: 'share-key'
      }
      engine: {
        version: '28.5.2'
      }
      dataDisk: { lun: 0 }
      share: {
        kind: 'key'
        account: 'globex${uniqueString(resourceGroup().id)}'
        host: 'globex${uniqueString(resourceGroup().id)}.file.${environment().suffixes.storage}'
        name: 'swarm'
        path: '/mnt/swarm'
        drive: 'S:'
      }
      labels: {}
      images: []
      evictImagesAt: 80
      registries: [
        { server: 'globex.azurecr.io', kind: 'identity' }
        { server: 'registry.globex.example', username: 'swarm', secret: 'registry-password' }
      ]
      registryResource: environment().resourceManager
      updates: { days: ['Saturday', 'Sunday'], from: '01:00', hours: 6 }
      scripts: {
        before: [{ text: proxyScript, run: 'once', stop: false }]
        after: []
      }
      program: linuxProgram
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

// Measures the machine, and collects its logs.
resource manager6Agent 'Microsoft.Compute/virtualMachines/extensions@2025-04-01' = {
  parent: manager6
  name: 'monitor'
  location: location
  tags: { swarm: 'globex', role: 'manager', costCentre: '1200', environment: 'production' }
  properties: {
    publisher: 'Microsoft.Azure.Monitor'
    type: 'AzureMonitorLinuxAgent'
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
resource manager6Association 'Microsoft.Insights/dataCollectionRuleAssociations@2024-03-11' = {
  scope: manager6
  name: 'globex-nodes'
  properties: { dataCollectionRuleId: collectionRule.id }
}

// Machines of one kind that do the work. They are made alike, and join the swarm by themselves.
resource poolApi 'Microsoft.Compute/virtualMachineScaleSets@2025-04-01' = {
  name: 'globex-api'
  location: location
  tags: { swarm: 'globex', role: 'worker', costCentre: '1200', environment: 'production', pool: 'api' }
  zones: ['1', '2', '3']
  sku: { name: 'Standard_D8s_v5', tier: 'Standard', capacity: apiCapacity }
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
          publisher: 'Canonical'
          offer: 'ubuntu-24_04-lts'
          sku: 'server'
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
        computerNamePrefix: 'globex-api-'
        adminUsername: adminUsername
        customData: linuxLoader
        linuxConfiguration: {
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
              type: 'ApplicationHealthLinux'
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
            name: 'monitor'
            properties: {
              publisher: 'Microsoft.Azure.Monitor'
              type: 'AzureMonitorLinuxAgent'
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
        swarm: 'globex'
        debug: false
        admin: adminUsername
        clientId: workerIdentity.properties.clientId
        vault: {
          uri: 'https://globex-${uniqueString(resourceGroup().id)}${environment().suffixes.keyvaultDns}/'
          resource: 'https://${substring(environment().suffixes.keyvaultDns, 1)}'
        }
        managers: ['10.64.0.4', '10.64.0.5', '10.64.0.6', '10.64.0.7', '10.64.0.8', '10.64.0.9', '10.64.0.10']
        pool: 'api'
        secrets: {
          workerToken: 'swarm-worker-token'
          operatorKeys: 'operator-keys'
          shareKey: 'share-key'
        }
        engine: {
          version: '28.5.2'
        }
        dataDisk: { lun: 0 }
        share: {
          kind: 'key'
          account: 'globex${uniqueString(resourceGroup().id)}'
          host: 'globex${uniqueString(resourceGroup().id)}.file.${environment().suffixes.storage}'
          name: 'swarm'
          path: '/mnt/swarm'
          drive: 'S:'
        }
        labels: { tier: 'back' }
        images: []
        evictImagesAt: 80
        registries: [
          { server: 'globex.azurecr.io', kind: 'identity' }
          { server: 'registry.globex.example', username: 'swarm', secret: 'registry-password' }
        ]
        registryResource: environment().resourceManager
        updates: { days: ['Saturday', 'Sunday'], from: '01:00', hours: 6 }
        scripts: {
          before: []
          after: []
        }
        program: linuxProgram
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
resource poolApiManagerReads 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: poolApi
  name: guid(poolApi.id, managerIdentity.id, reader)
  properties: {
    principalId: managerIdentity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: reader
  }
}

// The pool grows when it is busy, and shrinks when it is not.
resource poolApiScale 'Microsoft.Insights/autoscalesettings@2022-10-01' = {
  name: 'globex-api'
  location: location
  tags: { swarm: 'globex', role: 'worker', costCentre: '1200', environment: 'production', pool: 'api' }
  properties: {
    enabled: true
    targetResourceUri: poolApi.id
    profiles: [
      {
        name: 'usual'
        capacity: {
          minimum: '6'
          maximum: '40'
          default: '6'
        }
        rules: [
          {
            metricTrigger: {
              metricName: 'Percentage CPU'
              metricNamespace: 'Microsoft.Compute/virtualMachineScaleSets'
              metricResourceUri: poolApi.id
              timeGrain: 'PT1M'
              statistic: 'Average'
              timeWindow: 'PT10M'
              timeAggregation: 'Average'
              operator: 'GreaterThan'
              threshold: 60
            }
            scaleAction: {
              direction: 'Increase'
              type: 'ChangeCount'
              value: '2'
              cooldown: 'PT10M'
            }
          }
          {
            metricTrigger: {
              metricName: 'Percentage CPU'
              metricNamespace: 'Microsoft.Compute/virtualMachineScaleSets'
              metricResourceUri: poolApi.id
              timeGrain: 'PT1M'
              statistic: 'Average'
              timeWindow: 'PT10M'
              timeAggregation: 'Average'
              operator: 'LessThan'
              threshold: 30
            }
            scaleAction: {
              direction: 'Decrease'
              type: 'ChangeCount'
              value: '1'
              cooldown: 'PT10M'
            }
          }
          {
            metricTrigger: {
              metricName: 'Available Memory Percentage'
              metricNamespace: 'Microsoft.Compute/virtualMachineScaleSets'
              metricResourceUri: poolApi.id
              timeGrain: 'PT1M'
              statistic: 'Average'
              timeWindow: 'PT10M'
              timeAggregation: 'Average'
              operator: 'LessThan'
              threshold: 25
            }
            scaleAction: {
              direction: 'Increase'
              type: 'ChangeCount'
              value: '2'
              cooldown: 'PT10M'
            }
          }
          {
            metricTrigger: {
              metricName: 'Available Memory Percentage'
              metricNamespace: 'Microsoft.Compute/virtualMachineScaleSets'
              metricResourceUri: poolApi.id
              timeGrain: 'PT1M'
              statistic: 'Average'
              timeWindow: 'PT10M'
              timeAggregation: 'Average'
              operator: 'GreaterThan'
              threshold: 63
            }
            scaleAction: {
              direction: 'Decrease'
              type: 'ChangeCount'
              value: '1'
              cooldown: 'PT10M'
            }
          }
        ]
      }
    ]
    notifications: [
      {
        operation: 'Scale'
        email: {
          sendToSubscriptionAdministrator: false
          sendToSubscriptionCoAdministrators: false
          customEmails: ['platform@globex.example']
        }
      }
    ]
  }
}

// The agent collects what this rule says.
resource poolApiAssociation 'Microsoft.Insights/dataCollectionRuleAssociations@2024-03-11' = {
  scope: poolApi
  name: 'globex-nodes'
  properties: { dataCollectionRuleId: collectionRule.id }
}

// Machines of one kind that do the work. They are made alike, and join the swarm by themselves.
resource poolArm 'Microsoft.Compute/virtualMachineScaleSets@2025-04-01' = {
  name: 'globex-arm'
  location: location
  tags: { swarm: 'globex', role: 'worker', costCentre: '1200', environment: 'production', pool: 'arm' }
  zones: ['1', '2', '3']
  sku: { name: 'Standard_D4ps_v6', tier: 'Standard', capacity: armCapacity }
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
          publisher: 'Canonical'
          offer: 'ubuntu-24_04-lts'
          sku: 'server-arm64'
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
        computerNamePrefix: 'globex-arm-'
        adminUsername: adminUsername
        customData: linuxLoader
        linuxConfiguration: {
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
              type: 'ApplicationHealthLinux'
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
            name: 'monitor'
            properties: {
              publisher: 'Microsoft.Azure.Monitor'
              type: 'AzureMonitorLinuxAgent'
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
        swarm: 'globex'
        debug: false
        admin: adminUsername
        clientId: workerIdentity.properties.clientId
        vault: {
          uri: 'https://globex-${uniqueString(resourceGroup().id)}${environment().suffixes.keyvaultDns}/'
          resource: 'https://${substring(environment().suffixes.keyvaultDns, 1)}'
        }
        managers: ['10.64.0.4', '10.64.0.5', '10.64.0.6', '10.64.0.7', '10.64.0.8', '10.64.0.9', '10.64.0.10']
        pool: 'arm'
        secrets: {
          workerToken: 'swarm-worker-token'
          operatorKeys: 'operator-keys'
          shareKey: 'share-key'
        }
        engine: {
          version: '28.5.2'
        }
        dataDisk: { lun: 0 }
        share: {
          kind: 'key'
          account: 'globex${uniqueString(resourceGroup().id)}'
          host: 'globex${uniqueString(resourceGroup().id)}.file.${environment().suffixes.storage}'
          name: 'swarm'
          path: '/mnt/swarm'
          drive: 'S:'
        }
        labels: {}
        images: []
        evictImagesAt: 80
        registries: [
          { server: 'globex.azurecr.io', kind: 'identity' }
          { server: 'registry.globex.example', username: 'swarm', secret: 'registry-password' }
        ]
        registryResource: environment().resourceManager
        updates: { days: ['Saturday', 'Sunday'], from: '01:00', hours: 6 }
        scripts: {
          before: []
          after: []
        }
        program: linuxProgram
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
resource poolArmManagerReads 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: poolArm
  name: guid(poolArm.id, managerIdentity.id, reader)
  properties: {
    principalId: managerIdentity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: reader
  }
}

// The agent collects what this rule says.
resource poolArmAssociation 'Microsoft.Insights/dataCollectionRuleAssociations@2024-03-11' = {
  scope: poolArm
  name: 'globex-nodes'
  properties: { dataCollectionRuleId: collectionRule.id }
}

// Machines of one kind that do the work. They are made alike, and join the swarm by themselves.
resource poolBatch 'Microsoft.Compute/virtualMachineScaleSets@2025-04-01' = {
  name: 'globex-batch'
  location: location
  tags: { swarm: 'globex', role: 'worker', costCentre: '1200', environment: 'production', pool: 'batch' }
  zones: ['1', '2', '3']
  sku: { name: 'Standard_D2s_v5', tier: 'Standard', capacity: batchCapacity }
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
      priority: 'Spot'
      evictionPolicy: 'Delete'
      billingProfile: {
        maxPrice: json('0.15')
      }
      securityProfile: {
        securityType: 'TrustedLaunch'
        uefiSettings: { secureBootEnabled: true, vTpmEnabled: true }
      }
      storageProfile: {
        imageReference: {
          publisher: 'Canonical'
          offer: 'ubuntu-24_04-lts'
          sku: 'server'
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
        computerNamePrefix: 'globex-batch-'
        adminUsername: adminUsername
        customData: linuxLoader
        linuxConfiguration: {
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
      extensionProfile: {
        extensionsTimeBudget: 'PT2H'
        extensions: [
          {
            name: 'health'
            properties: {
              publisher: 'Microsoft.ManagedServices'
              type: 'ApplicationHealthLinux'
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
            name: 'monitor'
            properties: {
              publisher: 'Microsoft.Azure.Monitor'
              type: 'AzureMonitorLinuxAgent'
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
        swarm: 'globex'
        debug: false
        admin: adminUsername
        clientId: workerIdentity.properties.clientId
        vault: {
          uri: 'https://globex-${uniqueString(resourceGroup().id)}${environment().suffixes.keyvaultDns}/'
          resource: 'https://${substring(environment().suffixes.keyvaultDns, 1)}'
        }
        managers: ['10.64.0.4', '10.64.0.5', '10.64.0.6', '10.64.0.7', '10.64.0.8', '10.64.0.9', '10.64.0.10']
        pool: 'batch'
        secrets: {
          workerToken: 'swarm-worker-token'
          operatorKeys: 'operator-keys'
          shareKey: 'share-key'
        }
        engine: {
          version: '28.5.2'
        }
        dataDisk: { lun: 0 }
        share: {
          kind: 'key'
          account: 'globex${uniqueString(resourceGroup().id)}'
          host: 'globex${uniqueString(resourceGroup().id)}.file.${environment().suffixes.storage}'
          name: 'swarm'
          path: '/mnt/swarm'
          drive: 'S:'
        }
        labels: {}
        images: []
        evictImagesAt: 80
        registries: [
          { server: 'globex.azurecr.io', kind: 'identity' }
          { server: 'registry.globex.example', username: 'swarm', secret: 'registry-password' }
        ]
        registryResource: environment().resourceManager
        updates: { days: ['Saturday', 'Sunday'], from: '01:00', hours: 6 }
        scripts: {
          before: []
          after: []
        }
        program: linuxProgram
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
resource poolBatchManagerReads 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: poolBatch
  name: guid(poolBatch.id, managerIdentity.id, reader)
  properties: {
    principalId: managerIdentity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: reader
  }
}

// The pool grows when it is busy, and shrinks when it is not.
resource poolBatchScale 'Microsoft.Insights/autoscalesettings@2022-10-01' = {
  name: 'globex-batch'
  location: location
  tags: { swarm: 'globex', role: 'worker', costCentre: '1200', environment: 'production', pool: 'batch' }
  properties: {
    enabled: true
    targetResourceUri: poolBatch.id
    profiles: [
      {
        name: 'usual'
        capacity: {
          minimum: '0'
          maximum: '100'
          default: '0'
        }
        rules: [
          {
            metricTrigger: {
              metricName: 'Percentage CPU'
              metricNamespace: 'Microsoft.Compute/virtualMachineScaleSets'
              metricResourceUri: poolBatch.id
              timeGrain: 'PT1M'
              statistic: 'Average'
              timeWindow: 'PT10M'
              timeAggregation: 'Average'
              operator: 'GreaterThan'
              threshold: 80
            }
            scaleAction: {
              direction: 'Increase'
              type: 'ChangeCount'
              value: '10'
              cooldown: 'PT10M'
            }
          }
          {
            metricTrigger: {
              metricName: 'Percentage CPU'
              metricNamespace: 'Microsoft.Compute/virtualMachineScaleSets'
              metricResourceUri: poolBatch.id
              timeGrain: 'PT1M'
              statistic: 'Average'
              timeWindow: 'PT10M'
              timeAggregation: 'Average'
              operator: 'LessThan'
              threshold: 40
            }
            scaleAction: {
              direction: 'Decrease'
              type: 'ChangeCount'
              value: '1'
              cooldown: 'PT10M'
            }
          }
        ]
      }
    ]
    notifications: [
      {
        operation: 'Scale'
        email: {
          sendToSubscriptionAdministrator: false
          sendToSubscriptionCoAdministrators: false
          customEmails: ['platform@globex.example']
        }
      }
    ]
  }
}

// The agent collects what this rule says.
resource poolBatchAssociation 'Microsoft.Insights/dataCollectionRuleAssociations@2024-03-11' = {
  scope: poolBatch
  name: 'globex-nodes'
  properties: { dataCollectionRuleId: collectionRule.id }
}

// Machines of one kind that do the work. They are made alike, and join the swarm by themselves.
resource poolBc 'Microsoft.Compute/virtualMachineScaleSets@2025-04-01' = {
  name: 'globex-bc'
  location: location
  tags: { swarm: 'globex', role: 'worker', costCentre: '1200', environment: 'production', pool: 'bc' }
  zones: ['1', '2', '3']
  sku: { name: 'Standard_D8s_v5', tier: 'Standard', capacity: bcCapacity }
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
      licenseType: 'Windows_Server'
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
            diskSizeGB: 1024
            managedDisk: { storageAccountType: 'Premium_LRS' }
          }
        ]
      }
      osProfile: {
        computerNamePrefix: 'bc'
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
        swarm: 'globex'
        debug: false
        admin: adminUsername
        clientId: workerIdentity.properties.clientId
        vault: {
          uri: 'https://globex-${uniqueString(resourceGroup().id)}${environment().suffixes.keyvaultDns}/'
          resource: 'https://${substring(environment().suffixes.keyvaultDns, 1)}'
        }
        managers: ['10.64.0.4', '10.64.0.5', '10.64.0.6', '10.64.0.7', '10.64.0.8', '10.64.0.9', '10.64.0.10']
        pool: 'bc'
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
          account: 'globex${uniqueString(resourceGroup().id)}'
          host: 'globex${uniqueString(resourceGroup().id)}.file.${environment().suffixes.storage}'
          name: 'swarm'
          path: '/mnt/swarm'
          drive: 'S:'
        }
        labels: {}
        images: []
        evictImagesAt: 80
        registries: [
          { server: 'globex.azurecr.io', kind: 'identity' }
          { server: 'registry.globex.example', username: 'swarm', secret: 'registry-password' }
        ]
        registryResource: environment().resourceManager
        updates: { days: ['Saturday', 'Sunday'], from: '01:00', hours: 6 }
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
resource poolBcManagerReads 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: poolBc
  name: guid(poolBc.id, managerIdentity.id, reader)
  properties: {
    principalId: managerIdentity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: reader
  }
}

// The agent collects what this rule says.
resource poolBcAssociation 'Microsoft.Insights/dataCollectionRuleAssociations@2024-03-11' = {
  scope: poolBc
  name: 'globex-nodes'
  properties: { dataCollectionRuleId: collectionRule.id }
}

// Machines of one kind that do the work. They are made alike, and join the swarm by themselves.
resource poolCache 'Microsoft.Compute/virtualMachineScaleSets@2025-04-01' = {
  name: 'globex-cache'
  location: location
  tags: { swarm: 'globex', role: 'worker', costCentre: '1200', environment: 'production', pool: 'cache' }
  zones: ['1', '2', '3']
  sku: { name: 'Standard_E8s_v5', tier: 'Standard', capacity: cacheCapacity }
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${workerIdentity.id}': {} } }
  properties: {
    orchestrationMode: 'Uniform'
    overprovision: false
    singlePlacementGroup: false
    platformFaultDomainCount: 1
    zoneBalance: false
    scaleInPolicy: { rules: ['Default'] }
    upgradePolicy: {
      mode: 'Rolling'
      rollingUpgradePolicy: {
        maxBatchInstancePercent: 20
        maxUnhealthyInstancePercent: 20
        maxUnhealthyUpgradedInstancePercent: 20
        pauseTimeBetweenBatches: 'PT5M'
      }
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
          publisher: 'Canonical'
          offer: 'ubuntu-24_04-lts'
          sku: 'server'
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
        computerNamePrefix: 'globex-cache-'
        adminUsername: adminUsername
        customData: linuxLoader
        linuxConfiguration: {
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
      scheduledEventsProfile: { terminateNotificationProfile: { enable: true, notBeforeTimeout: 'PT15M' } }
      extensionProfile: {
        extensionsTimeBudget: 'PT2H'
        extensions: [
          {
            name: 'health'
            properties: {
              publisher: 'Microsoft.ManagedServices'
              type: 'ApplicationHealthLinux'
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
            name: 'monitor'
            properties: {
              publisher: 'Microsoft.Azure.Monitor'
              type: 'AzureMonitorLinuxAgent'
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
        swarm: 'globex'
        debug: false
        admin: adminUsername
        clientId: workerIdentity.properties.clientId
        vault: {
          uri: 'https://globex-${uniqueString(resourceGroup().id)}${environment().suffixes.keyvaultDns}/'
          resource: 'https://${substring(environment().suffixes.keyvaultDns, 1)}'
        }
        managers: ['10.64.0.4', '10.64.0.5', '10.64.0.6', '10.64.0.7', '10.64.0.8', '10.64.0.9', '10.64.0.10']
        pool: 'cache'
        secrets: {
          workerToken: 'swarm-worker-token'
          operatorKeys: 'operator-keys'
          shareKey: 'share-key'
        }
        engine: {
          version: '28.5.2'
        }
        dataDisk: { lun: 0 }
        share: {
          kind: 'key'
          account: 'globex${uniqueString(resourceGroup().id)}'
          host: 'globex${uniqueString(resourceGroup().id)}.file.${environment().suffixes.storage}'
          name: 'swarm'
          path: '/mnt/swarm'
          drive: 'S:'
        }
        labels: {}
        images: []
        evictImagesAt: 80
        registries: [
          { server: 'globex.azurecr.io', kind: 'identity' }
          { server: 'registry.globex.example', username: 'swarm', secret: 'registry-password' }
        ]
        registryResource: environment().resourceManager
        updates: { days: ['Saturday', 'Sunday'], from: '01:00', hours: 6 }
        scripts: {
          before: []
          after: []
        }
        program: linuxProgram
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
resource poolCacheManagerReads 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: poolCache
  name: guid(poolCache.id, managerIdentity.id, reader)
  properties: {
    principalId: managerIdentity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: reader
  }
}

// The agent collects what this rule says.
resource poolCacheAssociation 'Microsoft.Insights/dataCollectionRuleAssociations@2024-03-11' = {
  scope: poolCache
  name: 'globex-nodes'
  properties: { dataCollectionRuleId: collectionRule.id }
}

// Machines of one kind that do the work. They are made alike, and join the swarm by themselves.
resource poolCi 'Microsoft.Compute/virtualMachineScaleSets@2025-04-01' = {
  name: 'globex-ci'
  location: location
  tags: { swarm: 'globex', role: 'worker', costCentre: '1200', environment: 'production', pool: 'ci' }
  zones: ['1', '2', '3']
  sku: { name: 'Standard_D2s_v5', tier: 'Standard', capacity: ciCapacity }
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
          publisher: 'Debian'
          offer: 'debian-12'
          sku: '12-gen2'
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
        computerNamePrefix: 'globex-ci-'
        adminUsername: adminUsername
        customData: linuxLoader
        linuxConfiguration: {
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
              type: 'ApplicationHealthLinux'
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
            name: 'monitor'
            properties: {
              publisher: 'Microsoft.Azure.Monitor'
              type: 'AzureMonitorLinuxAgent'
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
        swarm: 'globex'
        debug: false
        admin: adminUsername
        clientId: workerIdentity.properties.clientId
        vault: {
          uri: 'https://globex-${uniqueString(resourceGroup().id)}${environment().suffixes.keyvaultDns}/'
          resource: 'https://${substring(environment().suffixes.keyvaultDns, 1)}'
        }
        managers: ['10.64.0.4', '10.64.0.5', '10.64.0.6', '10.64.0.7', '10.64.0.8', '10.64.0.9', '10.64.0.10']
        pool: 'ci'
        secrets: {
          workerToken: 'swarm-worker-token'
          operatorKeys: 'operator-keys'
          shareKey: 'share-key'
        }
        engine: {
          version: '28.5.2'
        }
        dataDisk: { lun: 0 }
        share: {
          kind: 'key'
          account: 'globex${uniqueString(resourceGroup().id)}'
          host: 'globex${uniqueString(resourceGroup().id)}.file.${environment().suffixes.storage}'
          name: 'swarm'
          path: '/mnt/swarm'
          drive: 'S:'
        }
        labels: {}
        images: ['docker.io/library/golang:1.25', 'docker.io/library/node:24']
        evictImagesAt: 70
        registries: [
          { server: 'globex.azurecr.io', kind: 'identity' }
          { server: 'registry.globex.example', username: 'swarm', secret: 'registry-password' }
        ]
        registryResource: environment().resourceManager
        updates: { days: ['Saturday', 'Sunday'], from: '01:00', hours: 6 }
        scripts: {
          before: [{ text: proxyScript, run: 'once', stop: false }]
          after: [
            {
              url: 'https://artifacts.globex.example/ci/prepare.sh'
              sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'
              authorization: 'https://globex-shared${environment().suffixes.keyvaultDns}/secrets/artifacts-token'
              run: 'boot'
              stop: false
            }
          ]
        }
        program: linuxProgram
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
resource poolCiManagerReads 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: poolCi
  name: guid(poolCi.id, managerIdentity.id, reader)
  properties: {
    principalId: managerIdentity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: reader
  }
}

// The agent collects what this rule says.
resource poolCiAssociation 'Microsoft.Insights/dataCollectionRuleAssociations@2024-03-11' = {
  scope: poolCi
  name: 'globex-nodes'
  properties: { dataCollectionRuleId: collectionRule.id }
}

// Machines of one kind that do the work. They are made alike, and join the swarm by themselves.
resource poolDatabase 'Microsoft.Compute/virtualMachineScaleSets@2025-04-01' = {
  name: 'globex-database'
  location: location
  tags: { swarm: 'globex', role: 'worker', costCentre: '1200', environment: 'production', pool: 'database' }
  zones: ['1', '2', '3']
  sku: { name: 'Standard_E8s_v5', tier: 'Standard', capacity: databaseCapacity }
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${workerIdentity.id}': {} } }
  properties: {
    orchestrationMode: 'Uniform'
    overprovision: false
    singlePlacementGroup: false
    platformFaultDomainCount: 1
    zoneBalance: false
    scaleInPolicy: { rules: ['NewestVM'] }
    upgradePolicy: {
      mode: 'Manual'
    }
    virtualMachineProfile: {
      securityProfile: {
        securityType: 'TrustedLaunch'
        uefiSettings: { secureBootEnabled: true, vTpmEnabled: true }
      }
      storageProfile: {
        imageReference: {
          publisher: 'Canonical'
          offer: 'ubuntu-24_04-lts'
          sku: 'server'
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
            caching: 'None'
            diskSizeGB: 4096
            managedDisk: { storageAccountType: 'Premium_LRS' }
          }
        ]
      }
      osProfile: {
        computerNamePrefix: 'globex-database-'
        adminUsername: adminUsername
        customData: linuxLoader
        linuxConfiguration: {
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
      }
      networkProfile: {
        networkInterfaceConfigurations: [
          {
            name: 'nic'
            properties: {
              primary: true
              enableAcceleratedNetworking: true
              ipConfigurations: [{ name: 'ip', properties: { subnet: { id: '${vnet.id}/subnets/pool-database' } } }]
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
              type: 'ApplicationHealthLinux'
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
            name: 'monitor'
            properties: {
              publisher: 'Microsoft.Azure.Monitor'
              type: 'AzureMonitorLinuxAgent'
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
        swarm: 'globex'
        debug: false
        admin: adminUsername
        clientId: workerIdentity.properties.clientId
        vault: {
          uri: 'https://globex-${uniqueString(resourceGroup().id)}${environment().suffixes.keyvaultDns}/'
          resource: 'https://${substring(environment().suffixes.keyvaultDns, 1)}'
        }
        managers: ['10.64.0.4', '10.64.0.5', '10.64.0.6', '10.64.0.7', '10.64.0.8', '10.64.0.9', '10.64.0.10']
        pool: 'database'
        secrets: {
          workerToken: 'swarm-worker-token'
          operatorKeys: 'operator-keys'
          shareKey: 'share-key'
        }
        engine: {
          version: '28.5.2'
        }
        dataDisk: { lun: 0 }
        share: {
          kind: 'key'
          account: 'globex${uniqueString(resourceGroup().id)}'
          host: 'globex${uniqueString(resourceGroup().id)}.file.${environment().suffixes.storage}'
          name: 'swarm'
          path: '/mnt/swarm'
          drive: 'S:'
        }
        labels: {}
        images: []
        evictImagesAt: 80
        registries: [
          { server: 'globex.azurecr.io', kind: 'identity' }
          { server: 'registry.globex.example', username: 'swarm', secret: 'registry-password' }
        ]
        registryResource: environment().resourceManager
        updates: { days: ['Saturday', 'Sunday'], from: '01:00', hours: 6 }
        scripts: {
          before: []
          after: []
        }
        program: linuxProgram
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
resource poolDatabaseManagerReads 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: poolDatabase
  name: guid(poolDatabase.id, managerIdentity.id, reader)
  properties: {
    principalId: managerIdentity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: reader
  }
}

// The agent collects what this rule says.
resource poolDatabaseAssociation 'Microsoft.Insights/dataCollectionRuleAssociations@2024-03-11' = {
  scope: poolDatabase
  name: 'globex-nodes'
  properties: { dataCollectionRuleId: collectionRule.id }
}

// Machines of one kind that do the work. They are made alike, and join the swarm by themselves.
resource poolEdge 'Microsoft.Compute/virtualMachineScaleSets@2025-04-01' = {
  name: 'globex-edge'
  location: location
  tags: { swarm: 'globex', role: 'worker', costCentre: '1200', environment: 'production', pool: 'edge' }
  zones: ['1', '2', '3']
  sku: { name: 'Standard_D2s_v5', tier: 'Standard', capacity: edgeCapacity }
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
          id: '/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/images/providers/Microsoft.Compute/galleries/globex/images/node'
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
        computerNamePrefix: 'globex-edge-'
        adminUsername: adminUsername
        customData: linuxLoader
        linuxConfiguration: {
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
              type: 'ApplicationHealthLinux'
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
            name: 'monitor'
            properties: {
              publisher: 'Microsoft.Azure.Monitor'
              type: 'AzureMonitorLinuxAgent'
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
        swarm: 'globex'
        debug: false
        admin: adminUsername
        clientId: workerIdentity.properties.clientId
        vault: {
          uri: 'https://globex-${uniqueString(resourceGroup().id)}${environment().suffixes.keyvaultDns}/'
          resource: 'https://${substring(environment().suffixes.keyvaultDns, 1)}'
        }
        managers: ['10.64.0.4', '10.64.0.5', '10.64.0.6', '10.64.0.7', '10.64.0.8', '10.64.0.9', '10.64.0.10']
        pool: 'edge'
        secrets: {
          workerToken: 'swarm-worker-token'
          operatorKeys: 'operator-keys'
          shareKey: 'share-key'
        }
        engine: {
          version: '28.5.2'
        }
        dataDisk: { lun: 0 }
        share: {
          kind: 'key'
          account: 'globex${uniqueString(resourceGroup().id)}'
          host: 'globex${uniqueString(resourceGroup().id)}.file.${environment().suffixes.storage}'
          name: 'swarm'
          path: '/mnt/swarm'
          drive: 'S:'
        }
        labels: {}
        images: []
        evictImagesAt: 80
        registries: [
          { server: 'globex.azurecr.io', kind: 'identity' }
          { server: 'registry.globex.example', username: 'swarm', secret: 'registry-password' }
        ]
        registryResource: environment().resourceManager
        updates: { days: ['Saturday', 'Sunday'], from: '01:00', hours: 6 }
        scripts: {
          before: []
          after: []
        }
        program: linuxProgram
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
resource poolEdgeManagerReads 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: poolEdge
  name: guid(poolEdge.id, managerIdentity.id, reader)
  properties: {
    principalId: managerIdentity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: reader
  }
}

// The agent collects what this rule says.
resource poolEdgeAssociation 'Microsoft.Insights/dataCollectionRuleAssociations@2024-03-11' = {
  scope: poolEdge
  name: 'globex-nodes'
  properties: { dataCollectionRuleId: collectionRule.id }
}

// Machines of one kind that do the work. They are made alike, and join the swarm by themselves.
resource poolNight 'Microsoft.Compute/virtualMachineScaleSets@2025-04-01' = {
  name: 'globex-night'
  location: location
  tags: { swarm: 'globex', role: 'worker', costCentre: '1200', environment: 'production', pool: 'night' }
  zones: ['1', '2', '3']
  sku: { name: 'Standard_D2s_v5', tier: 'Standard', capacity: nightCapacity }
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
          publisher: 'Canonical'
          offer: 'ubuntu-24_04-lts'
          sku: 'server'
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
        computerNamePrefix: 'globex-night-'
        adminUsername: adminUsername
        customData: linuxLoader
        linuxConfiguration: {
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
              type: 'ApplicationHealthLinux'
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
            name: 'monitor'
            properties: {
              publisher: 'Microsoft.Azure.Monitor'
              type: 'AzureMonitorLinuxAgent'
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
        swarm: 'globex'
        debug: false
        admin: adminUsername
        clientId: workerIdentity.properties.clientId
        vault: {
          uri: 'https://globex-${uniqueString(resourceGroup().id)}${environment().suffixes.keyvaultDns}/'
          resource: 'https://${substring(environment().suffixes.keyvaultDns, 1)}'
        }
        managers: ['10.64.0.4', '10.64.0.5', '10.64.0.6', '10.64.0.7', '10.64.0.8', '10.64.0.9', '10.64.0.10']
        pool: 'night'
        secrets: {
          workerToken: 'swarm-worker-token'
          operatorKeys: 'operator-keys'
          shareKey: 'share-key'
        }
        engine: {
          version: '28.5.2'
        }
        dataDisk: { lun: 0 }
        share: {
          kind: 'key'
          account: 'globex${uniqueString(resourceGroup().id)}'
          host: 'globex${uniqueString(resourceGroup().id)}.file.${environment().suffixes.storage}'
          name: 'swarm'
          path: '/mnt/swarm'
          drive: 'S:'
        }
        labels: {}
        images: []
        evictImagesAt: 80
        registries: [
          { server: 'globex.azurecr.io', kind: 'identity' }
          { server: 'registry.globex.example', username: 'swarm', secret: 'registry-password' }
        ]
        registryResource: environment().resourceManager
        updates: { days: ['Saturday', 'Sunday'], from: '01:00', hours: 6 }
        scripts: {
          before: []
          after: []
        }
        program: linuxProgram
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
resource poolNightManagerReads 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: poolNight
  name: guid(poolNight.id, managerIdentity.id, reader)
  properties: {
    principalId: managerIdentity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: reader
  }
}

// The pool grows when it is busy, and shrinks when it is not.
resource poolNightScale 'Microsoft.Insights/autoscalesettings@2022-10-01' = {
  name: 'globex-night'
  location: location
  tags: { swarm: 'globex', role: 'worker', costCentre: '1200', environment: 'production', pool: 'night' }
  properties: {
    enabled: true
    targetResourceUri: poolNight.id
    profiles: [
      {
        name: 'usual'
        capacity: {
          minimum: '1'
          maximum: '1'
          default: '1'
        }
        rules: []
      }
      {
        name: 'run'
        capacity: {
          minimum: '10'
          maximum: '20'
          default: '10'
        }
        rules: []
        recurrence: {
          frequency: 'Week'
          schedule: {
            timeZone: 'W. Europe Standard Time'
            days: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']
            hours: [22]
            minutes: [0]
          }
        }
      }
      {
        name: '{"name":"usual","for":"run"}'
        capacity: {
          minimum: '1'
          maximum: '1'
          default: '1'
        }
        rules: []
        recurrence: {
          frequency: 'Week'
          schedule: {
            timeZone: 'W. Europe Standard Time'
            days: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']
            hours: [5]
            minutes: [0]
          }
        }
      }
    ]
    notifications: [
      {
        operation: 'Scale'
        email: {
          sendToSubscriptionAdministrator: false
          sendToSubscriptionCoAdministrators: false
          customEmails: ['platform@globex.example']
        }
      }
    ]
  }
}

// The agent collects what this rule says.
resource poolNightAssociation 'Microsoft.Insights/dataCollectionRuleAssociations@2024-03-11' = {
  scope: poolNight
  name: 'globex-nodes'
  properties: { dataCollectionRuleId: collectionRule.id }
}

// Machines of one kind that do the work. They are made alike, and join the swarm by themselves.
resource poolReports 'Microsoft.Compute/virtualMachineScaleSets@2025-04-01' = {
  name: 'globex-reports'
  location: location
  tags: { swarm: 'globex', role: 'worker', costCentre: '1200', environment: 'production', pool: 'reports' }
  zones: ['1', '2', '3']
  sku: { name: 'Standard_D4s_v5', tier: 'Standard', capacity: reportsCapacity }
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
          sku: '2025-datacenter-core-g2'
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
        computerNamePrefix: 'reports'
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
        swarm: 'globex'
        debug: false
        admin: adminUsername
        clientId: workerIdentity.properties.clientId
        vault: {
          uri: 'https://globex-${uniqueString(resourceGroup().id)}${environment().suffixes.keyvaultDns}/'
          resource: 'https://${substring(environment().suffixes.keyvaultDns, 1)}'
        }
        managers: ['10.64.0.4', '10.64.0.5', '10.64.0.6', '10.64.0.7', '10.64.0.8', '10.64.0.9', '10.64.0.10']
        pool: 'reports'
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
          account: 'globex${uniqueString(resourceGroup().id)}'
          host: 'globex${uniqueString(resourceGroup().id)}.file.${environment().suffixes.storage}'
          name: 'swarm'
          path: '/mnt/swarm'
          drive: 'S:'
        }
        labels: {}
        images: []
        evictImagesAt: 80
        registries: [
          { server: 'globex.azurecr.io', kind: 'identity' }
          { server: 'registry.globex.example', username: 'swarm', secret: 'registry-password' }
        ]
        registryResource: environment().resourceManager
        updates: { days: ['Saturday', 'Sunday'], from: '01:00', hours: 6 }
        scripts: {
          before: []
          after: [{ text: fontsScript, run: 'once', stop: false }]
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
resource poolReportsManagerReads 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: poolReports
  name: guid(poolReports.id, managerIdentity.id, reader)
  properties: {
    principalId: managerIdentity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: reader
  }
}

// The agent collects what this rule says.
resource poolReportsAssociation 'Microsoft.Insights/dataCollectionRuleAssociations@2024-03-11' = {
  scope: poolReports
  name: 'globex-nodes'
  properties: { dataCollectionRuleId: collectionRule.id }
}

// Machines of one kind that do the work. They are made alike, and join the swarm by themselves.
resource poolScratch 'Microsoft.Compute/virtualMachineScaleSets@2025-04-01' = {
  name: 'globex-scratch'
  location: location
  tags: { swarm: 'globex', role: 'worker', costCentre: '1200', environment: 'production', pool: 'scratch' }
  zones: ['1', '2', '3']
  sku: { name: 'Standard_D8ds_v5', tier: 'Standard', capacity: scratchCapacity }
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
          publisher: 'Canonical'
          offer: 'ubuntu-24_04-lts'
          sku: 'server'
          version: 'latest'
        }
        osDisk: {
          createOption: 'FromImage'
          caching: 'ReadOnly'
          diffDiskSettings: {
            option: 'Local'
            placement: 'ResourceDisk'
          }
          managedDisk: {
            storageAccountType: 'Standard_LRS'
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
        computerNamePrefix: 'globex-scratch-'
        adminUsername: adminUsername
        customData: linuxLoader
        linuxConfiguration: {
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
              type: 'ApplicationHealthLinux'
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
            name: 'monitor'
            properties: {
              publisher: 'Microsoft.Azure.Monitor'
              type: 'AzureMonitorLinuxAgent'
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
        swarm: 'globex'
        debug: false
        admin: adminUsername
        clientId: workerIdentity.properties.clientId
        vault: {
          uri: 'https://globex-${uniqueString(resourceGroup().id)}${environment().suffixes.keyvaultDns}/'
          resource: 'https://${substring(environment().suffixes.keyvaultDns, 1)}'
        }
        managers: ['10.64.0.4', '10.64.0.5', '10.64.0.6', '10.64.0.7', '10.64.0.8', '10.64.0.9', '10.64.0.10']
        pool: 'scratch'
        secrets: {
          workerToken: 'swarm-worker-token'
          operatorKeys: 'operator-keys'
          shareKey: 'share-key'
        }
        engine: {
          version: '28.5.2'
        }
        dataDisk: { lun: 0 }
        share: {
          kind: 'key'
          account: 'globex${uniqueString(resourceGroup().id)}'
          host: 'globex${uniqueString(resourceGroup().id)}.file.${environment().suffixes.storage}'
          name: 'swarm'
          path: '/mnt/swarm'
          drive: 'S:'
        }
        labels: {}
        images: []
        evictImagesAt: 80
        registries: [
          { server: 'globex.azurecr.io', kind: 'identity' }
          { server: 'registry.globex.example', username: 'swarm', secret: 'registry-password' }
        ]
        registryResource: environment().resourceManager
        updates: { days: ['Saturday', 'Sunday'], from: '01:00', hours: 6 }
        scripts: {
          before: []
          after: []
        }
        program: linuxProgram
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
resource poolScratchManagerReads 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: poolScratch
  name: guid(poolScratch.id, managerIdentity.id, reader)
  properties: {
    principalId: managerIdentity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: reader
  }
}

// The agent collects what this rule says.
resource poolScratchAssociation 'Microsoft.Insights/dataCollectionRuleAssociations@2024-03-11' = {
  scope: poolScratch
  name: 'globex-nodes'
  properties: { dataCollectionRuleId: collectionRule.id }
}

// Machines of one kind that do the work. They are made alike, and join the swarm by themselves.
resource poolWeb 'Microsoft.Compute/virtualMachineScaleSets@2025-04-01' = {
  name: 'globex-web'
  location: location
  tags: { swarm: 'globex', role: 'worker', costCentre: '1200', environment: 'production', pool: 'web' }
  zones: ['1', '2', '3']
  sku: { name: 'Standard_D2s_v5', tier: 'Standard', capacity: webCapacity }
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
          publisher: 'Canonical'
          offer: 'ubuntu-24_04-lts'
          sku: 'server'
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
        computerNamePrefix: 'globex-web-'
        adminUsername: adminUsername
        customData: linuxLoader
        linuxConfiguration: {
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
              type: 'ApplicationHealthLinux'
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
            name: 'monitor'
            properties: {
              publisher: 'Microsoft.Azure.Monitor'
              type: 'AzureMonitorLinuxAgent'
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
        swarm: 'globex'
        debug: false
        admin: adminUsername
        clientId: workerIdentity.properties.clientId
        vault: {
          uri: 'https://globex-${uniqueString(resourceGroup().id)}${environment().suffixes.keyvaultDns}/'
          resource: 'https://${substring(environment().suffixes.keyvaultDns, 1)}'
        }
        managers: ['10.64.0.4', '10.64.0.5', '10.64.0.6', '10.64.0.7', '10.64.0.8', '10.64.0.9', '10.64.0.10']
        pool: 'web'
        secrets: {
          workerToken: 'swarm-worker-token'
          operatorKeys: 'operator-keys'
          shareKey: 'share-key'
        }
        engine: {
          version: '28.5.2'
        }
        dataDisk: { lun: 0 }
        share: {
          kind: 'key'
          account: 'globex${uniqueString(resourceGroup().id)}'
          host: 'globex${uniqueString(resourceGroup().id)}.file.${environment().suffixes.storage}'
          name: 'swarm'
          path: '/mnt/swarm'
          drive: 'S:'
        }
        labels: { tier: 'front' }
        images: []
        evictImagesAt: 80
        registries: [
          { server: 'globex.azurecr.io', kind: 'identity' }
          { server: 'registry.globex.example', username: 'swarm', secret: 'registry-password' }
        ]
        registryResource: environment().resourceManager
        updates: { days: ['Saturday', 'Sunday'], from: '01:00', hours: 6 }
        scripts: {
          before: []
          after: []
        }
        program: linuxProgram
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
resource poolWebManagerReads 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: poolWeb
  name: guid(poolWeb.id, managerIdentity.id, reader)
  properties: {
    principalId: managerIdentity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: reader
  }
}

// The pool grows when it is busy, and shrinks when it is not.
resource poolWebScale 'Microsoft.Insights/autoscalesettings@2022-10-01' = {
  name: 'globex-web'
  location: location
  tags: { swarm: 'globex', role: 'worker', costCentre: '1200', environment: 'production', pool: 'web' }
  properties: {
    enabled: true
    targetResourceUri: poolWeb.id
    profiles: [
      {
        name: 'usual'
        capacity: {
          minimum: '6'
          maximum: '60'
          default: '6'
        }
        rules: [
          {
            metricTrigger: {
              metricName: 'Percentage CPU'
              metricNamespace: 'Microsoft.Compute/virtualMachineScaleSets'
              metricResourceUri: poolWeb.id
              timeGrain: 'PT1M'
              statistic: 'Average'
              timeWindow: 'PT10M'
              timeAggregation: 'Average'
              operator: 'GreaterThan'
              threshold: 65
            }
            scaleAction: {
              direction: 'Increase'
              type: 'ChangeCount'
              value: '3'
              cooldown: 'PT10M'
            }
          }
          {
            metricTrigger: {
              metricName: 'Percentage CPU'
              metricNamespace: 'Microsoft.Compute/virtualMachineScaleSets'
              metricResourceUri: poolWeb.id
              timeGrain: 'PT1M'
              statistic: 'Average'
              timeWindow: 'PT10M'
              timeAggregation: 'Average'
              operator: 'LessThan'
              threshold: 32
            }
            scaleAction: {
              direction: 'Decrease'
              type: 'ChangeCount'
              value: '1'
              cooldown: 'PT10M'
            }
          }
        ]
      }
    ]
    notifications: [
      {
        operation: 'Scale'
        email: {
          sendToSubscriptionAdministrator: false
          sendToSubscriptionCoAdministrators: false
          customEmails: ['platform@globex.example']
        }
      }
    ]
  }
}

// The agent collects what this rule says.
resource poolWebAssociation 'Microsoft.Insights/dataCollectionRuleAssociations@2024-03-11' = {
  scope: poolWeb
  name: 'globex-nodes'
  properties: { dataCollectionRuleId: collectionRule.id }
}

// Operators come in at this address, and only from the sources that jumpboxNsg names.
resource jumpboxAddress 'Microsoft.Network/publicIPAddresses@2025-01-01' = {
  name: 'globex-jumpbox'
  location: location
  tags: { swarm: 'globex', role: 'jumpbox', costCentre: '1200', environment: 'production' }
  zones: ['1', '2', '3']
  sku: { name: 'Standard', tier: 'Regional' }
  properties: {
    publicIPAllocationMethod: 'Static'
    publicIPAddressVersion: 'IPv4'
    dnsSettings: {
      domainNameLabel: 'globex-jumpbox-${uniqueString(resourceGroup().id)}'
    }
  }
  dependsOn: [
    deployerReadsWindows
  ]
}

// The address of the jumpbox is not lost by accident.
resource jumpboxAddressLock 'Microsoft.Authorization/locks@2020-05-01' = {
  scope: jumpboxAddress
  name: 'globex-jumpbox'
  properties: {
    level: 'CanNotDelete'
    notes: 'Operators reach the swarm at this address.'
  }
}

// What connects the jumpbox to that address and to the nodes.
resource jumpboxNic 'Microsoft.Network/networkInterfaces@2025-01-01' = {
  name: 'globex-jumpbox'
  location: location
  tags: { swarm: 'globex', role: 'jumpbox', costCentre: '1200', environment: 'production' }
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
  name: 'globex-jumpbox'
  location: location
  tags: { swarm: 'globex', role: 'jumpbox', costCentre: '1200', environment: 'production' }
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${jumpboxIdentity.id}': {} } }
  properties: {
    hardwareProfile: { vmSize: 'Standard_B2s_v2' }
    securityProfile: {
      securityType: 'TrustedLaunch'
      uefiSettings: { secureBootEnabled: true, vTpmEnabled: true }
    }
    storageProfile: {
      imageReference: {
        publisher: 'Canonical'
        offer: 'ubuntu-24_04-lts'
        sku: 'server'
        version: 'latest'
      }
      osDisk: {
        name: 'globex-jumpbox-os'
        createOption: 'FromImage'
        deleteOption: 'Delete'
        caching: 'ReadWrite'
        managedDisk: {
          storageAccountType: 'Premium_LRS'
        }
      }
    }
    osProfile: {
      computerName: 'globex-jumpbox'
      adminUsername: adminUsername
      customData: linuxLoader
      linuxConfiguration: {
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
    }
    networkProfile: { networkInterfaces: [{ id: jumpboxNic.id, properties: { deleteOption: 'Delete' } }] }
    diagnosticsProfile: { bootDiagnostics: { enabled: true } }
    userData: base64(string({
      version: 1
      role: 'jumpbox'
      swarm: 'globex'
      debug: false
      admin: adminUsername
      clientId: jumpboxIdentity.properties.clientId
      vault: {
        uri: 'https://globex-${uniqueString(resourceGroup().id)}${environment().suffixes.keyvaultDns}/'
        resource: 'https://${substring(environment().suffixes.keyvaultDns, 1)}'
      }
      managers: ['10.64.0.4', '10.64.0.5', '10.64.0.6', '10.64.0.7', '10.64.0.8', '10.64.0.9', '10.64.0.10']
      secrets: { operatorKeys: 'operator-keys' }
      scripts: {
        before: []
        after: []
      }
      program: linuxProgram
    }))
  }
}

// Nobody shall pay for a jumpbox that was forgotten.
resource jumpboxShutdown 'Microsoft.DevTestLab/schedules@2018-09-15' = {
  name: 'shutdown-computevm-globex-jumpbox' // Azure looks for this very name
  location: location
  tags: { swarm: 'globex', role: 'jumpbox', costCentre: '1200', environment: 'production' }
  properties: {
    status: 'Enabled'
    taskType: 'ComputeVmShutdownTask'
    dailyRecurrence: { time: '2000' }
    timeZoneId: 'W. Europe Standard Time'
    targetResourceId: jumpbox.id
    notificationSettings: { status: 'Disabled' }
  }
}

// Who is told.
resource contact 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'globex-contact'
  location: 'global'
  tags: { swarm: 'globex', costCentre: '1200', environment: 'production' }
  properties: {
    groupShortName: 'globex'
    enabled: true
    emailReceivers: [{ name: 'contact', emailAddress: 'platform@globex.example', useCommonAlertSchema: true }]
  }
  dependsOn: [
    collectionRule
    ingress
    ingressAddressLock
  ]
}

// A disk of a node is nearly full: images, logs or a database grow.
resource alertDiskAlarm 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: 'globex-disk-alarm'
  location: location
  tags: { swarm: 'globex', costCentre: '1200', environment: 'production' }
  kind: 'LogAlert'
  properties: {
    displayName: 'globex: less than 5 % of a disk is free'
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
  name: 'globex-disk-warning'
  location: location
  tags: { swarm: 'globex', costCentre: '1200', environment: 'production' }
  kind: 'LogAlert'
  properties: {
    displayName: 'globex: less than 10 % of a disk is free'
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
  name: 'globex-no-manager'
  location: 'global'
  tags: { swarm: 'globex', costCentre: '1200', environment: 'production' }
  properties: {
    description: 'globex: no manager answers the load balancer'
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
    ingressAddressLock
    managerReadsShareKey
    share
    storageLock
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
    ingressAddressLock
    managerReadsShareKey
    share
    storageLock
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
    ingressAddressLock
    managerReadsShareKey
    share
    storageLock
    workerReadsShareKey
  ]
}

@description('Name under which the swarm is reached from the outside.')
output ingress string? = 'swarm.globex.example'

@description('Public address behind that name; point the name of your domain to it.')
output ingressAddress string? = ingressAddress.properties.ipAddress

@description('Where Portainer is. Its administrator is admin; the password is the secret portainer-password.')
output portainer string? = 'https://swarm.globex.example/portainer/'

@description('How to reach the jumpbox.')
output jumpbox string? = 'ssh ${adminUsername}@${jumpboxAddress.properties.dnsSettings.fqdn}'

@description('What ssh_config must know of this deployment.')
output sshConfig string[]? = [
  'Host jumpbox globex-jumpbox'
  '    HostName ${jumpboxAddress.properties.dnsSettings.fqdn}'
  'Host jumpbox manager* globex-*'
  '    User ${adminUsername}'
]

@description('How to reach each manager.')
output managers string[] = [
  'ssh -J ${adminUsername}@${jumpboxAddress.properties.dnsSettings.fqdn} ${adminUsername}@10.64.0.4'
  'ssh -J ${adminUsername}@${jumpboxAddress.properties.dnsSettings.fqdn} ${adminUsername}@10.64.0.5'
  'ssh -J ${adminUsername}@${jumpboxAddress.properties.dnsSettings.fqdn} ${adminUsername}@10.64.0.6'
  'ssh -J ${adminUsername}@${jumpboxAddress.properties.dnsSettings.fqdn} ${adminUsername}@10.64.0.7'
  'ssh -J ${adminUsername}@${jumpboxAddress.properties.dnsSettings.fqdn} ${adminUsername}@10.64.0.8'
  'ssh -J ${adminUsername}@${jumpboxAddress.properties.dnsSettings.fqdn} ${adminUsername}@10.64.0.9'
  'ssh -J ${adminUsername}@${jumpboxAddress.properties.dnsSettings.fqdn} ${adminUsername}@10.64.0.10'
]

@description('The vault with all secrets.')
output vault string = vault.name

@description('Names of the secrets in it that people may need. Look one up: az keyvault secret show --vault-name VAULT --name SECRET --query value')
output secrets string[] = ['portainer-password', 'backup-key', 'windows-password']
