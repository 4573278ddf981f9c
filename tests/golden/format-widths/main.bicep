// What fits into 120 columns stays on one line; the position counts, and what follows does not
param a string = 'x'
param b bool = true
var list = [ 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb', 'cccccccccccccccccccccccccccc' ]
var wide = [ 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb', 'ccccccccccccccccccccccccccccc' ]
var nested = { first: { second: [ 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb', a ], third: a } }
var called = concat('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb', a, 'ccccc')
var tail = union({ x: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' }, {
  y: a })
var mapped = map(list, item => concat(item, 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', a))
var chosen = b ? 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' : 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb'
type Choice = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' | 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb' | 'ccccccccccccccccccccc' | 'd'
func long(first string, second string, third string, fourth string) string => concat(first, second, third, fourth, 'z')
func longer(firstParameter string, secondParameter string, thirdParameter string, fourthParameter string, x int) int => x
output all array = [ list, wide, nested, called, tail, mapped, chosen, long('a', 'b', 'c', 'd'), longer('a', 'b', 'c', 'd', 1) ]
output choice Choice = 'd'
