// compiler/bind/carried.h: parameters and outputs that carry a resource: `param a resource 'T@v'`.
// What is passed is the resource's id.
#pragma once
#include "compiler/bind/bind.h"

// T@v of the resource that a declaration of `type` in `file` carries, found through names; false if it
// carries none. `value` is what an output gives, whose type may be `resource` alone; else NULL.
bool carried_type(Arena *arena, BoundFile *file, const Syntax *type, const Syntax *value,
                  Text *found);
// The same of a parameter.
bool carried_by(Arena *arena, const Symbol *symbol, Text *found);
// Whether parameters or outputs of the file carry resources.
bool carried_anywhere(Arena *arena, BoundFile *file);
