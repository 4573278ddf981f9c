// A type that nothing has.
type Size = 'small' | 'large'
param a strng
param b Sise
param c { d: location[] }
var location = 'x'
