// deploy/changes.h: the answer of what-if, as a tree that people read.
//   in:     properties.changes[] of what-if ({resourceId, changeType, symbolicName, delta[]}), or
//           resourceChanges[] of a stack's what-if ({id, changeType, resourceConfigurationChanges});
//           `sections` as in follow.h, or NULL
//   Order: Delete, Modify, Create, Deploy, then what does not change as a count. What Azure is known to
//   report though nothing changes (noise.def; case, order, empty values) is set apart, with its number
//   and reasons, never hidden without a word.
#pragma once
#include "base/json.h"
#include "compiler/evaluate/value.h"

#include <stdio.h>

// True if the deployment would change anything, noise aside. `all`: noise too, and what is made in
// full.
bool changes_show(FILE *out, Arena *arena, const Value *changes, const Value *sections, bool colour,
                  bool all);
bool changes_any(Arena *arena, const Value *changes);

// The same as members of an object that was begun: "differs", "counts": {delete, detach, modify, create,
// deploy, unsupported, noise, unchanged}, "changes": [{change, symbol, section, type, id, unsupported,
// delta: [{path, change, before, after, noise}]}]. `noise` says why it is none.
void changes_write_json(JsonWriter *json, Arena *arena, const Value *changes,
                        const Value *sections);
