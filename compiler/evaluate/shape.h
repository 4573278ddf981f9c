// compiler/evaluate/shape.h: JSON values from a shape, read like JSON itself.
//   shapes: shape_make(arena, "{id:%t,properties:{state:'On',count:%i}}", id, count); keys are bare,
//           texts stand in single quotes. %t Text, %s C string, %i int64_t, %f double, %b int, %v Value.
//           A NULL %s or %v, or a Text whose `at` is NULL, leaves its key or item out.
//   owns:   values are made in `arena`; what %t and %v point to is not copied
#pragma once
#include "compiler/evaluate/value.h"

const Value *shape_make(Arena *arena, const char *shape, ...);

// The value at a path of keys without regard to case, "properties.template"; NULL if absent.
const Value *shape_at(const Value *value, const char *path);
Text shape_text(const Value *value, const char *path);         // {NULL, 0} if it is no text
const Value *shape_list(const Value *value, const char *path); // empty if it is no array
double shape_number(const Value *value, const char *path, double otherwise);
bool shape_bool(const Value *value, const char *path);

// A copy that shares nothing with `value`.
Value *shape_copy(Arena *arena, const Value *value);

// `object` with one property set, or taken away if `value` is NULL; the rest is shared.
const Value *shape_with(Arena *arena, const Value *object, const char *path, const Value *value);

// On one line.
Text shape_json(Arena *arena, const Value *value);
