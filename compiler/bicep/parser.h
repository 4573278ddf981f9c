// compiler/bicep/parser.h: tokens to the syntax tree; recursive descent over the whole language of
// Bicep 0.49, .bicep and .bicepparam.
//   needs:  a source that lexer_read accepts
//   errors: SG1020–SG1099, one for each broken place. What could not be read is SYNTAX_SKIPPED, in
//           the place of a statement or of a part of it, never NULL; parsing goes on at the next
//           item or line. Nesting deeper than PARSER_DEPTH, or a tree higher than SYNTAX_HEIGHT, is
//           an error, not a crash
#pragma once
#include "compiler/bicep/syntax.h"

enum { PARSER_DEPTH = 200 };

// Never NULL.
SyntaxFile *parser_read(Arena *arena, Diags *diags, const Source *source);

// One expression, for the console and tests; NULL after a diagnostic.
Syntax *parser_read_expression(Arena *arena, Diags *diags, const Source *source);
