// Which scope functions there are depends on what the file is for.
targetScope = 'tenant'
output a string = subscription().id
output b string = resourceGroup().name
