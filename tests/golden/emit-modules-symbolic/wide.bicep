targetScope = 'subscription'
param text string
@secure()
output hidden string = text
output plain string = text
