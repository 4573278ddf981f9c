targetScope = 'subscription'
param text string
output text string = text
