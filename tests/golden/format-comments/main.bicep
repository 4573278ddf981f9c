// Comments and directives at all places; what the official formatter makes of them
#disable-next-line   no-unused-params   
param /* a */ a /* b */ string /* c */ = /* d */ 'a' /* e */ // f
  // indented

/* block
   of two lines */ @description( /* g */ 'h' /* i */ ) // j

// between decorator and statement
@minLength(1)   // k


param list string[] = [ // l
  /* m */ 'n' /* o */ // p
  // q

  // r
  'second' /* s */ ] // t
#disable-next-line no-unused-vars
var object = { // u
  #disable-next-line BCP036
  x: ( /* v */ - /* w */ 1 ) // x
  // last
} // y
type Choice = /* z */ | 'a' // A
  | 'b' /* C */
#disable-next-line no-unused-vars
var call = concat( // D
  'a', // E
  /* F */ 'b'
  // G
)
#disable-next-line no-unused-vars
var mapped = map(list, item => // H
  item // I
)
output o string = list[0] == 'n' // J
  ? a /* K */
  // L
  : 'none' // M
output /* N */ p Choice = 'a'


// end
