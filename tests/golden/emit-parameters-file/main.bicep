param a string
param b int = 1
param c object = {}
param d array = []
@secure()
param e string = ''
param f string?
param g bool = true
param h string = 'x'
output o object = { a: a, b: b, c: c, d: d, e: empty(e), f: f, g: g, h: h }
