// compiler/snapshot/settle.h: what a template says of its own resources, put into what evaluation has
// left. Evaluation alone knows nothing of a resource: its reference() stays, with a literal ID. Here
// what has stayed is evaluated again, and a reference by ID gives what the template says.
//   in:     a value as the engine made it without a runtime
//   out:    the same with what is known now
//   errors: NULL with the frame's problem set
//   facts:  the engine within the Bicep CLI 0.49.2 works so; a reference by a symbolic name that only
//           this second evaluation meets, stays
#pragma once
#include "compiler/snapshot/engine.h"

const Value *settle(const Frame *frame, const Value *value);
// A call of reference() in the second evaluation: NULL, perhaps with a problem, if nothing is known.
const Value *settle_reference(const Frame *frame, const Call *call, const Value **arguments);
