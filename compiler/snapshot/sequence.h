// compiler/snapshot/sequence.h: which resource waits for which, and the order that follows.
#pragma once
#include "compiler/snapshot/inner.h"

// needs:  template->items
// leaves: the needs of each, template->sequence; false with the frame's problem set (unknown names,
//         cycles)
bool sequence_read(const Frame *frame);
