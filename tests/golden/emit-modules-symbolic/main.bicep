// Modules with symbolic names: made names, secure outputs, other scopes.
param names array
module one 'part.bicep' = {
  params: { name: 'x' }
}
module two 'wide.bicep' = {
  scope: subscription()
  params: { text: one.outputs.id }
}
module three 'wide.bicep' = {
  name: 'three'
  scope: subscription('0000')
  params: { text: 'x' }
}
module many 'part.bicep' = [for (n, i) in names: if (i > 0) {
  params: { name: n }
  dependsOn: [two]
}]
module aNameThatIsSoLongThatOnlyItsBeginningCanBeTakenIntoTheModulesName 'part.bicep' = [for i in range(0, 2): {
  params: { name: many[i].outputs.id, count: i }
}]
module anotherNameThatIsSoLongThatOnlyItsBeginningCanBeTakenIntoTheName 'part.bicep' = {
  params: { name: 'x', secret: two.outputs.hidden, maybe: two.outputs.plain }
}
output a string = many[0].?outputs.id ?? ''
output b array = map(many, m => m.outputs.id)
output c string = many[1].name
@secure()
output d string = two.outputs.hidden
