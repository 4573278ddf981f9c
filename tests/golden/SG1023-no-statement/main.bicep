// What begins a line must be a statement; a near keyword is suggested
parm name string
let x = 1
ouptut y string = 'x'
123
}
var z = 1
