// = gives a value to a name, == compares
param size string
resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = if (size = 'small') {
  name: 'x'
}
