param name string
output text string = name
