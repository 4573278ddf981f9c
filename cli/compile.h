// cli/compile.h: a bound file, checked and as JSON, as `compile` and `snapshot` need it.
#pragma once
#include "compiler/bind/bind.h"

// The template of a .bicep; with `parameters` the parameters file of a .bicepparam, whose target is
// checked too. Where checks and emission object to the same place, the checks' diagnostic stays.
Text compile_file(Arena *arena, Diags *diags, BoundFile *file, bool parameters);
