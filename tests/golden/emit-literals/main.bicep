// Literals in value position are plain JSON; texts are escaped, and a text in brackets gets one more in front.
var whole = { int: 5, negative: -5, big: 9223372036854775807, yes: true, nothing: null, list: [1, 'two', [], {}] }
var brackets = { a: '[x]', b: '[x', c: ' [x]', d: '[a] ', '[key]': 1, e: '[' }
var controls = 'quote " backslash \\ tab \t line \n return \r nel \u{85} separators \u{2028}\u{2029} bell \u{7} delete \u{7f} <&/> \u{1F600}'
