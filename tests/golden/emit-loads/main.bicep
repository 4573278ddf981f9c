// Files are read while compiling; some calls become variables.
var text = loadTextContent('a.txt')
var bytes = loadFileAsBase64('a.txt')
var inside = { x: loadTextContent('a.txt'), y: '${loadFileAsBase64('a.txt')}' }
var json = loadJsonContent('a.json')
var part = loadJsonContent('a.json', '$.b.c')
func pasted() string => loadTextContent('a.txt')
output o string = loadTextContent('a.txt')
