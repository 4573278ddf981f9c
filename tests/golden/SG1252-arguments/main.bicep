// Functions take values of certain types.
var a = length(1)
var b = concat('x', ['y'])
var c = toUpper(any(1))
var d = contains(1, 1)
var e = substring('x', 'y')
