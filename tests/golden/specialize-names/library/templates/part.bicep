param name string
param location string
param note string

var text = '${note}-${note}-${uniqueString(name, note)}'

resource node 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: name
  location: location
  tags: { a: text, b: text }

  resource credential 'federatedIdentityCredentials' = {
    name: 'inner'
    properties: { issuer: 'https://example.org', subject: 'a', audiences: ['b'] }
  }
}

output id string = node::credential.id
