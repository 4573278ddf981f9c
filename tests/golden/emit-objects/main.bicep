// Computed keys, the key copy, spread.
param s string
param o object
param a array
var keys = { '${s}': 1, copy: 2, COPY: 3, 'a-b': 4, '${s}-x': { '${s}${s}': o } }
var within = union({ a: 1, '${s}': s, copy: 1 }, { b: [1, { c: null }] })
var spread = { a: 1, ...o, b: 2, ...{ c: 3 } }
var items = [...a, 1, 2, ...[s]]
var only = [...a]
