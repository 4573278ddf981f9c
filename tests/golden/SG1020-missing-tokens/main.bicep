// Several broken statements of one file: each is reported, the ones between are read
param = 'x'
param size string 'Standard_B2s'
var count 3 +
var object = { name 'x' }
output address string 'x'
resource vault = {
  name: 'kv'
}
module network './network.bicep' {
}
var list = [1, 2
