// compiler/arm/constant.h: values that the official compiler knows while compiling: an expression
// whose type is one literal. Variables count, parameters and variables with a type do not.
//   facts: judged against the official CLI by tests/official/constructs/loads.txt
#pragma once
#include "compiler/bind/bind.h"
#include "compiler/evaluate/value.h"

// NULL, without a diagnostic, if it is not known.
const Value *constant_value(Arena *arena, BoundFile *file, const Syntax *node);
