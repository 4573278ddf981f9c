param location string = resourceGroup().location

param node string

var text = '${node}-${node}-${uniqueString('acme-1', node)}'
var secondText = '${node}-${node}-${uniqueString('acme-2', node)}'

resource firstNode 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'acme-1'
  location: location
  tags: { a: text, b: text }
}

resource credential 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials@2024-11-30' = {
  parent: firstNode
  name: 'inner'
  properties: { issuer: 'https://example.org', subject: 'a', audiences: ['b'] }
}

resource secondNode 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'acme-2'
  location: location
  tags: { a: secondText, b: secondText }
}

resource secondCredential 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials@2024-11-30' = {
  parent: secondNode
  name: 'inner'
  properties: { issuer: 'https://example.org', subject: 'a', audiences: ['b'] }
}

resource poolAB 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'acme-a-b'
  location: location
}

resource poolAB2 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'acme-aB'
  location: location
}

output ids array = [credential.id, secondCredential.id]
