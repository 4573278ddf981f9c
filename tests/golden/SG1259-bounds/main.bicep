// Literals must keep to the limits of their type.
@minValue(5)
param count int = 3
@maxLength(2)
param name string = 'abc'
@minLength(2)
param list array = [1]
param pair [int, int] = [1]
@minLength(-1)
param text string
@allowed([])
param choice string
@minValue(3)
@maxValue(2)
param none int
@batchSize(0)
resource stores 'Microsoft.Storage/storageAccounts@2023-01-01' = [for i in range(0, 2): { name: 's${i}' }]
