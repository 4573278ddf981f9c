// bastion.bicep: Azure Bastion, through which operators reach the nodes without a machine or address of their own.
import { Swarm } from 'swarm.bicep'
import { addressZones, hasBastion, hasNativeBastion, tagsOf } from 'plan.bicep'

param swarm Swarm
param location string
param vnetId string

var tags = tagsOf(swarm)
var sku = swarm.jumpbox.?sku ?? 'Standard'
var ownSubnet = hasBastion(swarm)
var native = hasNativeBastion(swarm)

// Operators' browsers and SSH clients connect to this address.
resource bastionAddress 'Microsoft.Network/publicIPAddresses@2025-01-01' = if (ownSubnet) {
  name: '${swarm.name}-bastion'
  location: location
  tags: tags
  zones: addressZones(swarm)
  sku: { name: 'Standard', tier: 'Regional' }
  properties: {
    publicIPAllocationMethod: 'Static'
    publicIPAddressVersion: 'IPv4'
  }
}

// The way in for operators: who may use it is decided by their roles in Azure.
resource bastion 'Microsoft.Network/bastionHosts@2025-01-01' = {
  name: '${swarm.name}-bastion'
  location: location
  tags: tags
  sku: { name: sku }
  properties: {
    virtualNetwork: ownSubnet ? null : { id: vnetId }
    enableTunneling: native ? true : null
    enableIpConnect: native ? true : null
    ipConfigurations: ownSubnet
      ? [
          {
            name: 'ip'
            properties: {
              privateIPAllocationMethod: 'Dynamic'
              publicIPAddress: { id: bastionAddress.id }
              subnet: { id: '${vnetId}/subnets/AzureBastionSubnet' }
            }
          }
        ]
      : null
  }
}

output name string = bastion.name
