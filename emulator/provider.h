// emulator/provider.h: what resource providers make of a body, by type; rows of provider.def.
#pragma once
#include "emulator/world.h"

// The resource that a body makes: what is write-only taken away, what is given added; what an earlier one
// was given stays.
const Value *provider_complete(const World *world, Arena *arena, Text id, const Value *body,
                               const Value *earlier);

bool provider_hides(Text type, const char *path); // a write-only property

// The one of its parts (subnet, pool …) that has this ID; NULL if there is none.
const Value *provider_part(const Value *resource, Text id);
