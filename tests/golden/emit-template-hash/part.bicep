param names string[]

@description('first')
output first string = names[0]
