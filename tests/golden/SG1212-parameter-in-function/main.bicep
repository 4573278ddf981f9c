// Functions see variables, not parameters.
param p string
var v = 'x'
func f(a string) string => '${a}${v}${p}'
output o string = f('y')
