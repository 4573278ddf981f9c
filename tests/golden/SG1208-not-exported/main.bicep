// What another file does not export.
import { shown, hiden, hidden as mine } from 'other.bicep'
import * as all from 'other.bicep'
var a = all.hidden
var b = all.show()
param c all.Missing
output o string = '${shown}${mine}${a}${b}${c}'
