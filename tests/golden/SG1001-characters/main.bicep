// Characters without a meaning: quotes of other languages, semicolons, signs of other languages
var a = "text"
var b = 1;
var c = a & b
var d = €
#if debug
var e = "open
var f = 1
