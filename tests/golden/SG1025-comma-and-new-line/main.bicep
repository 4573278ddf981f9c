// Not by both
var a = [
  1,
  2
]
var b = {
  x: 1,
  y: 2
}
