// A decorator can be given once.
@description('a')
@minLength(1)
@description('b')
param a string
