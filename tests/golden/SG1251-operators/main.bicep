// Operators take values of certain types.
param count int?
var a = 'x' + 1
var b = !'x'
var c = -true
var d = 'x' < 1
var e = true && 'x'
var f = count * 2
