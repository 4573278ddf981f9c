// compiler/swarm/beside.h: files that a description names; they lie in its folder or below.
//   errors: SG1150–SG1153 at the place of the name
#pragma once
#include "base/diag.h"

enum { BESIDE_LIMIT = 64 * 1024 }; // bytes; what a machine can be given is smaller still

// The text of the file; `*good` is false after a diagnostic. `setting`: its path, for messages.
Text beside_read(Arena *arena, Diags *diags, Place place, Text setting, Text folder, Text name,
                 bool *good);
