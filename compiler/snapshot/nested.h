// compiler/snapshot/nested.h: bodies of resources, and templates within templates.
#pragma once
#include "compiler/snapshot/inner.h"

// The body of a resource as it is PUT; without a runtime made once.
const Value *nested_body(const Frame *frame, Item *item);
// Without a runtime: the properties of a resource as the template gives them, of a nested
// deployment with its outputs. NULL, without a problem, if there are none.
const Value *nested_properties(const Frame *frame, Item *item);
// The template of a nested deployment; NULL with the frame's problem set.
Template *nested_template(const Frame *frame, Item *item);
