// The file ends within ${…}
var a = 'x-${a