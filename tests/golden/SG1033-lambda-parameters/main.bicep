// A lambda's parameters are names
var a = map(list, (x + 1) => x)
var b = reduce(list, 0, (total, 1) => total)
