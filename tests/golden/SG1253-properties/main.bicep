// An object that is written in place has no other properties.
var size = { width: 1, height: 2 }
var a = size.widht
var b = size['depth']
var c = size.?depth
