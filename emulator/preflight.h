// emulator/preflight.h: what resource providers say before anything is made: sizes and quotas.
#pragma once
#include "compiler/snapshot/template.h"
#include "emulator/world.h"

enum { CORE_LIMIT = 350 }; // of the region and of each family

// The errors {code, message} that a template and those within it meet before it is deployed: an array,
// empty if there is none.
const Value *preflight_template(World *world, Arena *arena, Template *template, Text location);
// What a policy says about a resource {status, code, message, …}; NULL if none forbids it.
const Value *preflight_policy(const World *world, Arena *arena, Text id, Text type);
// Registers the namespaces of a template's resources.
void preflight_register(World *world, Arena *arena, Text type);
