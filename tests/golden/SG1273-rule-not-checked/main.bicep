// The official compiler would refuse this; here is only said that nobody looked.
param words array
output o string = concat(words[0], 'x')
