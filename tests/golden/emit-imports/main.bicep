// What is imported comes along with all it needs, each under its local or a made name.
import { T, value as renamed, call, loop } from 'lib/one.bicep'
import * as all from 'two.bicep'
param t T
param u all.Plain
output a string = call('x', t)
output b string = '${renamed}${all.q}'
output c string = all.shout('y')
output d array = loop
