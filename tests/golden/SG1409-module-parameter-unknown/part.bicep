param name string
output o string = name
