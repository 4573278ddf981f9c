// All loops stand first in "copy"; an input that is no object or text becomes a call.
param a array
var before = 'x'
var texts = [for x in a: '${before}${x}']
var objects = [for (x, i) in a: { name: x.name, index: i }]
var integers = [for i in range(0, 3): 1]
var literals = [for i in range(0, 3): 'same']
var lists = [for x in texts: [x, true]]
var flags = [for x in a: true]
var chosen = [for x in a: x.y ? x : null]
