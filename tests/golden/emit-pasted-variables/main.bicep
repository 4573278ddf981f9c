// A variable that needs the deployment is pasted at each use; one that needs only names is not.
resource a 'Microsoft.Storage/storageAccounts@2023-01-01' existing = {
  name: 'a'
}
var blob = a.properties.primaryEndpoints.blob
var both = { first: blob, second: [identity, 'x'] }
var identity = a.id
var key = listKeys(a.id, a.apiVersion).keys[0]
var whole = a
var zone = toLogicalZone('s', 'westeurope', '1')
var zones = pickZones('a', 'b', 'westeurope')
output o array = [blob, both.second[0], key.value, whole.location, whole.name, zone, zones]
output p object = both
