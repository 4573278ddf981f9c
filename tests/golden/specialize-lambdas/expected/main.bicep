param location string = resourceGroup().location

param sshKeys string[]

param key string

var text = string({ where: location })

resource node 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'acme${key}'
  location: location
  tags: {
    labels: 'tier=front,zone=a'
    mixed: '80,443,${location}'
    ports: string({ 'port-0': 80, 'port-1': 443 })
    second: '443'
    sum: '523'
    sorted: string([443, 80])
    keys: string(map(sshKeys, (entry, i) => '${i}: acme ${entry}'))
    lines: string(map(sshKeys, key2 => { owner: key, key: key2, port: 22 }))
    some: string(filter(sshKeys, key2 => startsWith(key2, 'ssh-')))
    groups: string({ low: [80], high: [443] })
    merged: string({ a: { x: 1, y: location }, b: 2 })
    flat: string(flatten([[80, 443], [length(location)], sshKeys]))
    named: 'acme: ${text}'
    ternary: length(key) > 3 ? '${key}-acme' : 'acme'
  }
}
