// Files that need each other.
module other 'other.bicep' = {
  name: 'other'
}
