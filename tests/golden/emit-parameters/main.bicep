// Defaults and decorators of parameters, in the official order.
metadata description = 'Parameters'
@description('''
First
  second
  third
''')
param a string
@secure()
param b string = newGuid()
@secure()
param c object
@allowed(['b', 'a'])
param d string = 'a'
@description('merged')
@metadata({ first: 1, description: 'replaced', last: [1] })
@minLength(1)
@maxLength(5)
param e array = [1]
@minValue(-1)
@maxValue(10)
param f int = 3
@metadata({ only: true })
@description('last')
param g bool = empty(a)
param copy string = a
