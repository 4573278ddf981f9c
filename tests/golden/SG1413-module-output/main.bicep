// A module's outputs must exist.
module m 'part.bicep' = {}
output o string = m.outputs.nmae
