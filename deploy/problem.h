// deploy/problem.h: Azure's nested errors, flattened, and what to do about each (problem.def).
//   in:     {code, message, target, details[], innererror, additionalInfo[]}, also within `error`,
//           in other cases of letters, and as JSON text within a message
//   owns:   the arena given
//   facts:  messages as people reported them in public issues; wrappers such as DeploymentFailed are
//           only kept where nothing is in them
#pragma once
#include "base/json.h"
#include "deploy/paint.h"
#include "deploy/progress.h"

#include <stdio.h>

typedef struct {
    Text code, message; // the innermost, in Azure's words, without what it says about itself
    Text target;        // resource ID, else a property; several separated by ", "; may be empty
    Text symbol;        // of the steps that failed so, likewise; empty if none is known
    Text log;           // what a program on a machine printed; may be empty
    Text advice;        // what to do; empty if the table has no row
} Problem;

typedef struct {
    Problem *items;
    size_t count, room;
} Problems;

// The leaves of an error without repetitions: first those that the table knows, last those that
// only follow from others.
Problems problems_of(Arena *arena, const Value *error);

// The same of a failure, which may have no error of Azure in it: at least one problem.
// `progress`: NULL, or the steps, to find symbols.
Problems problems_of_failure(Arena *arena, const Failure *failure, const Progress *progress);

// All of it on `out`: resource, reason, log, advice; then the call and the correlation ID.
void problems_show(FILE *out, Arena *arena, const Failure *failure, bool colour);

// As members of an object that was begun: "errors": [{code, message, symbol, target, log, advice}], "call",
// "correlationId".
void problems_write_json(JsonWriter *json, Arena *arena, const Failure *failure);

// Both in two steps.
void problems_paint(Painter *painter, const Problems *problems, const Failure *failure);
void problems_write(JsonWriter *json, const Problems *problems, const Failure *failure);

// The advice for a code and a message; empty if there is none.
Text problem_advice(Arena *arena, Text code, Text message);
