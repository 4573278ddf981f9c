// What is not compiled yet is named with its place.
extension microsoftGraphV1
param p resourceInput<'Microsoft.Storage/storageAccounts@2023-01-01'>.properties.allowBlobPublicAccess
