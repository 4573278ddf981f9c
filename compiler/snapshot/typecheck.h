// compiler/snapshot/typecheck.h: whether values are what a template declares.
#pragma once
#include "compiler/snapshot/inner.h"

// The value of a parameter: given, or its default; NULL with the frame's problem set.
const Value *typecheck_parameter(const Frame *frame, const Named *parameter);
// The type behind $ref, as declared; NULL with the frame's problem set.
const Value *typecheck_resolve(const Frame *frame, const Value *type);
bool typecheck_is_secure(const Frame *frame, const Value *type);
