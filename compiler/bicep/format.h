// compiler/bicep/format.h: a syntax tree as `bicep format` prints it: two spaces, 120 columns, LF,
// a final newline.
//   needs: a file without syntax errors
//   facts: Bicep repository, src/Bicep.Core/PrettyPrintV2; equal byte for byte to the CLI 0.49.2
#pragma once
#include "compiler/bicep/syntax.h"

Text format_file(Arena *arena, const SyntaxFile *file);
