@export()
type size = string
