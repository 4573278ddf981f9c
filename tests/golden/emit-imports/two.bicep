@export()
type Plain = string
@export()
var q = 'Q'
@export()
func shout(a string) string => toUpper('${a}${q}')
