// compiler/evaluate/evaluate.h: Bicep expressions to values, exactly as Azure evaluates them.
//   in:     an expression, names bound to values
//   out:    a value, or NULL after a diagnostic (SG1301–SG1399)
//           What depends on a deployment (reference(), resourceGroup() …) is an error here; the
//           specialiser leaves it in place
//   facts:  judged against the official CLI by tests/official/functions.py
#pragma once
#include "compiler/bind/bind.h"
#include "compiler/evaluate/value.h"

typedef struct Evaluator Evaluator;

// Names bound by lambdas, loops and function parameters; innermost first.
typedef struct Scope Scope;
struct Scope {
    Text name;
    const Value *value;
    const Scope *outer;
};

// Parameters get their values from `parameters` (an object value, may be NULL), else their
// defaults.
Evaluator *evaluate_begin(Arena *arena, Diags *diags, BoundFile *file, const Value *parameters);

const Value *evaluate_expression(Evaluator *evaluator, const Syntax *node, const Scope *scope);

// Calls an exported or own user function of the file with values.
const Value *evaluate_call(Evaluator *evaluator, Text function, const Value **arguments,
                           size_t count, Place place);

// A key for the result of a user function: the same function with the same values.
Text evaluate_key(Arena *arena, const Symbol *function, const Value **arguments, size_t count);
