@export()
var allowed = ['acme', 'ajax']

@export()
func fits(text string) bool => startsWith(text, 'a')
