// compiler/snapshot/reading.h: a template and those within it.
#pragma once
#include "compiler/snapshot/inner.h"

typedef struct {
    const Value *json, *parameters;
    TemplateContext context;
    const Value *subscription, *group; // NULL: the context's
    TemplateScope scope;
    bool told;
    Template *around;       // that deploys this one; NULL: nobody
    Template *words;        // whose names its texts use; NULL: its own
    bool runtime;           // everything is known: nothing is looked into before its turn
    const Value *condition; // what is not known of whether it is deployed; NULL: it is
} Reading;

Template *reading_template(Arena *arena, const Reading *reading, TemplateProblem *problem);
