// Arrays have numbers as indexes, objects texts.
param list array
param bag object
param pair [int, string]
output a string = list['x']
output b string = bag[0]
output c string = pair[2]
output d int = [1, 2][2]
