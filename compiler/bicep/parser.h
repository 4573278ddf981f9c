// compiler/bicep/parser.h: tokens to the syntax tree; recursive descent over the whole language of Bicep 0.49,
// .bicep and .bicepparam.
//   needs:  a source that lexer_read accepts
//   errors: SG1020–SG1099; a broken statement becomes SYNTAX_SKIPPED and parsing goes on at the next line.
//           Nesting deeper than PARSER_DEPTH is an error, not a crash
#pragma once
#include "compiler/bicep/syntax.h"

enum { PARSER_DEPTH = 200 };

// Never NULL.
SyntaxFile *parser_read(Arena *arena, Diags *diags, const Source *source);

// One expression, for the console and tests; NULL after a diagnostic.
Syntax *parser_read_expression(Arena *arena, Diags *diags, const Source *source);
