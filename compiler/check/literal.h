// compiler/check/literal.h: what can be computed while compiling: functions and operators of
// literals give a literal, as for the official compiler.
//   facts: TypeSystem/ArmFunctionReturnTypeEvaluator.cs of the Bicep repository
#pragma once
#include "compiler/check/shape.h"

// NULL: not all are literals, or it cannot be computed (only a warning of the official compiler).
// `file`, `at`: where the call stands; it may read files beside it.
const Shape *literal_call(Check *check, BoundFile *file, Place at, Text function,
                          const Shape *const *shapes, size_t count);
const Shape *literal_binary(Check *check, int op, const Shape *left, const Shape *right);
const Shape *literal_unary(Check *check, int op, const Shape *operand);
// Of a literal, as it is printed in '${…}'.
Text literal_text(Check *check, const Shape *literal);
