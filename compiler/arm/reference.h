// compiler/arm/reference.h: resources and modules in expressions: which one is meant, and how it is
// read.
//   facts: docs/emission.md, "Expressions" and "Resources"
#pragma once
#include "compiler/arm/emitter.h"

// What an expression stands for: r, c[i], a::b.
typedef struct {
    Symbol *symbol; // NULL: neither a resource nor a module
    const Env *env; // of its body, with the index in place of its loop's
    Tree *index;    // NULL without one
} Reference;

Reference reference_of(const Env *env, const Syntax *node);
Symbol *reference_symbol(const Env *env,
                         const Syntax *node);      // of r or a::b; NULL for anything else
bool reference_is_collection(Reference reference); // a loop, without an index
// The body's Env of a resource, module or loop variable where its loop stands at `index` (NULL: the
// own copyIndex()).
const Env *reference_env_at(Unit *unit, const Symbol *symbol, Tree *index);
// The same, as a parent's name is read: its loop's item becomes the written array[index].
Reference reference_as_written(Reference reference);
// 'name', or format('name[{0}]', index).
Tree *reference_symbolic(Emitter *emitter, Reference reference);

// All of it, as a value.
Tree *reference_whole(Emitter *emitter, Reference reference);
// Its property `name`, read at `node`.
Tree *reference_property(const Env *env, Reference reference, const Syntax *node, Text name,
                         bool safe);
// The output `name` of a module; NULL if it has none.
const Syntax *reference_find_output(Reference module, Text name);
// `node` is m.outputs.name: of a module, or of a lambda's variable that runs over modules.
Tree *reference_output(const Env *env, Reference module, const Syntax *node);
Tree *reference_item_output(const Env *env, const Syntax *node);
