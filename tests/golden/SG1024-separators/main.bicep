// Items are separated by commas or new lines
var a = [1 2]
var b = { x: 1 y: 2 }
