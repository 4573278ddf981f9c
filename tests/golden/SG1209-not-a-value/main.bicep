// Types, functions and name spaces are no values.
type Size = 'small'
func f() string => 'x'
output a string = Size
output b string = f
output c object = sys
