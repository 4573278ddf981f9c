// Only arrays and objects have items.
param text string
var number = 3
output a string = text[0]
output b int = number['x']
