// compiler/evaluate/settings.h: what bicepconfig.json says of a file: the one of the nearest folder
// around it, with what that extends.
//   errors: SG1415, those of reading a file, a cycle of `extends`
//   facts:  Configuration/ConfigurationManager.cs of the Bicep repository
#pragma once
#include "compiler/bind/bind.h"
#include "compiler/evaluate/value.h"

// An object; NULL if there is none, or after a diagnostic.
const Value *settings_read(Arena *arena, Diags *diags, BoundFile *file);
// What is at the end of the names, a NULL behind the last; NULL if `settings` has nothing there.
const Value *settings_at(const Value *settings, const char *const *names);
