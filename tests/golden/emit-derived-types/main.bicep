// A type taken from a resource's says where it comes from.
type Input = resourceInput<'Microsoft.Storage/storageAccounts@2023-01-01'>.properties
type Output = resourceOutput<'Microsoft.Storage/storageAccounts@2023-01-01'>.properties
param p Input
param q resourceInput<'Microsoft.Storage/storageAccounts@2023-01-01'>.tags?
