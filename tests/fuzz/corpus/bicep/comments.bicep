// before
#disable-next-line BCP001 no-unused-vars
var /* a */ a /* b */ = /* c */ 1 /* d */ // e

/* f */ @description( /* g */ 'h' /* i */ ) // j
param p { // k
  /* l */ x /* m */: /* n */ string? /* o */, y: int } = { // p
  // q
  x: ( /* r */ - /* s */ 1 ) // t
  y: [ // u
    /* v */ ] // w
  z: f( /* x */ ) } // y
type t = /* z */ | 'a' // A
  // B
  | 'b'
var l = map( // C
  [1], // D
  x => // E
  x ? // F
    1 : 2 // G
  )
