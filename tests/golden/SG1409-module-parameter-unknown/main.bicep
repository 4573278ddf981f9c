// A module's parameters must exist.
module m 'part.bicep' = {
  params: { naem: 'x', name: 'y' }
}
