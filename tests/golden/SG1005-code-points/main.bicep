// \u{…} takes one code point
var a = '\u0041'
var b = '\u{}'
var c = '\u{110000}'
var d = '\u{41'
