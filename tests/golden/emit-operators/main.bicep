// Each operator becomes a function; nothing is folded.
param i int
param b bool
param s string
param o object
var arithmetic = [1 + 2 * i, i - 1, i / 2, i % 2, -i, -(-1), 2147483648 + i]
var comparisons = [i < 1, i <= 1, i > 1, i >= 1, i == 1, i != 1, s =~ 'A', s !~ 'A']
var logic = [b && !b || b, b ? s : 'no', o.x ?? o.y ?? 'none']
var precedence = ((i + 1) * 2) == 4 && (b || !b)
