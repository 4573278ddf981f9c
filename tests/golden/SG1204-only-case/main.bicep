// Azure does not tell names apart by case.
param name string
param Name string
var one = 1
var ONE = 2
output o string = name
output O string = Name
