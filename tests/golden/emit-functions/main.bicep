// User functions, called in the name space __bicep.
@export()
@description('Adds two.')
func sum(a int, b int) int => a + b
func twice(x int) int[] => [sum(x, x), limit]
func pick(o { a: string }, k 'x' | 'y') object => { k: k, v: o.a, r: map(range(0, 2), i => i + length(k)) }
var limit = 5
output a int = sum(1, limit)
output b array = twice(2)
output c object = pick({ a: 'q' }, 'x')
