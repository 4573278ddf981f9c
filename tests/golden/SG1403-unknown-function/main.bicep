// Functions that do not exist, or not here.
param name string
output a string = toLowr(name)
output b string = readEnvironmentVariable('HOME')
output c string = description(name)
output d string = sys.uniquString(name)
