// plan.bicep: what follows from the description alone: tags, addresses, choices that several files need.
import { Swarm, Pool, Port, Zone } from 'swarm.bicep'

@export()
@description('Tags of every resource.')
func tagsOf(swarm Swarm) object => union({ swarm: swarm.name }, swarm.tags)

@export()
@description('Tags of machines and what belongs to them.')
func machineTags(swarm Swarm, role string, more object) object =>
  union({ swarm: swarm.name, role: role }, swarm.tags, more)

// Whatever zones the machines are in: an address of one zone could be attached only to machines of that zone.
@export()
@description('Zones of public addresses and of what stands before the nodes: all, or none.')
func addressZones(swarm Swarm) string[]? => empty(swarm.zones) ? null : ['1', '2', '3']

@export()
@description('Zones of machines that say none of their own; null for none.')
func zonesOf(swarm Swarm, own Zone[]?) string[]? => empty(own ?? swarm.zones) ? null : own ?? swarm.zones

@export()
@description('Zone of one manager; null for none.')
func managerZone(swarm Swarm, index int) string[]? =>
  swarm.managers.availability != 'zones' || empty(swarm.managers.?zones ?? swarm.zones)
    ? null
    : [(swarm.managers.?zones ?? swarm.zones)[index % length(swarm.managers.?zones ?? swarm.zones)]]

// Names that Azure must know the world over. Machines are told them before the vault and the account are there.
// A vault's name has no two hyphens in a row.
@export()
@description('Name of the key vault.')
func vaultNameOf(swarm Swarm) string =>
  swarm.vault.?name ?? '${take(swarm.name, endsWith(take(swarm.name, 10), '-') ? 9 : 10)}-${uniqueString(resourceGroup().id)}'

@export()
@description('Name of the storage account.')
func accountNameOf(swarm Swarm) string =>
  swarm.storage.?name ?? '${take(replace(swarm.name, '-', ''), 11)}${uniqueString(resourceGroup().id)}'

// An empty list is decided here; what a list with operators means is known once somebody deploys. IDs are in lower case
// wherever roles are given, as deployer() says them: one person, one name of the assignment.
@export()
@description('Whether who deploys reads secrets for that reason: not where operators, among whom they are, read them anyway.')
func deployerReads(swarm Swarm) bool =>
  swarm.access.deployer && (empty(swarm.access.operators) || !contains(
    map(swarm.access.operators, operator => toLower(operator.id)),
    deployer().objectId
  ))

// ---------------------------------------------------------------------------------------------- addresses

@export()
@description('Whether the swarm makes its network.')
func makesNetwork(swarm Swarm) bool => swarm.network.kind == 'new'

@export()
@description('Whether there is a machine as jumpbox.')
func hasJumpbox(swarm Swarm) bool => contains(['linux', 'windows'], swarm.jumpbox.kind)

@export()
@description('Whether there is a Bastion with a subnet and an address of its own.')
func hasBastion(swarm Swarm) bool => swarm.jumpbox.kind == 'bastion' && swarm.jumpbox.sku != 'Developer'

@export()
@description('Whether SSH clients reach nodes through a Bastion; through the others only the portal does.')
func hasNativeBastion(swarm Swarm) bool =>
  swarm.jumpbox.kind == 'bastion' && contains(['Standard', 'Premium'], swarm.jumpbox.sku)

@export()
@description('Whether anything is reached by a private endpoint.')
func hasEndpoints(swarm Swarm) bool =>
  swarm.vault.network == 'private' || (swarm.storage.enabled && swarm.storage.network == 'private')

@export()
@description('Whether any machine runs Windows.')
func hasWindows(swarm Swarm) bool =>
  swarm.managers.os == 'windows' || swarm.jumpbox.kind == 'windows' || !empty(filter(
    items(swarm.workers),
    pool => pool.value.os == 'windows'
  ))

@export()
@description('Whether Portainer is deployed.')
func hasPortainer(swarm Swarm) bool => swarm.stack.enabled && swarm.stack.portainer.enabled

@export()
@description('Whether copies of the swarm\'s state are kept.')
func hasBackup(swarm Swarm) bool => swarm.backup.?enabled ?? swarm.storage.enabled

@export()
@description('Addresses of the managers\' subnet.')
func managersPrefix(swarm Swarm) string =>
  swarm.network.kind == 'new'
    ? swarm.network.subnets.?managers ?? cidrSubnet(swarm.network.prefix, 24, 0)
    : swarm.network.subnets.managers.prefix

@export()
@description('Addresses of the workers\' common subnet.')
func workersPrefix(swarm Swarm) string =>
  swarm.network.kind == 'new'
    ? swarm.network.subnets.?workers ?? cidrSubnet(swarm.network.prefix, 22, 1)
    : swarm.network.subnets.workers.prefix

@export()
@description('Addresses of the subnet of one pool.')
func poolPrefix(swarm Swarm, pool Pool) string =>
  pool.?subnet == null
    ? workersPrefix(swarm)
    : swarm.network.kind == 'new' ? pool.subnet! : swarm.network.subnets.more[pool.subnet!].prefix

@export()
@description('Name of the subnet of one pool.')
func poolSubnet(swarm Swarm, key string, pool Pool) string =>
  swarm.network.kind == 'new'
    ? (pool.?subnet == null ? 'workers' : 'pool-${key}')
    : (pool.?subnet == null ? swarm.network.subnets.workers.name : swarm.network.subnets.more[pool.subnet!].name)

@export()
@description('Addresses of the jumpbox\'s subnet.')
func jumpboxPrefix(swarm Swarm) string =>
  swarm.network.kind == 'new'
    ? swarm.network.subnets.?jumpbox ?? cidrSubnet(swarm.network.prefix, 24, 1)
    : swarm.network.subnets.?jumpbox.?prefix ?? managersPrefix(swarm)

@export()
@description('Addresses of the subnet of Azure Bastion.')
func bastionPrefix(swarm Swarm) string =>
  swarm.network.kind == 'new'
    ? swarm.network.subnets.?bastion ?? cidrSubnet(swarm.network.prefix, 26, 8)
    : swarm.network.subnets.?bastion.?prefix ?? managersPrefix(swarm)

@export()
@description('Addresses of the subnet of private endpoints.')
func endpointsPrefix(swarm Swarm) string =>
  swarm.network.kind == 'new'
    ? swarm.network.subnets.?endpoints ?? cidrSubnet(swarm.network.prefix, 24, 3)
    : swarm.network.subnets.?endpoints.?prefix ?? managersPrefix(swarm)

@export()
@description('Pools that have a subnet of their own, as items.')
func poolsWithSubnet(swarm Swarm) array => filter(items(swarm.workers), pool => pool.value.?subnet != null)

@export()
@description('Address ranges of all nodes.')
func nodePrefixes(swarm Swarm) string[] =>
  union(
    [managersPrefix(swarm), workersPrefix(swarm)],
    map(poolsWithSubnet(swarm), pool => poolPrefix(swarm, pool.value))
  )

// Hosts .4 and up: Azure keeps the first three for itself.
@export()
@description('Fixed addresses of the managers.')
func managerAddresses(swarm Swarm) string[] =>
  swarm.managers.?addresses ?? map(range(0, swarm.managers.count), i => cidrHost(managersPrefix(swarm), 3 + i))

// A Bastion without a subnet of its own (Developer) comes from the address by which Azure's host speaks to machines.
@export()
@description('From where operators reach nodes over SSH; empty for nowhere.')
func sshPrefixes(swarm Swarm) string[] =>
  hasJumpbox(swarm)
    ? [jumpboxPrefix(swarm)]
    : hasBastion(swarm) ? [bastionPrefix(swarm)] : swarm.jumpbox.kind == 'bastion' ? ['168.63.129.16'] : []

// ---------------------------------------------------------------------------------------------- ingress

@description('A probe of the load balancer.')
type Probe = {
  @description('Its name.')
  name: string
  @description('How it asks.')
  protocol: 'Tcp' | 'Http'
  @description('Which port.')
  port: int
  @description('What it asks for over HTTP.')
  path: string?
}

@description('What the probe of a port is, where the description leaves it open.')
func probeKind(swarm Swarm, port Port) string =>
  port.?probe ?? (port.protocol == 'Udp'
    ? 'manager'
    : swarm.stack.enabled && contains([80, 443], port.port) ? 'ping' : 'tcp')

// Traefik answers on its own port while it can serve, and says 503 while it stops.
@export()
@description('The probe that finds the managers which can serve a port.')
func probeOf(swarm Swarm, port Port) Probe =>
  probeKind(swarm, port) == 'ping'
    ? { name: 'ping', protocol: 'Http', port: pingPort, path: '/ping' }
    : probeKind(swarm, port) == 'tcp'
        ? { name: 'tcp-${port.port}', protocol: 'Tcp', port: port.port }
        : { name: 'manager', protocol: 'Tcp', port: 2377 }

@export()
@description('All probes, each once.')
func probesOf(swarm Swarm) Probe[] => union(map(swarm.ingress.ports, port => probeOf(swarm, port)), [])

// ---------------------------------------------------------------------------------------------- nodes

@export()
@description('The port on which a node says, on the machine itself, whether it is healthy.')
var healthPort = 8765

@export()
@description('What is asked there.')
var healthPath = '/health'

@export()
@description('Whether somebody is told when something is wrong.')
func hasAlerts(swarm Swarm) bool =>
  swarm.monitoring.enabled && (swarm.monitoring.alerts.?enabled ?? swarm.?contact != null)

@export()
@description('Name of the subnet of private endpoints.')
func endpointsSubnet(swarm Swarm) string =>
  swarm.network.kind == 'new' ? 'endpoints' : swarm.network.subnets.?endpoints.?name ?? ''

@export()
@description('Names of the subnets with nodes.')
func subnetsWithNodes(swarm Swarm) string[] =>
  union(
    swarm.network.kind == 'new'
      ? ['managers', 'workers']
      : [swarm.network.subnets.managers.name, swarm.network.subnets.workers.name],
    map(poolsWithSubnet(swarm), pool => poolSubnet(swarm, pool.key, pool.value))
  )

@export()
@description('Names of the subnets with machines: those with nodes, and the jumpbox\'s.')
func subnetsWithMachines(swarm Swarm) string[] =>
  union(
    subnetsWithNodes(swarm),
    hasJumpbox(swarm) ? [swarm.network.kind == 'new' ? 'jumpbox' : swarm.network.subnets.?jumpbox.?name ?? ''] : []
  )

@export()
@description('The port on which Traefik says whether it can serve.')
var pingPort = 8082

// stack/versions.json holds it too.
@export()
@description('SHA-256 of the engine\'s archive for Windows; empty if it is not known.')
func windowsEngineSha256(swarm Swarm) string =>
  swarm.engine.?windowsSha256 ?? (swarm.engine.version == '28.5.2'
    ? 'be76f32e6d92f4d3c64b8eb5e0e86e9597c00eb75ee41b5cc23e7674c5514810'
    : '')
