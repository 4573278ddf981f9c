// compiler/snapshot/copy.h: loops within values: "copy": [{name, count, input}].
#pragma once
#include "compiler/snapshot/engine.h"

enum { COPY_LIMIT = 800 }; // turns of a loop

bool copy_is_loop(const ValueProperty *property);
// Adds a property for each loop of the list to `object`; false with the frame's problem set.
bool copy_into(const Frame *frame, const Value *loops, Value *object);
// {count, input} of a loop named `name`, as a list, or in a partial context the call unknown() that
// stays; NULL with the frame's problem set.
const Value *copy_list(const Frame *frame, Text name, const Value *loop, bool of_resource);
// The number of turns of a loop; -1 with the frame's problem set.
int64_t copy_count(const Frame *frame, const Value *loop);
