// compiler/artifact/part.h: what a JSON object holds, whatever it is: asked for what is not there,
// or for another kind of value, they give nothing.
#pragma once
#include "compiler/evaluate/value.h"

const Value *part_of(const Value *object, const char *name); // without regard to case; or NULL
Text part_text(const Value *object, const char *name);
int64_t part_int(const Value *object, const char *name, int64_t otherwise);
bool part_is(const Value *object, const char *name, bool boolean);
// How many properties it has; 0 of another kind.
static inline size_t part_count(const Value *object)
{
    return object && object->kind == VALUE_OBJECT ? object->object.count : 0;
}
