// A directive names what it silences
#disable-next-line
param unused string
#disable-diagnostics   // all of them?
