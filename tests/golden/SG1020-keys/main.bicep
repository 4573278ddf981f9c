// true, false and null are keys in quotes only; a key is no expression
var a = {
  true: 1
  'null': 2
  1: 3
  (x): 4
  b 5
  c: 6
}
