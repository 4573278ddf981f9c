// compiler/arm/loading.h: loadTextContent() and its like: read while compiling, put into the
// template as values.
//   facts: docs/emission.md, "Expressions"
#pragma once
#include "compiler/arm/emitter.h"

bool loading_is_load(Text name);

// The call as part of an expression: variables('$fxv#N'), or the text itself.
Tree *loading_tree(const Env *env, const Syntax *call);
// The call in value position.
void loading_write(const Env *env, const Syntax *call);
// The value of a variable $fxv#N.
void loading_write_content(const Env *env, const Syntax *call);
