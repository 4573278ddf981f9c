using 'main.bicep'
// A parameters file: values are evaluated while compiling.
import { shared } from 'lib.bicep'
var prefix = 'acme'
var list = [for i in range(0, 2): '${prefix}${i}']
param a = '${prefix}-x'
param b = 1 + 2
param c = { x: shared, y: [1, true, null, '[q]'], z: json('2.5'), 'k k': list }
param d = map(range(0, 3), i => i * 2)
param e = getSecret('sub', 'rg', 'vault', 'secret', 'v1')
param f = null
param g = a == 'acme-x'
param h = loadTextContent('t.txt')
