// emulator/whatif.h: what a deployment would change, compared with what is there.
#pragma once
#include "compiler/snapshot/template.h"
#include "emulator/world.h"

// An array of {resourceId, symbolicName, changeType, before, after, delta}: Create, Modify, NoChange of what
// the template describes; Ignore of what else is in `scope`, or Delete with `complete`.
const Value *whatif_changes(World *world, Arena *arena, Template *template, Text scope,
                            bool complete);
// The differences of two values as Azure lists them: an array of {path, propertyChangeType, before, after,
// children}.
const Value *whatif_delta(Arena *arena, const Value *before, const Value *after);
