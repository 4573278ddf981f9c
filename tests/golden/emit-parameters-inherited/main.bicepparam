using 'main.bicep'
// A parameters file that extends another one.
extends 'base.bicepparam'
param b = 8
param c = union(base.c, { q: base.a })
param h = readEnvironmentVariable('SURELY_NOT_SET_ANYWHERE', 'default')
