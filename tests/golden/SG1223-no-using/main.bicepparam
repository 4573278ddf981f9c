// A parameters file says what it is for.
param a = 'x'
