// Object and array literals do not stand within ${…}
var a = 'x-${[1, 2][0]}'
var b = 'x-${string({ a: 1 })}'
var c = 'x-${map(list, item => { name: item })[0].name}'
