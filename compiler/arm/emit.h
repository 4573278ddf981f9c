// compiler/arm/emit.h: a bound Bicep file to the ARM JSON template that the official compiler makes
// of it.
//   needs:  a bound file without errors
//   errors: SG1401–SG1499: what is not supported yet is named with its place, never emitted wrongly
//   facts:  docs/emission.md; judged byte for byte by tests/official
#pragma once
#include "base/json.h"
#include "compiler/bind/bind.h"

// The text of the template; an empty one after a diagnostic.
Text emit_template(Arena *arena, Diags *diags, BoundFile *file);

// The parameters file (JSON) of a bound .bicepparam.
Text emit_parameters(Arena *arena, Diags *diags, BoundFile *file);

// A template as part of another one's JSON.
void emit_into(Arena *arena, Diags *diags, BoundFile *file, JsonWriter *json);
