// Experimental features of the official compiler
param vault resource 'Microsoft.KeyVault/vaults@2023-07-01'
output vault resource = vault
