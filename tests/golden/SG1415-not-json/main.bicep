// loadJsonContent() wants JSON, loadYamlContent() YAML; both want a path that leads somewhere.
var v = loadJsonContent('broken.json')
var y = loadYamlContent('broken.yaml')
var twice = loadYamlContent('twice.yaml')
var nothing = loadYamlContent('empty.yaml')
var lost = loadYamlContent('good.yaml', '$.b')
var encoding = loadTextContent('good.yaml', 'windows-1252')
output o object = v
