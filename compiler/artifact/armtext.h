// compiler/artifact/armtext.h: values of ARM templates, with their expressions "[f(x).y]", as the
// text of Bicep expressions.
#pragma once
#include "compiler/evaluate/value.h"

// `name` as an identifier of Bicep: bind_original_name gives it back.
Text armtext_name(Arena *arena, Text name);
void armtext_quote(TextBuffer *out, Text text);
// `loop`: the variable whose copyIndex() is the loop variable `index`; empty if there is none.
// False with `error` set if an expression cannot be read.
bool armtext_write(TextBuffer *out, const Value *value, Text loop, Text *error);
