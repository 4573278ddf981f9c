using 'main.bicep'
// A value for a parameter that the template does not have.
param locaton = 'x'
param location = 'y'
