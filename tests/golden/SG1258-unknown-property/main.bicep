// A sealed type has no other properties, nor has a module.
@sealed()
param size { width: int } = { width: 1, height: 2 }
module part 'part.bicep' = { location: 'x' }
