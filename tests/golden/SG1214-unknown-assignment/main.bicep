param location string
output o string = location
