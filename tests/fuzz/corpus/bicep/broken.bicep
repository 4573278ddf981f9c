var a = "x"
var b = '${
var c = {
  d: [1, , 2
}
resource r 'x' = if {
@foo
/* open