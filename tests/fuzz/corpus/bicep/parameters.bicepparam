using 'main.bicep'
extends 'base.bicepparam'
import { a as b } from 'x.bicep'
var v = readEnvironmentVariable('X', 'y')
param name = '${v}-${base.name}'
param list = [
  1
  externalInput('sys.cli', { a: true })
]
type t = string
