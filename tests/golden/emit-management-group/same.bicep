targetScope = 'managementGroup'
output o string = managementGroup().id
