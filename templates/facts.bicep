// facts.bicep: what a node is told about itself and its swarm, beside the node program, in its user data. A node reads
// it again at each boot, so all of it may change; nothing of it is secret. docs/node-facts.md describes the shape.
// What does not apply is left out, never null.
import { Script, Scripts, Swarm } from 'swarm.bicep'
import { healthPort, managerAddresses, pingPort } from 'plan.bicep'
import { secretNames } from 'roles.bicep'

@description('One script as the node program reads it.')
func scriptFacts(script Script) object =>
  script.kind == 'file'
    ? { text: script.file, run: script.run }
    : {
        url: script.url
        sha256: script.sha256
        ...(script.?authorization == null ? {} : { authorization: script.authorization! })
        run: script.run
      }

@export()
@description('Scripts of the user as the node program reads them.')
func scriptsFacts(scripts Scripts) object => {
  before: map(scripts.before, script => scriptFacts(script))
  after: map(scripts.after, script => scriptFacts(script))
}

@description('Address of a vault, of the suffix of the cloud.')
func vaultAddress(name string) string => 'https://${name}${environment().suffixes.keyvaultDns}'

@export()
@description('What every machine is told.')
func machineFacts(swarm Swarm, vaultName string, adminUsername string, sshKey string) object => {
  swarm: swarm.name
  debug: swarm.debug
  admin: { name: adminUsername, sshKey: sshKey }
  vault: vaultAddress(vaultName)
  vaultAudience: 'https://${substring(environment().suffixes.keyvaultDns, 1)}'
  secrets: toObject(filter(items(swarm.secrets), entry => entry.value.kind == 'vault'), entry => entry.key, entry => {
    vault: vaultAddress(split(entry.value.vault, '/')[8])
    name: entry.value.?name ?? entry.key
  })
  managers: managerAddresses(swarm)
}

@export()
@description('What every node is told.')
func nodeFacts(swarm Swarm, accountName string) object => {
  healthPort: healthPort
  engine: {
    version: swarm.engine.version
    ...(swarm.engine.?windowsSha256 == null ? {} : { windowsSha256: swarm.engine.windowsSha256! })
    addressPool: swarm.engine.addressPool
    subnetSize: swarm.engine.subnetSize
  }
  registries: map(items(swarm.registries), entry => {
    server: entry.key
    username: entry.value.username
    secret: entry.value.secret
  })
  ...(swarm.storage.enabled
    ? {
        share: {
          account: accountName
          host: '${accountName}.file.${environment().suffixes.storage}'
          name: swarm.storage.share
          path: swarm.storage.path
          drive: swarm.storage.drive
          access: swarm.storage.access
          ...(swarm.storage.access == 'key' ? { keySecret: secretNames.shareKey } : {})
        }
      }
    : {})
}

@export()
@description('What managers are told about what they serve.')
func stackFacts(swarm Swarm, hostName string) object =>
  swarm.stack.enabled
    ? {
        stack: {
          hostName: hostName
          pingPort: pingPort
          traefik: {
            version: swarm.stack.traefik.version
            bodyLimit: swarm.stack.traefik.bodyLimit
            verifyBackends: swarm.stack.traefik.verifyBackends
            ...(swarm.stack.traefik.acme.enabled
              ? {
                  acme: {
                    server: swarm.stack.traefik.acme.server
                    challenge: swarm.stack.traefik.acme.challenge
                    email: swarm.stack.traefik.acme.?email ?? swarm.?contact ?? ''
                  }
                }
              : {})
          }
          ...(swarm.stack.portainer.enabled
            ? {
                portainer: {
                  version: swarm.stack.portainer.version
                  path: swarm.stack.portainer.path
                  passwordSecret: secretNames.portainerPassword
                  agentSecret: secretNames.agentSecret
                }
              }
            : {})
        }
      }
    : {}
