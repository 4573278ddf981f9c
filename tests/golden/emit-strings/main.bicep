// Interpolation is format(); braces are doubled; multi-line texts have no escapes.
param s string
var plain = 'it\'s ${s} and ${'literal'} and ${1}'
var braces = '{${s}}{0}'
var lines = '''
first
 second '' ${s}
'''
var interpolated = $'''a ${s} {x}
b'''
var dollars = $$'''${s} $${s}'''
var inside = concat(s, 'it\'s', '[x]')
