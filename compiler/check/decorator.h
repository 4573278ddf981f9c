// compiler/check/decorator.h: what decorators are given, and what they stand before.
#pragma once
#include "compiler/check/infer.h"

// Of a declaration or of a part of a type.
void decorator_check(Check *check, BoundFile *file, SyntaxList decorators, const Syntax *type,
                     const Shape *target);
// @batchSize and others of a resource or module.
void decorator_check_deployed(Check *check, const Symbol *symbol);
// Of what has no type: a variable, a function, metadata.
void decorator_check_plain(Check *check, BoundFile *file, SyntaxList decorators);
// That it is a constant: literals, without names, calls, operators and parentheses.
void decorator_check_constant(Check *check, const Syntax *node);
