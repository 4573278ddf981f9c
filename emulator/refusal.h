// emulator/refusal.h: what resource providers refuse, in their words.
#pragma once
#include "emulator/world.h"

// NULL, or the error {status, code, message, target}: what is fixed and would change, what belongs to
// another, what is referenced and is not there. `record` NULL: a new resource.
const Value *refusal_of_provider(const World *world, Arena *arena, Text id, const Value *body,
                                 const Record *record);
