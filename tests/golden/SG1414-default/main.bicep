// A default that its type does not allow.
type Size = 'small' | 'large'
param a string = 5
param b int = 'x'
param c object = []
param d Size = 'medium'
param e string[] = {}
param f 1 | 2 = 3
param g bool? = 'x'
param h Size = 'small'
