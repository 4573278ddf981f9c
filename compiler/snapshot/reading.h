// compiler/snapshot/reading.h: a template and those within it.
#pragma once
#include "compiler/snapshot/inner.h"

// `around`: the template that deploys this one; `words`: the one whose names its texts use; NULL:
// its own.
Template *reading_template(Arena *arena, const Value *json, const Value *parameters,
                           const TemplateContext *context, Template *around, Template *words,
                           TemplateProblem *problem);
