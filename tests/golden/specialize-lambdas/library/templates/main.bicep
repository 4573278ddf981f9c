import { Swarm } from 'swarm.bicep'

param swarm Swarm

param location string = resourceGroup().location
param sshKeys string[]
param key string

func line(name string, value string) string => '${name}=${value}'
func boxed(where string) string => string({ where: where })
func lines(keys string[], owner string) array => map(keys, key => { owner: owner, key: key, port: 22 })

var ports = map(range(0, length(swarm.ports)), i => { name: 'port-${i}', port: swarm.ports[i] })
var byName = toObject(ports, port => port.name, port => port.port)

resource node 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: '${swarm.name}${key}'
  location: location
  tags: {
    labels: join(map(items(swarm.labels), label => line(label.key, label.value)), ',')
    mixed: join(concat(map(swarm.ports, port => string(port)), [location]), ',')
    ports: string(byName)
    second: string(byName['port-1'])
    sum: string(reduce(swarm.ports, 0, (sum, port) => sum + port))
    sorted: string(sort(swarm.ports, (a, b) => a > b))
    keys: string(map(sshKeys, (entry, i) => '${i}: ${swarm.name} ${entry}'))
    lines: string(lines(sshKeys, key))
    some: string(filter(sshKeys, key => startsWith(key, 'ssh-') && length(swarm.ports) == 2))
    groups: string(groupBy(swarm.ports, port => port > 100 ? 'high' : 'low'))
    merged: string(union({ a: { x: 1 } }, { a: { y: location } }, { b: 2 }))
    flat: string(flatten([swarm.ports, [length(location)], sshKeys]))
    named: '${swarm.name}: ${boxed(location)}'
    ternary: length(key) > 3 ? '${key}-${swarm.name}' : swarm.name
  }
}
