// loadJsonContent() wants JSON.
var v = loadJsonContent('broken.json')
output o object = v
