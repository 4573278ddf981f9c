@export()
func other(name string) string => name
