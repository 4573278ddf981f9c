// A property is given once.
param key string
type T = {
  a: string
  a: int
}
var v = { a: 1, b: 2, 'a': 3, '${key}': 4, '${key}': 5 }
var large = { k0: 0, k1: 1, k2: 2, k3: 3, k4: 4, k5: 5, k6: 6, k7: 7, k8: 8, k9: 9, k10: 10, k11: 11, k12: 12, k3: 13 }
output o object = { v: v, l: large }
