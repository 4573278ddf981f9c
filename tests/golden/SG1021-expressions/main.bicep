// Where an expression is expected
var a =
var b = 1 + * 2
var c = --1
var d = [1, , 2]
var e = f(1, )
var g = list[]
var h = a ? : 2
var i = '${}'
