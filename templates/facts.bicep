// facts.bicep: what a machine is told about itself and its swarm, beside its program, in its user data. It reads them
// again at each boot, so all of it may change; nothing of it is secret. docs/node-facts.md describes the shape.
// What does not apply is left out, never null.
import { Script, Scripts, Swarm } from 'swarm.bicep'
import { accountNameOf, hasBackup, managerAddresses, vaultNameOf, windowsEngineSha256 } from 'plan.bicep'
import { secretNames } from 'roles.bicep'

@description('Address of a vault in this cloud.')
func vaultUri(name string) string => 'https://${name}${environment().suffixes.keyvaultDns}/'

@export()
@description('Where a secret of the user is: its name in the swarm\'s vault, or its address in another.')
func secretOf(swarm Swarm, name string) string =>
  swarm.secrets[name].kind == 'vault'
    ? '${vaultUri(split(swarm.secrets[name].vault, '/')[8])}secrets/${swarm.secrets[name].?name ?? name}'
    : name

@description('One script as the node program reads it.')
func scriptFacts(swarm Swarm, script Script) object =>
  script.kind == 'file'
    ? { text: script.file, run: script.run, stop: script.stop }
    : {
        url: script.url
        sha256: script.sha256
        ...(script.?authorization == null ? {} : { authorization: secretOf(swarm, script.authorization!) })
        run: script.run
        stop: script.stop
      }

@description('Scripts of the user as the node program reads them.')
func scriptsFacts(swarm Swarm, scripts Scripts) object => {
  before: map(scripts.before, script => scriptFacts(swarm, script))
  after: map(scripts.after, script => scriptFacts(swarm, script))
}

// The audience of a vault's tokens follows the suffix of the cloud, which begins with a dot.
@export()
@description('What every machine is told.')
func machineFacts(swarm Swarm, role string, adminUsername string, clientId string) object => {
  version: 1
  role: role
  swarm: swarm.name
  debug: swarm.debug
  admin: adminUsername
  clientId: clientId
  vault: {
    uri: vaultUri(vaultNameOf(swarm))
    resource: 'https://${substring(environment().suffixes.keyvaultDns, 1)}'
  }
  managers: managerAddresses(swarm)
}

@export()
@description('What every node is told: a manager or a worker.')
func nodeFacts(swarm Swarm, settings object, windows bool) object => {
  engine: {
    version: swarm.engine.version
    ...(windows ? { windowsSha256: windowsEngineSha256(swarm), isolation: settings.?isolation ?? 'process' } : {})
  }
  ...(settings.dataDisk.enabled ? { dataDisk: { lun: 0 } } : {})
  ...(swarm.storage.enabled
    ? {
        share: {
          kind: swarm.storage.access
          account: accountNameOf(swarm)
          host: '${accountNameOf(swarm)}.file.${environment().suffixes.storage}'
          name: swarm.storage.share
          path: swarm.storage.path
          drive: swarm.storage.drive
        }
      }
    : {})
  labels: settings.labels
  images: settings.images
  evictImagesAt: settings.evictImagesAt
  registries: map(
    items(swarm.registries),
    entry =>
      entry.value.kind == 'identity'
        ? { server: entry.key, kind: 'identity' }
        : { server: entry.key, username: entry.value.username, secret: secretOf(swarm, entry.value.secret) }
  )
  ...(empty(filter(items(swarm.registries), entry => entry.value.kind == 'identity'))
    ? {}
    : { registryResource: environment().resourceManager })
  ...(swarm.updates.enabled
    ? { updates: { days: swarm.updates.days, from: swarm.updates.from, hours: swarm.updates.hours } }
    : {})
  scripts: scriptsFacts(swarm, settings.scripts)
}

@description('Name of the secret with the key of the share, if nodes need one.')
func shareKeyFacts(swarm Swarm) object =>
  swarm.storage.enabled && swarm.storage.access == 'key' ? { shareKey: secretNames.shareKey } : {}

@export()
@description('What a manager is told about itself.')
func managerFacts(swarm Swarm, index int) object => {
  index: index
  schedulable: swarm.managers.schedulable
  addressPool: swarm.engine.addressPool
  subnetSize: swarm.engine.subnetSize
  ...(swarm.stack.enabled ? { stack: secretNames.stack } : {})
  ...(hasBackup(swarm)
    ? { backup: { hours: swarm.backup.hours, keep: swarm.backup.keep, key: secretNames.backupKey } }
    : {})
  resources: {
    uri: 'https://${split(environment().resourceManager, '/')[2]}'
    resource: environment().resourceManager
  }
  dockerSecrets: toObject(
    filter(items(swarm.secrets), entry => entry.value.docker),
    entry => entry.key,
    entry => secretOf(swarm, entry.key)
  )
  secrets: {
    workerToken: secretNames.workerToken
    managerToken: secretNames.managerToken
    operatorKeys: secretNames.operatorKeys
    ...shareKeyFacts(swarm)
  }
}

@export()
@description('What a worker is told about itself; not where the managers\' token is.')
func workerFacts(swarm Swarm, key string) object => {
  pool: key
  secrets: {
    workerToken: secretNames.workerToken
    operatorKeys: secretNames.operatorKeys
    ...shareKeyFacts(swarm)
  }
}

@export()
@description('What the jumpbox is told about itself.')
func jumpboxFacts(swarm Swarm) object => {
  secrets: { operatorKeys: secretNames.operatorKeys }
  scripts: scriptsFacts(swarm, swarm.jumpbox.?scripts ?? { before: [], after: [] })
}

// Azure writes the key itself where the machine runs Linux.
@export()
@description('The key that a Windows machine is born with.')
func keyFacts(windows bool, sshKey string) object => windows ? { sshKey: sshKey } : {}
