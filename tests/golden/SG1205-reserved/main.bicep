// Names that mean something else.
param sys string
var copy = 1
