// Too few or too many arguments.
func add(a int, b int?) int => a + (b ?? 0)
output a int = add()
output b int = add(1)
output c string = toLower('A', 'B')
output d string = replace('a', 'b')
output e object = listKeys('x')
output f string = guid()
