// A decorator stands before a statement
@description('what?')

// Nothing follows but a broken line
@secure()
pram password string
@export()
