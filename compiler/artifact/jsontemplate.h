// compiler/artifact/jsontemplate.h: an ARM template in JSON as Bicep declarations, so that it can
// be called and imported from like a Bicep file.
//   in:     the value of the JSON
//   out:    Bicep text: target scope, parameters, outputs, types, variables and functions. Values
//           of parameters and outputs are left out: whoever calls the template emits its JSON
//   facts:  Emit/CompileTimeImports of the Bicep repository: imported declarations are converted
//           to expressions of Bicep and emitted from them
#pragma once
#include "compiler/evaluate/value.h"

// `error` is set if the JSON is no template.
Text jsontemplate_as_bicep(Arena *arena, const Value *template, Text *error);
