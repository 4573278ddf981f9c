// compiler/arm/expression.h: Bicep expressions to ARM expressions and JSON values.
//   facts: docs/emission.md, "Expressions"
#pragma once
#include "compiler/arm/emitter.h"

// What an expression is after parentheses, any(), `!` and pasted variables are taken away, and
// where it is understood.
typedef struct {
    const Env *env;
    const Syntax *node;
} Meaning;

Meaning expression_meaning(const Env *env, const Syntax *node);

// Never NULL: after a diagnostic, an empty text.
Tree *expression_tree(const Env *env, const Syntax *node);

// In value position: literals as plain JSON, recursively; anything else as "[…]".
void expression_write(const Env *env, const Syntax *node);
// The members of an object, loops first in "copy"; `skipped` names properties that are left out, up
// to a NULL.
void expression_write_members(const Env *env, const Syntax *object, const char *const *skipped);
// {name, count, mode, batchSize, input}; `index` is what the item's index is, `input` may be NULL.
void expression_write_copy(const Env *env, Text name, const Syntax *loop, Tree *index, size_t batch,
                           bool with_input);
void expression_write_tree(Emitter *emitter, Tree *tree);

// Its name in this template.
Text expression_name_of(const Env *env, const Symbol *symbol);
// The symbol that a name or access of a namespace stands for; NULL if there is none.
const Symbol *expression_symbol(const Env *env, const Syntax *node);
