// A loop has an item and maybe an index
var a = [for (x) in list: x]
var b = [for (x, i, j) in list: x]
var c = [for (x, 1) in list: x]
