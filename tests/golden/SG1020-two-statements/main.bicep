// One statement a line
var a = 1 var b = 2
var c = f(1)) 
