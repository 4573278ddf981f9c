// deploy/changes.h: the answer of what-if, as a tree that people read.
//   Order: Delete, Modify, Create, Deploy, then NoChange and Ignore as a count. What Azure is known to
//   report though nothing changes (noise.def) is set apart, with its number, never hidden.
#pragma once
#include "compiler/evaluate/value.h"

#include <stdio.h>

// `changes`: properties.changes[] of what-if, or resourceChanges[] of a stack's what-if. `sections`
// as in follow.h. True if the deployment would change anything (noise aside).
bool changes_show(FILE *out, Arena *arena, const Value *changes, const Value *sections, bool colour,
                  bool all);
bool changes_any(Arena *arena, const Value *changes);
