// Properties, items, safe access, and access from the end.
param o object
param a array
param s string
var properties = [o.a.b, o['a'], o['a-b'].c, o[s], o.a[0][s], o['$x'], o['1a']]
var ends = [a[^1], a[?^1].b[^2], a[?0], a[?0].b.c]
var safe = [o.?a.b[0], o.?a.?b, (o.?a).b, o!.x, o[?'a'].b, any(o).x, any(o.?x).y]
