// compiler/arm/typejson.h: types as the JSON of parameters, outputs, definitions and functions.
//   facts: docs/emission.md, "Types"
#pragma once
#include "compiler/arm/node.h"

// The type's own properties; `decorators` is asked for @discriminator.
Node *typejson_type(const Env *env, const Syntax *type, SyntaxList decorators);
// The same of an output, whose type may be told by its value only: `resource`.
Node *typejson_output(const Env *env, const Syntax *declaration);
// True if the value of an output of this type is secret.
bool typejson_is_secure(const Env *env, const Syntax *type, SyntaxList decorators);
