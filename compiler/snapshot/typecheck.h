// compiler/snapshot/typecheck.h: whether values are what a template declares.
//   errors: NULL with the frame's problem set, in Resource Manager's words
#pragma once
#include "compiler/snapshot/inner.h"

// The value of a parameter: given, or its default. In a partial context a given secure value stays
// parameters('name').
const Value *typecheck_parameter(const Frame *frame, const Named *parameter);
// `kind`: "template output" …, as in "the provided value for the template output 'name' is not valid".
bool typecheck_value(const Frame *frame, const Value *type, const Value *value, Text kind,
                     Text name);
// The type behind $ref, as declared.
const Value *typecheck_resolve(const Frame *frame, const Value *type);
bool typecheck_is_secure(const Frame *frame, const Value *type);
