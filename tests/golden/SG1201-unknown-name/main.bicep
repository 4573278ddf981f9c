// A name that nothing has; the nearest one is suggested, also a lambda's own.
param location string
var place = lokation
var list = map([1], item => itm)
output o string = locaton
output p string = wholly.unknown
