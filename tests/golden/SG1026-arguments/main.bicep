// Arguments are separated by commas, also on lines of their own
var a = concat('x'
  'y')
var b = concat('x' 'y')
type t = resourceInput<'a' 'b'>
