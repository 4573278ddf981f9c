@export()
var shown = 'x'
var hidden = 'y'
