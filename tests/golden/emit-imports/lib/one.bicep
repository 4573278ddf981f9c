import { Plain, q as quote } from '../two.bicep'
@export()
@description('T')
type T = { a: Plain, b: Inner? }
type Inner = { z: int }
@export()
var value = '${text}${quote}'
var text = loadTextContent('text.txt')
@export()
var loop = [for i in range(0, 3): '${i}${hidden}']
var hidden = 'h'
@export()
@description('calls')
func call(x string, t T) string => '${x}${other(t.a)}'
func other(y string) string => '${y}!'
