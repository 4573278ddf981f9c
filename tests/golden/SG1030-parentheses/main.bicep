// Parentheses group one expression, on one line
var a = ()
var b = (1, 2)
var c = (
  1 + 2)
type t = (string, int)
