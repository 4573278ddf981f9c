// compiler/evaluate/functions.h: the built-in functions as rows of a table (functions.def).
// A row says what every stage has to know; adding a function is a row, its code, and three lines of
// tests/unit/functions.test.
#pragma once
#include "compiler/evaluate/value.h"

typedef enum {
    FUNCTION_PURE = 1,   // the same arguments give the same value: may be evaluated while compiling
    FUNCTION_LAMBDA = 2, // takes lambdas: evaluated by the evaluator, not by `call`
    FUNCTION_LOAD = 4,   // reads a file: loadTextContent …
    FUNCTION_RUNTIME =
        8, // a value that Azure knows only while deploying: variables that use it are pasted
    FUNCTION_DEPLOYMENT = 16, // known to Azure at the start: resourceGroup(), deployer() …
    FUNCTION_DECORATOR = 32,  // only legal as @name(…)
    FUNCTION_AZ = 64,         // of the name space `az`; all others are of `sys`
} FunctionFlags;

typedef struct {
    Arena *arena;
    Diags *diags;
    Place place; // of the call, for diagnostics
} FunctionCall;

typedef struct {
    const char *name;
    int least, most; // arguments; most -1: any number
    unsigned flags;
    // NULL after a diagnostic. NULL pointer: not evaluated by a plain call.
    const Value *(*call)(FunctionCall *call, const Value **arguments, size_t count);
} FunctionRow;

const FunctionRow *function_find(Text name); // NULL if there is no such function

// Operators on values; NULL after a diagnostic.
const Value *operator_binary(FunctionCall *call, int op, const Value *left, const Value *right);
const Value *operator_unary(FunctionCall *call, int op, const Value *operand);
// Property and item access; `safe`: null instead of an error.
const Value *operator_property(FunctionCall *call, const Value *base, Text name, bool safe);
const Value *operator_index(FunctionCall *call, const Value *base, const Value *at, bool safe,
                            bool from_end);
// Text of a value inside '${…}', as format() prints it.
Text operator_interpolated(Arena *arena, const Value *value);
