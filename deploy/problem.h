// deploy/problem.h: Azure's nested errors, flattened, and what to do about each (problem.def).
#pragma once
#include "deploy/failure.h"

typedef struct {
    Text code, message; // the innermost, in Azure's words; JSON inside of texts is read
    Text target;        // resource ID or symbol; may be empty
    Text advice;        // what to do; empty if the table has no row
} Problem;

typedef struct {
    Problem *items;
    size_t count, room;
} Problems;

// The leaves of error.details[] and of JSON in its messages, without repetitions, in order.
Problems problems_of(Arena *arena, const Value *error);

// All of it on `out`: resource, reason, advice; then the correlation ID.
void problems_show(FILE *out, Arena *arena, const Failure *failure, bool colour);
