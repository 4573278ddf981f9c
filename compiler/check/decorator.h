// compiler/check/decorator.h: what decorators are given, and what they stand before.
#pragma once
#include "compiler/check/infer.h"

// Of a declaration or of a part of a type; `target` NULL: it has no type.
void decorator_check(Check *check, BoundFile *file, SyntaxList decorators, const Syntax *type,
                     const Shape *target);
// @batchSize and others of a resource or module.
void decorator_check_deployed(Check *check, const Symbol *symbol);
// Whether it is a constant: literals, without names and calls.
bool decorator_is_constant(const Syntax *node);
