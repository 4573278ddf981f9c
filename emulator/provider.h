// emulator/provider.h: what resource providers make of a body, by type; rows of provider.def.
#pragma once
#include "emulator/world.h"

// The resource that a body makes: what is write-only taken away, what is given added; what an earlier one
// was given stays.
const Value *provider_complete(const World *world, Arena *arena, Text id, const Value *body,
                               const Value *earlier);

// NULL, or the error {status, code, message, target}: what is fixed and would change, what belongs to
// another, what is referenced and is not there. `record` NULL: a new resource.
const Value *provider_refuses(const World *world, Arena *arena, Text id, const Value *body,
                              const Record *record);

bool provider_hides(Text type, const char *path); // a write-only property

// The one of its parts (subnet, pool …) that has this ID; NULL if there is none.
const Value *provider_part(const Value *resource, Text id);
