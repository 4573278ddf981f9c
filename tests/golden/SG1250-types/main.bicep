// Values must be of the type that is declared or needed.
type size = { width: int, unit: ('mm' | 'cm')? }
param count int = 'x'
param sizes size[] = [{ width: 1 }, { width: 'x' }]
var name string = 1 + 2
func twice(text string) int => '${text}${text}'
output loud string[] = [for i in range(0, 2): i]
output first int = twice(count)
resource store 'Microsoft.Storage/storageAccounts@2023-01-01' = if (name) {
  name: 5
}
var all = [for x in 'abc': x]
var kept = filter([1, 2], x => x + 1)
