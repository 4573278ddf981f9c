// A type taken from a resource is one of something within it.
type whole = resourceInput<'Microsoft.Storage/storageAccounts@2023-01-01'>
type unknown = resourceInput<'Microsoft.Storage/storageAccounts@2023-01-01'>.properties.colour
type deep = resourceInput<'Microsoft.Unknown/things@2023-01-01'>.properties.colour
