@description('Where everything is made.')
param location string = resourceGroup().location

@description('Name of the administrator on every machine. Cannot be changed later.')
@minLength(1)
@maxLength(20)
param adminUsername string = 'swarm'

@description('Public SSH key that every machine is born with. Cannot be changed later; the operators\' own keys are a secret in the vault and can.')
@minLength(1)
param sshKey string

@description('Number of machines now, of pool web.')
param webCapacity int = 2

@description('First password of Portainer\'s administrator; made at the first deployment and kept in the vault from then on.')
@secure()
param portainerPassword string = newGuid()

@description('Secret by which Portainer and its agents know each other; made at the first deployment and kept in the vault from then on.')
@secure()
param agentSecret string = newGuid()

// The loader is all that customData holds: Azure lets nobody change it. It fetches the node program from userData.
var linuxLoader = loadFileAsBase64('scripts/cloud-init/loader.yaml')
var linuxProgram = loadTextContent('scripts/cloud-init/node.sh')

var officer = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7')
var user = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')

// Who may reach the managers.
resource managersNsg 'Microsoft.Network/networkSecurityGroups@2026-03-01' = {
  name: 'acme-managers'
  location: location
  tags: { swarm: 'acme' }
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
resource workersNsg 'Microsoft.Network/networkSecurityGroups@2026-03-01' = {
  name: 'acme-workers'
  location: location
  tags: { swarm: 'acme' }
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

// Under these addresses the nodes appear in the internet.
resource natAddress0 'Microsoft.Network/publicIPAddresses@2026-03-01' = {
  name: 'acme-nat-0'
  location: location
  tags: { swarm: 'acme' }
  zones: ['1', '2', '3']
  sku: { name: 'Standard', tier: 'Regional' }
  properties: {
    publicIPAllocationMethod: 'Static'
    publicIPAddressVersion: 'IPv4'
  }
}

// Machines without a public address reach the internet only through this gateway.
resource nat 'Microsoft.Network/natGateways@2026-03-01' = {
  name: 'acme-nat'
  location: location
  tags: { swarm: 'acme' }
  sku: { name: 'Standard' }
  properties: {
    idleTimeoutInMinutes: 10
    publicIpAddresses: [{ id: natAddress0.id }]
  }
}

// The network of the nodes; no subnet has a way out of its own.
resource vnet 'Microsoft.Network/virtualNetworks@2026-03-01' = {
  name: 'acme-vnet'
  location: location
  tags: { swarm: 'acme' }
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
    ]
  }
}

// The address of the swarm; its DNS name stays when the address is made anew.
resource ingressAddress 'Microsoft.Network/publicIPAddresses@2026-03-01' = {
  name: 'acme-ingress'
  location: location
  tags: { swarm: 'acme' }
  zones: ['1', '2', '3']
  sku: { name: 'Standard', tier: 'Regional' }
  properties: {
    publicIPAllocationMethod: 'Static'
    publicIPAddressVersion: 'IPv4'
    idleTimeoutInMinutes: 30
    dnsSettings: { domainNameLabel: 'acme-${uniqueString(resourceGroup().id)}' }
  }
}

// Spreads what comes in over the managers that can serve it.
resource ingress 'Microsoft.Network/loadBalancers@2026-03-01' = {
  name: 'acme-ingress'
  location: location
  tags: { swarm: 'acme' }
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
            id: resourceId('Microsoft.Network/loadBalancers/frontendIPConfigurations', 'acme-ingress', 'public')
          }
          backendAddressPool: {
            id: resourceId('Microsoft.Network/loadBalancers/backendAddressPools', 'acme-ingress', 'managers')
          }
          probe: { id: resourceId('Microsoft.Network/loadBalancers/probes', 'acme-ingress', 'ping') }
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
            id: resourceId('Microsoft.Network/loadBalancers/frontendIPConfigurations', 'acme-ingress', 'public')
          }
          backendAddressPool: {
            id: resourceId('Microsoft.Network/loadBalancers/backendAddressPools', 'acme-ingress', 'managers')
          }
          probe: { id: resourceId('Microsoft.Network/loadBalancers/probes', 'acme-ingress', 'ping') }
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
  name: 'acme-manager'
  location: location
  tags: { swarm: 'acme' }
}

// Who the workers are: they may join, and read what workers need.
resource workerIdentity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'acme-worker'
  location: location
  tags: { swarm: 'acme' }
}

// Holds all secrets of the swarm.
resource vault 'Microsoft.KeyVault/vaults@2026-05-15' = {
  name: 'acme-${uniqueString(resourceGroup().id)}'
  location: location
  tags: { swarm: 'acme' }
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    softDeleteRetentionInDays: 7
  }
}

// Who has it becomes a worker. `-` until the first manager stores the real one; never overwritten.
@onlyIfNotExists()
resource workerToken 'Microsoft.KeyVault/vaults/secrets@2026-05-15' = {
  parent: vault
  name: 'swarm-worker-token'
  tags: { swarm: 'acme' }
  properties: { value: '-' }
}

// Who has it becomes a manager. `-` until the first manager stores the real one; never overwritten.
@onlyIfNotExists()
resource managerToken 'Microsoft.KeyVault/vaults/secrets@2026-05-15' = {
  parent: vault
  name: 'swarm-manager-token'
  tags: { swarm: 'acme' }
  properties: { value: '-' }
}

// Made at the first deployment, and kept from then on.
@onlyIfNotExists()
resource portainer 'Microsoft.KeyVault/vaults/secrets@2026-05-15' = {
  parent: vault
  name: 'portainer-password'
  tags: { swarm: 'acme' }
  properties: { value: portainerPassword }
}

// Made at the first deployment, and kept from then on.
@onlyIfNotExists()
resource agent 'Microsoft.KeyVault/vaults/secrets@2026-05-15' = {
  parent: vault
  name: 'portainer-agent-secret'
  tags: { swarm: 'acme' }
  properties: { value: agentSecret }
}

// Managers store the token, and read it.
resource managerWritesWorkerToken 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: workerToken
  name: guid(workerToken.id, managerIdentity.id, officer)
  properties: {
    principalId: managerIdentity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: officer
  }
}

// Managers store the token, and read it.
resource managerWritesManagerToken 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: managerToken
  name: guid(managerToken.id, managerIdentity.id, officer)
  properties: {
    principalId: managerIdentity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: officer
  }
}

// Workers read the token by which they join.
resource workerReadsWorkerToken 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: workerToken
  name: guid(workerToken.id, workerIdentity.id, user)
  properties: {
    principalId: workerIdentity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: user
  }
}

// The address by which the other nodes know the manager.
resource manager0Nic 'Microsoft.Network/networkInterfaces@2026-03-01' = {
  name: 'acme-manager-0'
  location: location
  tags: { swarm: 'acme', role: 'manager' }
  properties: {
    ipConfigurations: [
      {
        name: 'ip'
        properties: {
          subnet: { id: '${vnet.id}/subnets/managers' }
          privateIPAllocationMethod: 'Static'
          privateIPAddress: '10.0.0.4'
          loadBalancerBackendAddressPools: [{ id: '${ingress.id}/backendAddressPools/managers' }]
        }
      }
    ]
  }
  dependsOn: [
    agent
    managerWritesManagerToken
    managerWritesWorkerToken
    portainer
    workerReadsWorkerToken
  ]
}

// Docker's data, and with them the manager's part of the swarm's state.
resource manager0Disk 'Microsoft.Compute/disks@2026-03-02' = {
  name: 'acme-manager-0-data'
  location: location
  tags: { swarm: 'acme', role: 'manager' }
  zones: ['1']
  sku: { name: 'Premium_LRS' }
  properties: {
    creationData: { createOption: 'Empty' }
    diskSizeGB: 64
    networkAccessPolicy: 'DenyAll'
    publicNetworkAccess: 'Disabled'
  }
  dependsOn: [
    agent
    ingress
    managerWritesManagerToken
    managerWritesWorkerToken
    portainer
    vnet
    workerReadsWorkerToken
  ]
}

// Runs the swarm itself, and what comes in from the outside.
resource manager0 'Microsoft.Compute/virtualMachines@2026-04-01' = {
  name: 'acme-manager-0'
  location: location
  tags: { swarm: 'acme', role: 'manager' }
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
        publisher: 'Canonical'
        offer: 'ubuntu-24_04-lts'
        sku: 'server'
        version: 'latest'
      }
      osDisk: {
        name: 'acme-manager-0-os'
        createOption: 'FromImage'
        deleteOption: 'Delete'
        caching: 'ReadWrite'
        managedDisk: { storageAccountType: 'Premium_LRS' }
      }
      dataDisks: [
        {
          lun: 0
          createOption: 'Attach'
          deleteOption: 'Detach'
          caching: 'ReadOnly'
          managedDisk: { id: manager0Disk.id }
        }
      ]
    }
    osProfile: {
      computerName: 'acme-manager-0'
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
    networkProfile: { networkInterfaces: [{ id: manager0Nic.id, properties: { deleteOption: 'Delete' } }] }
    diagnosticsProfile: { bootDiagnostics: { enabled: true } }
    userData: base64(string({
      role: 'manager'
      swarm: 'acme'
      vault: vault.properties.vaultUri
      managers: ['10.0.0.4']
      debug: false
      identity: managerIdentity.properties.clientId
      addressPool: '10.10.0.0/16'
      subnetSize: 24
      engine: '28.5.2'
      labels: {}
      images: []
      evictImagesAt: 80
      scripts: { before: [], after: [] }
      program: linuxProgram
    }))
  }
}

// Machines of one kind that do the work. They are made alike, and join the swarm by themselves.
resource poolWeb 'Microsoft.Compute/virtualMachineScaleSets@2026-04-01' = {
  name: 'acme-web'
  location: location
  tags: { swarm: 'acme', role: 'worker', pool: 'web' }
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
    upgradePolicy: { mode: 'Manual' }
    automaticRepairsPolicy: {
      enabled: true
      gracePeriod: 'PT30M'
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
          managedDisk: { storageAccountType: 'Premium_LRS' }
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
        computerNamePrefix: 'acme-web-'
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
          // The node program says on a local port whether the machine is a healthy node.
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
                gracePeriod: 1800
              }
            }
          }
        ]
      }
      userData: base64(string({
        role: 'worker'
        pool: 'web'
        swarm: 'acme'
        vault: vault.properties.vaultUri
        managers: ['10.0.0.4']
        debug: false
        identity: workerIdentity.properties.clientId
        engine: '28.5.2'
        labels: { pool: 'web' }
        images: []
        evictImagesAt: 80
        scripts: { before: [], after: [] }
        program: linuxProgram
      }))
    }
  }
  dependsOn: [
    agent
    managerWritesManagerToken
    managerWritesWorkerToken
    portainer
    workerReadsWorkerToken
  ]
}

@description('The vault with all secrets.')
output vault string = vault.name
