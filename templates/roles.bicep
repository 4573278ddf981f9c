// roles.bicep: the built-in roles that the swarm gives, and the names of its secrets.

@description('Full ID of a built-in role.')
func roleOf(id string) string => subscriptionResourceId('Microsoft.Authorization/roleDefinitions', id)

@export()
@description('Key Vault Secrets User: reads the value of a secret.')
func secretsUser() string => roleOf('4633458b-17de-408a-b874-0445c86b69e6')

@export()
@description('Key Vault Secrets Officer: reads and writes a secret.')
func secretsOfficer() string => roleOf('b86a8fe4-44ce-4948-aee5-eccb2c155cd7')

@export()
@description('Storage File Data SMB MI Admin: mounts a share by identity.')
func shareMounter() string => roleOf('a235d3ee-5935-4cfb-8cc5-a3303ad5995e')

@export()
@description('Reader: sees what a resource is, nothing of what is secret in it.')
func reader() string => roleOf('acdd72a7-3385-48ef-bd42-f606fba81ae7')

@export()
@description('AcrPull: pulls images from a registry.')
func imagePuller() string => roleOf('7f951dda-4ed3-4680-a7ca-43fe172d538d')

@export()
@description('Names of the secrets that the swarm itself needs. Own secrets cannot have these names.')
var secretNames = {
  workerToken: 'swarm-worker-token'
  managerToken: 'swarm-manager-token'
  operatorKeys: 'operator-keys'
  stack: 'swarm-stack'
  portainerPassword: 'portainer-password'
  agentSecret: 'portainer-agent-secret'
  windowsPassword: 'windows-password'
  shareKey: 'share-key'
  backupKey: 'backup-key'
}
