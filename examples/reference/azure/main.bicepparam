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

// Number of machines now, of pool worker.
param workerCapacity = 2

// First password of Portainer's administrator; made at the first deployment and kept in the vault from then on.
// Left out: newGuid()
// param portainerPassword = …

// Secret by which Portainer and its agents know each other; made at the first deployment and kept in the vault from then on.
// Left out: newGuid()
// param agentSecret = …

// Key of the copies of the swarm's state; made at the first deployment and kept in the vault from then on.
// Left out: newGuid()
// param backupKey = …
