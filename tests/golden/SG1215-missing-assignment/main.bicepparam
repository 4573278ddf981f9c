// Parameters without a default need a value.
using 'main.bicep'
param a = 'x'
