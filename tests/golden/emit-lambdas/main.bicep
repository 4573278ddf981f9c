// Lambda parameters are lambdaVariables; inner ones hide outer ones.
param a array
var a1 = map(a, x => x.name)
var a2 = map(a, (x, i) => '${i}-${x}')
var a3 = filter(a, x => contains(map(a, y => y.z), x))
var a4 = reduce(a, 0, (sum, next) => sum + next)
var a5 = toObject(a, x => x.key, x => { value: map(x.list, x => x + 1) })
var a6 = sort(a, (l, r) => l.n < r.n)
