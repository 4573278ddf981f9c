// stack.bicep: what the managers deploy (docs/node-facts.md, docs/stack.md): a secret, since user data have no room for it and
// since managers look at it every few minutes. The compose files in stack/ take settings in by name; Traefik's own settings
// are objects here and files there. Versions: stack/versions.json.
import { Swarm } from 'swarm.bicep'
import { hasPortainer, pingPort, tagsOf } from 'plan.bicep'
import { secretOf } from 'facts.bicep'
import { secretNames, secretsUser } from 'roles.bicep'

param swarm Swarm
@description('Name under which Portainer is served.')
param host string
param vaultName string
param managerId string
param managerPrincipalId string

@description('Whether certificates come from an ACME authority.')
func hasAcme(swarm Swarm) bool =>
  swarm.stack.traefik.acme.enabled && (swarm.stack.traefik.acme.?email ?? swarm.?contact) != null

// While it stops, Traefik goes on serving until the load balancer has noticed.
@description('Seconds in which the load balancer notices that a manager does not serve any more.')
func noticeSeconds(swarm Swarm) int => swarm.ingress.probeInterval * (swarm.ingress.probeThreshold + 1)

@description('What every entry point of Traefik has in common.')
func transport(swarm Swarm) object => {
  lifeCycle: { requestAcceptGraceTimeout: '${noticeSeconds(swarm)}s', graceTimeOut: '10s' }
  respondingTimeouts: { readTimeout: '600s' } // large uploads
}

// Without an address for the account there are no certificates, so none is asked for.
@description('Static configuration of Traefik.')
func traefikConfig(swarm Swarm) object => {
  global: { checkNewVersion: false, sendAnonymousUsage: false }
  log: { level: swarm.debug ? 'DEBUG' : 'INFO' }
  ping: { entryPoint: 'ping' }
  entryPoints: {
    web: {
      address: ':80'
      http: { redirections: { entryPoint: { to: 'websecure', scheme: 'https' } } }
      transport: transport(swarm)
    }
    websecure: {
      address: ':443'
      http: {
        tls: hasAcme(swarm) ? { certResolver: 'letsencrypt' } : {}
        ...(swarm.stack.traefik.bodyLimit == 0 ? {} : { middlewares: ['body-limit@file'] })
      }
      transport: transport(swarm)
    }
    ping: { address: ':${pingPort}' }
  }
  providers: {
    swarm: {
      endpoint: swarm.managers.os == 'windows' ? 'npipe:////./pipe/docker_engine' : 'tcp://socket-proxy:2375'
      exposedByDefault: false
      network: 'traefik-public'
    }
    file: { filename: swarm.managers.os == 'windows' ? 'C:\\etc\\traefik\\dynamic.yml' : '/etc/traefik/dynamic.yml' }
  }
  serversTransport: { insecureSkipVerify: !swarm.stack.traefik.verifyBackends }
  ...(hasAcme(swarm)
    ? {
        certificatesResolvers: {
          letsencrypt: {
            acme: {
              email: swarm.stack.traefik.acme.?email ?? swarm.contact!
              caServer: swarm.stack.traefik.acme.server
              storage: swarm.managers.os == 'windows' ? 'C:\\acme\\acme.json' : '/acme/acme.json'
              ...(swarm.stack.traefik.acme.challenge == 'tls'
                ? { tlsChallenge: {} }
                : { httpChallenge: { entryPoint: 'web' } })
            }
          }
        }
      }
    : {})
}

@description('Where Docker lays down the certificate of the user, with its key.')
func certificateFile(swarm Swarm) string =>
  swarm.managers.os == 'windows'
    ? 'C:\\ProgramData\\Docker\\secrets\\traefik-certificate'
    : '/run/secrets/traefik-certificate'

// One file holds both: Traefik takes from it what it looks for.
@description('The certificate of the user.')
func ownCertificate(swarm Swarm) object => {
  certFile: certificateFile(swarm)
  keyFile: certificateFile(swarm)
}

@description('Dynamic configuration of Traefik.')
func traefikDynamic(swarm Swarm) object => {
  tls: {
    options: { default: { minVersion: 'VersionTLS12' } }
    ...(swarm.stack.traefik.?certificate == null
      ? {}
      : {
          certificates: [ownCertificate(swarm)]
          stores: { default: { defaultCertificate: ownCertificate(swarm) } }
        })
  }
  ...(swarm.stack.traefik.bodyLimit == 0
    ? {}
    : {
        http: {
          middlewares: { 'body-limit': { buffering: { maxRequestBodyBytes: swarm.stack.traefik.bodyLimit } } }
        }
      })
}

@description('What managers are told, but for the texts of the compose files.')
func stackFacts(swarm Swarm, host string) object => {
  settings: {
    STACK_HOST: host
    STACK_TRAEFIK_IMAGE: swarm.managers.os == 'windows'
      ? 'traefik:${swarm.stack.traefik.version}-nanoserver-ltsc2022'
      : 'traefik:${swarm.stack.traefik.version}${swarm.stack.traefik.version == 'v3.7.11' ? '@sha256:5203c3f39ca70de6790d964624e042463ffbd57715bc82be155cf224c0dd5144' : ''}'
    STACK_TRAEFIK_MODE: hasAcme(swarm) ? 'replicated' : 'global'
    STACK_TRAEFIK_STOP: '${noticeSeconds(swarm) + 20}s'
    STACK_SOCKET_PROXY_IMAGE: 'tecnativa/docker-socket-proxy:v0.4.2@sha256:1f3a6f303320723d199d2316a3e82b2e2685d86c275d5e3deeaf182573b47476'
    ...(hasPortainer(swarm)
      ? {
          STACK_PORTAINER_IMAGE: 'portainer/portainer-ce:${swarm.stack.portainer.version}'
          STACK_PORTAINER_AGENT_IMAGE: 'portainer/agent:${swarm.stack.portainer.version}'
          STACK_PORTAINER_PATH: swarm.stack.portainer.path
        }
      : {})
  }
  secretSettings: hasPortainer(swarm) ? { STACK_AGENT_SECRET: secretNames.agentSecret } : {}
  configs: { traefik: traefikConfig(swarm), 'traefik-dynamic': traefikDynamic(swarm) }
  secrets: {
    ...(hasPortainer(swarm) ? { 'portainer-password': secretNames.portainerPassword } : {})
    ...(swarm.stack.traefik.?certificate == null
      ? {}
      : { 'traefik-certificate': secretOf(swarm, swarm.stack.traefik.certificate!) })
  }
}

// What Traefik and Portainer are made of.
var traefikCompose = loadTextContent('../stack/traefik.yml')
var portainerCompose = loadTextContent('../stack/portainer.yml')
var traefikWindowsCompose = loadTextContent('../stack/traefik.windows.yml')
var portainerWindowsCompose = loadTextContent('../stack/portainer.windows.yml')
var certificateCompose = loadTextContent('../stack/certificate.yml')

var windows = swarm.managers.os == 'windows'

resource vault 'Microsoft.KeyVault/vaults@2026-02-01' existing = {
  name: vaultName
}

// What the managers deploy once the swarm is there. Each deployment makes a new version, which the running swarm takes over.
resource stack 'Microsoft.KeyVault/vaults/secrets@2026-02-01' = {
  parent: vault
  name: secretNames.stack
  tags: tagsOf(swarm)
  properties: {
    contentType: 'application/json'
    value: string({
      compose: concat(
        [windows ? traefikWindowsCompose : traefikCompose],
        hasPortainer(swarm) ? [windows ? portainerWindowsCompose : portainerCompose] : [],
        swarm.stack.traefik.?certificate == null ? [] : [certificateCompose]
      )
      ...stackFacts(swarm, host)
    })
  }
}

// Only managers read it.
resource managerReadsStack 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: stack
  name: guid(stack.id, managerId, secretsUser())
  properties: {
    principalId: managerPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: secretsUser()
  }
}
