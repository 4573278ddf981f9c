using 'main.bicep'

// Where everything is made.
// Left out: resourceGroup().location
// param location = …

// Name of the administrator on every machine; Azure refuses admin, root and the like. Cannot be changed later.
param adminUsername = 'swarm'

// Public SSH key that every machine is born with. Cannot be changed later; the operators' own keys are a secret in the vault and can.
param sshKey = readEnvironmentVariable('SWARM_SSH_KEY')

// Password that every Windows machine is born with. Nobody signs in with it: SSH takes keys only.
// Or from a vault: az.getSecret('SUBSCRIPTION', 'GROUP', 'VAULT', 'SECRET')
param windowsPassword = readEnvironmentVariable('SWARM_WINDOWS_PASSWORD')

// Number of machines now, of pool api.
param apiCapacity = 6

// Number of machines now, of pool arm.
param armCapacity = 4

// Number of machines now, of pool batch.
param batchCapacity = 0

// Number of machines now, of pool bc.
param bcCapacity = 4

// Number of machines now, of pool cache.
param cacheCapacity = 3

// Number of machines now, of pool ci.
param ciCapacity = 4

// Number of machines now, of pool database.
param databaseCapacity = 3

// Number of machines now, of pool edge.
param edgeCapacity = 2

// Number of machines now, of pool night.
param nightCapacity = 1

// Number of machines now, of pool reports.
param reportsCapacity = 2

// Number of machines now, of pool scratch.
param scratchCapacity = 2

// Number of machines now, of pool web.
param webCapacity = 6

// First password of Portainer's administrator; made at the first deployment and kept in the vault from then on.
// Left out: newGuid()
// param portainerPassword = …

// Secret by which Portainer and its agents know each other; made at the first deployment and kept in the vault from then on.
// Left out: newGuid()
// param agentSecret = …

// Key of the copies of the swarm's state; made at the first deployment and kept in the vault from then on.
// Left out: newGuid()
// param backupKey = …

// Values of your own secrets, by name: of secret certificate.
// Or from a vault: az.getSecret('SUBSCRIPTION', 'GROUP', 'VAULT', 'SECRET')
param secretCertificate = readEnvironmentVariable('SWARM_SECRET_CERTIFICATE')

// Values of your own secrets, by name: of secret database-password.
// Or from a vault: az.getSecret('SUBSCRIPTION', 'GROUP', 'VAULT', 'SECRET')
param secretDatabasePassword = readEnvironmentVariable('SWARM_SECRET_DATABASE_PASSWORD')

// Values of your own secrets, by name: of secret registry-password.
// Or from a vault: az.getSecret('SUBSCRIPTION', 'GROUP', 'VAULT', 'SECRET')
param secretRegistryPassword = readEnvironmentVariable('SWARM_SECRET_REGISTRY_PASSWORD')
