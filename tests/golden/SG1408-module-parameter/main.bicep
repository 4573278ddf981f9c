// A module's required parameters must be given.
module m 'part.bicep' = {
  params: { size: 1 }
}
