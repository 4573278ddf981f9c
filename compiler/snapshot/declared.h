// compiler/snapshot/declared.h: the resources that a template declares: loops unrolled, names and
// IDs evaluated, conditions decided.
#pragma once
#include "compiler/snapshot/inner.h"

// Fills template->items in the order of the template; false with the frame's problem set.
bool declared_read(const Frame *frame);
// NULL, after the message that an expression gives another kind than is wanted.
const Value *declared_wrong_result(const Frame *frame, const Value *value, const char *wanted);
// By symbolic name ('pools[2]' for a turn), in a classic template by name or ID; NULL if unknown.
Item *declared_find(const Template *template, Text name);
// How messages name a resource: by its symbol, or its name as it stands in the template.
Text declared_label(Arena *arena, const Item *item);
// Where the texts of this resource are evaluated.
Frame declared_frame(Template *template, const Item *item, const TemplateRuntime *runtime,
                     TemplateProblem *problem);
