// compiler/bind/names.h: every name that a file mentions is looked up once, so that later stages
// may assume it exists.
//   needs:  the symbols of `file` and of all files it imports
//   errors: SG1201 ff. for unknown and misused names, SG1206 for declarations that depend on
//   themselves
#pragma once
#include "compiler/bind/bind.h"

void names_check(Arena *arena, Diags *diags, BoundFile *file);
