targetScope = 'resourceGroup'
metadata x = { a: 'b' }
@description('''
Hello
''')
@sys.export()
type t = { a: string, *: int? }
type u = | 'a' | 'b'
  | 'c'
type v = [
  @description('x')
  string
  int
]
type w = t.*
type ww = v[0]
type www = resourceInput<'Microsoft.Storage/storageAccounts@2022-09-01'>.properties
type neg = -1 | 2
func f(a string, b int) string => '${a}-${b}'
import { a as b, 'x-y' as z } from 'foo.bicep'
import * as q from 'foo.bicep'
param p string = 'x\u{1F600}\n\${'
param pp (string | int)[]?
var ma = $'''
abc ${p} $${x}
'''
var mb = $$'''abc ${p} $${p}''''
var l = map([1, 2], x => x * 2)
var l2 = reduce([1, 2], 0, (cur, next) => cur + next)
var idx = a[0][^1][?2][?^3].b.?c!.d(1)
var sp = { ...x, 'a-b': 1, '${p}': 2 }
var ter = a
  ? b
  : c
resource r 'Microsoft.Foo/bar@2020-01-01' existing = if (a == b && !c || d ?? e) {
  name: 'x'
  @batchSize(1)
  resource child 'baz' = [for (x, i) in range(0, 3): {
    name: x
  }]
}
module m 'x.bicep' = [for x in y: if (true) {
  name: r::child.name
}]
extension microsoftGraph with { a: 1 } as g
assert z = 1 < 2
output o string[] = [
  '1', '2'
  ...x
]
