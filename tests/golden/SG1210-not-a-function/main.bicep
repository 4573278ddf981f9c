// A parameter is not called.
param concat string
output a string = concat('x')
output b string = sys.concat(concat)
