// compiler/arm/convert.h: what expression.c, call.c and jsonvalue.c share: each converts other kinds
// of expressions.
#pragma once
#include "compiler/arm/expression.h"

// The file's symbol that a name stands for; NULL for locals and built-in names.
Symbol *convert_file_symbol(const Env *env, const Syntax *node);
bool convert_is_built_in(const Env *env, const Syntax *call); // a function of Bicep's own
// A scope function with arguments is an empty object as a value.
bool convert_is_empty_scope(const Syntax *call);

bool convert_has_spread(const Syntax *list);
// The value of an integer literal, also behind a minus; false if it is none.
bool convert_integer_value(const Syntax *node, int64_t *value);
Tree *convert_key(const Env *env, const Syntax *property);
Tree *convert_negated(Arena *arena, Tree *tree);

Tree *convert_call(const Env *env, const Syntax *node);
Tree *convert_lambda(const Env *env, const Syntax *node);

// Pasted variables may be nested deeper than any file: false after a diagnostic, else depth grows.
bool convert_enter(Emitter *emitter, const Syntax *node);
