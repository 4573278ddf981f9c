// compiler/snapshot/runtime.h: reference(), list*() and their like.
#pragma once
#include "compiler/snapshot/engine.h"

// An expression that is not evaluated, with IDs and versions instead of symbolic names, and numbers
// instead of copyIndex(). NULL after an error.
const Value *runtime_renamed(const Frame *frame, const Value *expression);
