// A type can contain itself only where a value may end.
type a = { next: a }
type b = { next: b? }
type c = { others: c[] }
type d = e
type e = { back: d }
