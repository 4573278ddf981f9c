// compiler/snapshot/nested.h: bodies of resources, and templates within templates.
#pragma once
#include "compiler/snapshot/inner.h"

// Both of two conditions that are not known; NULL stands for true.
const Value *nested_both(const Frame *frame, const Value *outer, const Value *own);
// Without a runtime: the body of a resource while nothing is known of others; made once.
const Value *nested_evaluated(const Frame *frame, Item *item);
// The body of a resource as it is PUT; without a runtime made once, with what the template says of
// others.
const Value *nested_body(const Frame *frame, Item *item);
// Without a runtime: the properties of a resource as the template gives them, of a nested
// deployment with its outputs. NULL, without a problem, if there are none.
const Value *nested_properties(const Frame *frame, Item *item);
// The template of a nested deployment; NULL with the frame's problem set, or, without a runtime, with
// item->skipped.
Template *nested_template(const Frame *frame, Item *item);
