// Some texts are read while compiling.
param p string
@description('for ${p}')
param q string
var t = loadTextContent(p)
