// Unions of literals are sorted as text; equal members count once.
type U = 'b' | 'a'
type V = U | 'c'
param a 'b' | 'a' | 'a b' | 'B' | 'a'
param b 1 | 2 | 10 | -1 | -10
param c true | false
param d ('x' | null)
param e V?
param f ('x' | 'y')[]
param g U[]
param h ['x', 1][]
param i { k: 'v' }[]
param j 'only'
param k -5
param l true
param m ('x' | null)[]
