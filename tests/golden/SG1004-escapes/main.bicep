// Escapes of other languages; braces of ${…} are escaped by \${
var path = 'C:\Data'
var bell = '\a\x41'
var fine = '\n\r\t\\\'\${x}\u{41}'
