// A tagged union maps the tag's values; unions of unions are flattened.
type One = { kind: 'one', value: int }
@discriminator('kind')
type Two = One | { kind: 'two' }
@discriminator('kind')
type Three =
  | Two
  | {
      kind: 'three'
      @description('d')
      x: string?
    }
@discriminator('kind')
param p Three | { kind: 'four' }
param q Three?
