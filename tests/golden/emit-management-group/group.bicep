output o string = resourceGroup().id
