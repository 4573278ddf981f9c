// A declared type's properties must be given, if they may not be null.
param size { width: int, height: int?, depth: int } = { width: 1 }
