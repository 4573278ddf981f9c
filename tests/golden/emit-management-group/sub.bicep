targetScope = 'subscription'
output o string = subscription().id
