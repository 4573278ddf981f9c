// network.bicep: the virtual network with its subnets, who may talk to whom, and the way out.
// In a network that exists nothing is changed: the security groups are then attached to the machines instead.
import { Swarm } from 'swarm.bicep'
import {
  addressZones
  bastionPrefix
  endpointsPrefix
  hasBastion
  hasEndpoints
  hasJumpbox
  jumpboxPrefix
  makesNetwork
  managersPrefix
  nodePrefixes
  poolPrefix
  poolsWithSubnet
  sshPrefixes
  tagsOf
  workersPrefix
} from 'plan.bicep'

param swarm Swarm
param location string

var tags = tagsOf(swarm)
var isNew = makesNetwork(swarm)
var nodes = nodePrefixes(swarm)
var hasNat = isNew && swarm.network.nat.enabled

// Nodes reach the vault and the storage account without leaving Azure, which lets only these subnets in.
var serviceEndpoints = concat(
  swarm.vault.network == 'subnets' ? [{ service: 'Microsoft.KeyVault' }] : [],
  swarm.storage.enabled && swarm.storage.network == 'subnets' ? [{ service: 'Microsoft.Storage' }] : []
)

// What every node accepts from the others, and from operators.
var amongNodes = concat(
  [
    {
      name: 'swarm-gossip-tcp'
      properties: {
        description: 'Nodes tell each other who is there.'
        priority: 1010
        direction: 'Inbound'
        access: 'Allow'
        protocol: 'Tcp'
        sourceAddressPrefixes: nodes
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
        sourceAddressPrefixes: nodes
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
        sourceAddressPrefixes: nodes
        sourcePortRange: '*'
        destinationAddressPrefix: '*'
        destinationPortRange: '*'
      }
    }
  ],
  map(sshPrefixes(swarm), prefix => {
    name: 'ssh'
    properties: {
      description: 'Operators come through the jumpbox.'
      priority: 1100
      direction: 'Inbound'
      access: 'Allow'
      protocol: 'Tcp'
      sourceAddressPrefix: prefix
      sourcePortRange: '*'
      destinationAddressPrefix: '*'
      destinationPortRange: '22'
    }
  }),
  [
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
)

// Who may reach the managers.
resource managersNsg 'Microsoft.Network/networkSecurityGroups@2025-01-01' = {
  name: '${swarm.name}-managers'
  location: location
  tags: tags
  properties: {
    securityRules: concat(
      map(range(0, swarm.ingress.enabled ? length(swarm.ingress.ports) : 0), i => {
        name: 'published-${toLower(swarm.ingress.ports[i].protocol)}-${swarm.ingress.ports[i].port}'
        properties: {
          description: 'A published port.'
          priority: 100 + i
          direction: 'Inbound'
          access: 'Allow'
          protocol: swarm.ingress.ports[i].protocol
          sourceAddressPrefix: length(swarm.ingress.ports[i].sources) == 1 ? swarm.ingress.ports[i].sources[0] : null
          sourceAddressPrefixes: length(swarm.ingress.ports[i].sources) == 1 ? null : swarm.ingress.ports[i].sources
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: string(swarm.ingress.ports[i].port)
        }
      }),
      map(range(0, length(swarm.ingress.ports)), i => {
        name: 'inside-${toLower(swarm.ingress.ports[i].protocol)}-${swarm.ingress.ports[i].port}'
        properties: {
          description: 'The same port, for the other nodes.'
          priority: 300 + i
          direction: 'Inbound'
          access: 'Allow'
          protocol: swarm.ingress.ports[i].protocol
          sourceAddressPrefixes: nodes
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: string(swarm.ingress.ports[i].port)
        }
      }),
      swarm.ingress.enabled
        ? [
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
          ]
        : [],
      [
        {
          name: 'swarm-control'
          properties: {
            description: 'Nodes join, and managers agree with each other.'
            priority: 1000
            direction: 'Inbound'
            access: 'Allow'
            protocol: 'Tcp'
            sourceAddressPrefixes: nodes
            sourcePortRange: '*'
            destinationAddressPrefix: '*'
            destinationPortRange: '2377'
          }
        }
      ],
      amongNodes
    )
  }
}

// Who may reach the workers, and what workers may not do.
resource workersNsg 'Microsoft.Network/networkSecurityGroups@2025-01-01' = {
  name: '${swarm.name}-workers'
  location: location
  tags: tags
  properties: {
    securityRules: concat(amongNodes, [
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
    ])
  }
}

// Who may reach the jumpbox.
resource jumpboxNsg 'Microsoft.Network/networkSecurityGroups@2025-01-01' = if (hasJumpbox(swarm)) {
  name: '${swarm.name}-jumpbox'
  location: location
  tags: tags
  properties: {
    securityRules: concat(
      empty(swarm.jumpbox.?sources ?? [])
        ? []
        : [
            {
              name: 'ssh'
              properties: {
                description: 'From where operators come.'
                priority: 100
                direction: 'Inbound'
                access: 'Allow'
                protocol: 'Tcp'
                sourceAddressPrefix: length(swarm.jumpbox.?sources ?? []) == 1 ? swarm.jumpbox.sources[0] : null
                sourceAddressPrefixes: length(swarm.jumpbox.?sources ?? []) == 1 ? null : swarm.jumpbox.?sources
                sourcePortRange: '*'
                destinationAddressPrefix: '*'
                destinationPortRange: '22'
              }
            }
          ],
      [
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
    )
  }
}

// What Azure demands of the subnet of a Bastion, with the sources narrowed.
resource bastionNsg 'Microsoft.Network/networkSecurityGroups@2025-01-01' = if (isNew && hasBastion(swarm)) {
  name: '${swarm.name}-bastion'
  location: location
  tags: tags
  properties: {
    securityRules: [
      {
        name: 'operators'
        properties: {
          description: 'From where operators come.'
          priority: 100
          direction: 'Inbound'
          access: 'Allow'
          protocol: 'Tcp'
          sourceAddressPrefix: length(swarm.jumpbox.?sources ?? []) == 1 ? swarm.jumpbox.sources[0] : null
          sourceAddressPrefixes: length(swarm.jumpbox.?sources ?? []) == 1 ? null : swarm.jumpbox.?sources
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '443'
        }
      }
      {
        name: 'gateway-manager'
        properties: {
          description: 'Azure controls the Bastion.'
          priority: 110
          direction: 'Inbound'
          access: 'Allow'
          protocol: 'Tcp'
          sourceAddressPrefix: 'GatewayManager'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '443'
        }
      }
      {
        name: 'probes'
        properties: {
          description: 'Azure looks whether the Bastion is alive.'
          priority: 120
          direction: 'Inbound'
          access: 'Allow'
          protocol: 'Tcp'
          sourceAddressPrefix: 'AzureLoadBalancer'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '443'
        }
      }
      {
        name: 'among-instances'
        properties: {
          description: 'The instances of the Bastion talk to each other.'
          priority: 130
          direction: 'Inbound'
          access: 'Allow'
          protocol: '*'
          sourceAddressPrefix: 'VirtualNetwork'
          sourcePortRange: '*'
          destinationAddressPrefix: 'VirtualNetwork'
          destinationPortRanges: ['8080', '5701']
        }
      }
      {
        name: 'sessions'
        properties: {
          description: 'The sessions themselves.'
          priority: 100
          direction: 'Outbound'
          access: 'Allow'
          protocol: '*'
          sourceAddressPrefix: '*'
          sourcePortRange: '*'
          destinationAddressPrefix: 'VirtualNetwork'
          destinationPortRanges: ['22', '3389']
        }
      }
      {
        name: 'azure'
        properties: {
          description: 'Diagnostics and control.'
          priority: 110
          direction: 'Outbound'
          access: 'Allow'
          protocol: 'Tcp'
          sourceAddressPrefix: '*'
          sourcePortRange: '*'
          destinationAddressPrefix: 'AzureCloud'
          destinationPortRange: '443'
        }
      }
      {
        name: 'to-instances'
        properties: {
          description: 'The instances of the Bastion talk to each other.'
          priority: 120
          direction: 'Outbound'
          access: 'Allow'
          protocol: '*'
          sourceAddressPrefix: 'VirtualNetwork'
          sourcePortRange: '*'
          destinationAddressPrefix: 'VirtualNetwork'
          destinationPortRanges: ['8080', '5701']
        }
      }
      {
        name: 'certificates'
        properties: {
          description: 'Certificates are checked.'
          priority: 130
          direction: 'Outbound'
          access: 'Allow'
          protocol: '*'
          sourceAddressPrefix: '*'
          sourcePortRange: '*'
          destinationAddressPrefix: 'Internet'
          destinationPortRange: '80'
        }
      }
    ]
  }
}

// Under these addresses the nodes appear in the internet.
resource natAddress 'Microsoft.Network/publicIPAddresses@2025-01-01' = [
  for i in range(0, hasNat ? swarm.network.nat.addresses : 0): {
    name: '${swarm.name}-nat-${i}'
    location: location
    tags: tags
    zones: addressZones(swarm)
    sku: { name: swarm.network.nat.sku, tier: 'Regional' }
    properties: {
      publicIPAllocationMethod: 'Static'
      publicIPAddressVersion: 'IPv4'
    }
  }
]

// Machines without a public address reach the internet only through this gateway.
resource nat 'Microsoft.Network/natGateways@2025-01-01' = if (hasNat) {
  name: '${swarm.name}-nat'
  location: location
  tags: tags
  zones: swarm.network.nat.sku == 'StandardV2' ? addressZones(swarm) : null
  sku: { name: swarm.network.nat.sku }
  properties: {
    idleTimeoutInMinutes: swarm.network.nat.idleTimeout
    publicIpAddresses: [for i in range(0, hasNat ? swarm.network.nat.addresses : 0): { id: natAddress[i].id }]
  }
}

// The network of the nodes; no subnet has a way out of its own.
resource vnet 'Microsoft.Network/virtualNetworks@2025-01-01' = if (isNew) {
  name: '${swarm.name}-vnet'
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: [swarm.network.prefix] }
    dhcpOptions: empty(swarm.network.dnsServers) ? null : { dnsServers: swarm.network.dnsServers }
    subnets: concat(
      [
        {
          name: 'managers'
          properties: {
            addressPrefix: managersPrefix(swarm)
            defaultOutboundAccess: false
            networkSecurityGroup: { id: managersNsg.id }
            natGateway: hasNat ? { id: nat.id } : null
            serviceEndpoints: empty(serviceEndpoints) ? null : serviceEndpoints
          }
        }
        {
          name: 'workers'
          properties: {
            addressPrefix: workersPrefix(swarm)
            defaultOutboundAccess: false
            networkSecurityGroup: { id: workersNsg.id }
            natGateway: hasNat ? { id: nat.id } : null
            serviceEndpoints: empty(serviceEndpoints) ? null : serviceEndpoints
          }
        }
      ],
      map(poolsWithSubnet(swarm), pool => {
        name: 'pool-${pool.key}'
        properties: {
          addressPrefix: poolPrefix(swarm, pool.value)
          defaultOutboundAccess: false
          networkSecurityGroup: { id: workersNsg.id }
          natGateway: hasNat ? { id: nat.id } : null
          serviceEndpoints: empty(serviceEndpoints) ? null : serviceEndpoints
        }
      }),
      hasJumpbox(swarm)
        ? [
            {
              name: 'jumpbox'
              properties: {
                addressPrefix: jumpboxPrefix(swarm)
                defaultOutboundAccess: false
                networkSecurityGroup: { id: jumpboxNsg.id }
                natGateway: hasNat ? { id: nat.id } : null
                serviceEndpoints: swarm.vault.network == 'subnets' ? [{ service: 'Microsoft.KeyVault' }] : null
              }
            }
          ]
        : [],
      hasBastion(swarm)
        ? [
            {
              name: 'AzureBastionSubnet'
              properties: {
                addressPrefix: bastionPrefix(swarm)
                networkSecurityGroup: { id: bastionNsg.id }
              }
            }
          ]
        : [],
      hasEndpoints(swarm)
        ? [
            {
              name: 'endpoints'
              properties: {
                addressPrefix: endpointsPrefix(swarm)
                defaultOutboundAccess: false
                privateEndpointNetworkPolicies: 'Disabled'
              }
            }
          ]
        : []
    )
  }
}

// The network is not deleted by accident.
resource vnetLock 'Microsoft.Authorization/locks@2020-05-01' = if (isNew && contains(swarm.locks, 'network')) {
  scope: vnet
  name: '${swarm.name}-network'
  properties: {
    level: 'CanNotDelete'
    notes: 'All machines of the swarm are in this network.'
  }
}

// The addresses under which the swarm is known outside are not lost by accident.
resource natAddressLock 'Microsoft.Authorization/locks@2020-05-01' = [
  for i in range(0, hasNat && contains(swarm.locks, 'addresses') ? swarm.network.nat.addresses : 0): {
    scope: natAddress[i]
    name: '${swarm.name}-nat-${i}'
    properties: {
      level: 'CanNotDelete'
      notes: 'Others may let the swarm in under this address.'
    }
  }
]

// The network of the nodes was there before.
var existingVnetId = isNew
  ? ''
  : swarm.network.?resourceGroup == null
      ? resourceId('Microsoft.Network/virtualNetworks', swarm.network.name)
      : resourceId(swarm.network.resourceGroup!, 'Microsoft.Network/virtualNetworks', swarm.network.name)

output vnetId string = isNew ? vnet.id : existingVnetId
output managersNsgId string = managersNsg.id
output workersNsgId string = workersNsg.id
output jumpboxNsgId string = hasJumpbox(swarm) ? jumpboxNsg.id : ''
