type Maybe = string?
param name string
param size int
param other string = 'x'
param maybe Maybe
output o string = '${name}${size}${other}${maybe}'
