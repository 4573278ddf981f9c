// compiler/snapshot/naming.h: what names within expressions mean.
#pragma once
#include "compiler/snapshot/inner.h"

// NULL with the frame's problem set.
const Value *naming_parameter(const Frame *frame, Named *named);
// All variables; false with the frame's problem set.
bool naming_variables(const Frame *frame);
const Value *name_user_function(const Frame *frame, const Call *call);
