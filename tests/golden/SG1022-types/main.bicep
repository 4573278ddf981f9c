// Where a type is expected
param a
param b = 1
type c =
type d = 'x' |
type e = string | + int
type g = {
  name:
}
