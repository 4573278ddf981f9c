using none
param a = 'base'
param b = 7
param c = { p: 1 }
