@export()
var shared = 'S'
