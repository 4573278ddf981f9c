// Each kind of statement, expression and type, as tokens, tree and printed
targetScope = 'resourceGroup'
metadata purpose = 'syntax'
@export()
type Pool = { name: string, count: int?, *: string }
type Pair = [
  @description('first')
  string
  int
]
type Name = Pool.name
type Both = | 1 | -1
func label(prefix string, index int) string => '${prefix}-${index}'
@minLength(1)
param names string[] = ['x', 'y']
param pool Pool = { name: 'web', size: 'B2s' }
param on bool = true
var text string = $'''
a ${names[0]} $ 'b'
'''
var list = [for (name, i) in names: label(name, i + 1)]
var chosen = on && !empty(list) ? list[^1] : pool.?size ?? 'none'
var merged = union(pool, { 'other-key': toUpper(chosen) }, map(names, n => { name: n })[?0]!)
resource store 'Microsoft.Storage/storageAccounts@2023-05-01' existing = {
  name: 'store'
  resource blobs 'blobServices' existing = {
    name: 'default'
  }
}
resource lock 'Microsoft.Authorization/locks@2020-05-01' = [for n in names: if (on) {
  name: n
  scope: store
  properties: {
    level: 'CanNotDelete'
    ...(on ? { notes: text } : {})
  }
}]
output id string = store::blobs.id
output all array = [
  ...list
  merged
  lock[0].name
]
