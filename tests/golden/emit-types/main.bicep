// Types become JSON schemas, definitions are referred to.
@export()
@description('exported')
type Alias = { a: string, b: [int, { c: bool }], *: { d: 'l' }? }
type Path = Alias.a
type Deep = Alias.b[1].c
type Others = Alias.*
type Items = string[]
type Maybe = Items?
type Item = Items[*]
type Recursive = { value: int, next: Recursive? }
@secure()
type Secret = string
@minLength(2)
@metadata({ pattern: '^x' })
type Limited = string
@sealed()
type Sealed = {
  @description('p')
  @maxLength(3)
  p: string
  'q-r': int
}
param a Alias
param b Alias.a
param c Alias?
param d Maybe!
param e string[][]
param f {}
param g {
  @minValue(1)
  port: int
}[]
output o Recursive = { value: 1, next: null }
