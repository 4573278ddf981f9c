// compiler/snapshot/member.h: properties and items of values that are known.
#pragma once
#include "compiler/snapshot/engine.h"

// base.access or base[access]; NULL with the frame's problem set.
const Value *member_of(const Frame *frame, const Value *base, const Value *access);
// The same; NULL, without a problem, if there is none.
const Value *member_find(const Value *base, const Value *access);
// Whether the function stays though its arguments are lists and objects: what it is about is not
// known.
bool member_keeps(const char *function, const Value **arguments);
