// compiler/evaluate/walks.h: the functions that take lambdas: map, filter, sort …
//   in:     the arguments; what a lambda is, the caller knows
//   out:    a value, or NULL after a diagnostic or after `apply` gave NULL
#pragma once
#include "compiler/evaluate/functions.h"

typedef struct {
    FunctionCall call;
    void *self;
    // The lambda that is argument `index`, applied to values; it may take fewer of them.
    const Value *(*apply)(void *self, size_t index, const Value **values, size_t count);
} Walk;

// `arguments`: NULL where a lambda stands.
const Value *walk_call(Walk *walk, Text function, const Value **arguments, size_t count);
