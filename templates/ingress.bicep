// ingress.bicep: the public address of the swarm and the load balancer that spreads what comes in over the managers.
import { Swarm } from 'swarm.bicep'
import { addressZones, probeOf, probesOf, tagsOf } from 'plan.bicep'

param swarm Swarm
param location string

var tags = tagsOf(swarm)
var balancerName = '${swarm.name}-ingress'

// The address of the swarm; its DNS name stays when the address is made anew.
resource ingressAddress 'Microsoft.Network/publicIPAddresses@2025-01-01' = {
  name: '${swarm.name}-ingress'
  location: location
  tags: tags
  zones: addressZones(swarm)
  sku: { name: 'Standard', tier: 'Regional' }
  properties: {
    publicIPAllocationMethod: 'Static'
    publicIPAddressVersion: 'IPv4'
    idleTimeoutInMinutes: swarm.ingress.idleTimeout
    dnsSettings: {
      domainNameLabel: swarm.ingress.?dnsLabel ?? '${swarm.name}-${uniqueString(resourceGroup().id)}'
    }
  }
}

// The address of the swarm is not lost by accident.
resource ingressAddressLock 'Microsoft.Authorization/locks@2020-05-01' = if (contains(swarm.locks, 'addresses')) {
  scope: ingressAddress
  name: '${swarm.name}-ingress'
  properties: {
    level: 'CanNotDelete'
    notes: 'The names of the swarm point to this address.'
  }
}

// Spreads what comes in over the managers that can serve it.
resource ingress 'Microsoft.Network/loadBalancers@2025-01-01' = {
  name: balancerName
  location: location
  tags: tags
  sku: { name: 'Standard', tier: 'Regional' }
  properties: {
    frontendIPConfigurations: [
      {
        name: 'public'
        properties: { publicIPAddress: { id: ingressAddress.id } }
      }
    ]
    backendAddressPools: [{ name: 'managers' }]
    probes: map(probesOf(swarm), probe => {
      name: probe.name
      properties: {
        protocol: probe.protocol
        port: probe.port
        requestPath: probe.?path
        intervalInSeconds: swarm.ingress.probeInterval
        probeThreshold: swarm.ingress.probeThreshold
      }
    })
    loadBalancingRules: map(swarm.ingress.ports, port => {
      name: '${toLower(port.protocol)}-${port.port}'
      properties: {
        protocol: port.protocol
        frontendPort: port.port
        backendPort: port.port
        frontendIPConfiguration: {
          id: resourceId('Microsoft.Network/loadBalancers/frontendIPConfigurations', balancerName, 'public')
        }
        backendAddressPool: {
          id: resourceId('Microsoft.Network/loadBalancers/backendAddressPools', balancerName, 'managers')
        }
        probe: { id: resourceId('Microsoft.Network/loadBalancers/probes', balancerName, probeOf(swarm, port).name) }
        idleTimeoutInMinutes: swarm.ingress.idleTimeout
        enableTcpReset: port.protocol == 'Tcp'
        disableOutboundSnat: true
      }
    })
  }
}

output backendPoolId string = '${ingress.id}/backendAddressPools/managers'
output address string = ingressAddress.properties.ipAddress
output hostName string = ingressAddress.properties.dnsSettings.fqdn
output balancerId string = ingress.id
output balancerName string = ingress.name
