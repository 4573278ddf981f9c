// compiler/evaluate/calls.h: the functions of functions.def, each with the signature of a row's
// `call`; and what they share.
#pragma once
#include "compiler/evaluate/functions.h"

// Every NAME(call, arguments, count) of the table.
#define FUNCTION(name, least, most, flags, call) FUNCTION_DECLARE(call)
#define FUNCTION_DECLARE(call)                                                                     \
    const Value *call(FunctionCall *function, const Value **arguments, size_t count);
#define NONE call_none // of the rows without code: declared here, never defined
#include "compiler/evaluate/functions.def"
#undef NONE
#undef FUNCTION

// NULL, after the diagnostic "what: why".
const Value *call_refuse(FunctionCall *call, Text why);
// False after a diagnostic if the argument at `index` is of another kind.
bool call_expects(FunctionCall *call, const Value **arguments, size_t index, ValueKind kind);

// The UTF-16 units from `from` to `to`, as .NET cuts texts; half a character becomes U+FFFD.
Text call_units(Arena *arena, Text text, size_t from, size_t to);
