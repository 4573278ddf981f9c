// Decorators go with certain types.
@secure()
param a int
@minLength(1)
param b bool
@minValue(1)
param c string
type d = {
  @sealed()
  e: string
}
@batchSize(1)
resource store 'Microsoft.Storage/storageAccounts@2023-01-01' = { name: 's' }
