param a string
param b string
param c string = 'c'
param d string?
output o string = '${a}${b}${c}${d}'
