// An environment variable without a default.
using 'main.bicep'
param a = readEnvironmentVariable('SURELY_NOT_SET_ANYWHERE')
param b = readEnvironmentVariable('SURELY_NOT_SET_ANYWHERE', 'x')
