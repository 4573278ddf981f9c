// Exported variables are listed in the metadata, sorted.
metadata author = { name: 'x' }
@export()
@description('second')
var zed = 1
@export()
var alpha string = 'a'
@export()
var beta = [for i in range(0, 2): i]
