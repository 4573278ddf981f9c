// A loop: [for item in list: body]
var a = [for in list: 1]
var b = [for x of list: x]
var c = [for x in list x]
var d = [for x in list: x
var e = 1
