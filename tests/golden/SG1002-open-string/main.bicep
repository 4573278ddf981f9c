// Strings end on their line, also within ${…}
param name string = 'acme
var label = 'swarm-${name
var again = 'closed'
