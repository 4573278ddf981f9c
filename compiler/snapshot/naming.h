// compiler/snapshot/naming.h: what names within expressions mean.
#pragma once
#include "compiler/snapshot/inner.h"

// NULL with the frame's problem set.
const Value *naming_parameter(const Frame *frame, Named *named);
const Value *name_user_function(const Frame *frame, const Call *call);
