// bicepconfig.json makes an error of what is never used.
import { size } from 'part.bicep'

var count = 2
#disable-next-line no-unused-vars
var kept = 3
param place string
output o string = place
output text string = '''
#disable-diagnostics no-unused-vars
'''
var last = 4
