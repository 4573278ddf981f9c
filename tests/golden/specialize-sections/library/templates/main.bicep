import { Swarm } from 'swarm.bicep'

@export()
func sections() { *: string } => {
  pool: 'pool *'
  disk: 'managers'
}

param swarm Swarm

resource disk 'Microsoft.Compute/disks@2024-03-02' = [
  for i in range(0, 2): {
    name: 'disk${i}'
    location: 'westeurope'
    properties: { creationData: { createOption: 'Empty' }, diskSizeGB: 32 }
  }
]

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: swarm.name
}

resource secret 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = {
  parent: vault
  name: 'one'
  properties: { value: 'x' }
}

module pool 'pool.bicep' = [
  for entry in items(swarm.pools): {
    params: { name: entry.key, count: entry.value.count }
  }
]
