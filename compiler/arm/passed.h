// compiler/arm/passed.h: resources that parameters and modules' outputs carry. All that is there of
// them is their id, a text; what is not part of it is read from Azure while deploying.
//   facts: docs/emission.md, "Resources that are passed"
#pragma once
#include "compiler/arm/expression.h"

typedef struct {
    Tree *id; // NULL: this carries no resource
    Text type, version;
    const Syntax *output; // m.outputs.o; NULL: a parameter
    Tree *outputs;        // of the module of `output`
} Passed;

Passed passed_of(const Env *env, const Syntax *node);
// The property that is read at `node`.
Tree *passed_property(const Env *env, Passed passed, const Syntax *node, Text name, bool safe);
Tree *passed_whole(Emitter *emitter, Passed passed);
// A variable that stands for a module's output is all of the resource, where the output itself would
// be its id; NULL for anything else.
Tree *passed_pasted(const Env *env, const Syntax *node, Meaning meaning);
Tree *passed_list_call(const Env *env, Passed passed, const Syntax *call);

// The id of the resource that `value` is, declared in the file or passed to it; NULL if it is none.
Tree *passed_id(const Env *env, const Syntax *value);
// Whether an output's value is a resource's id.
bool passed_by(const Env *env, const Syntax *output);
// Says so if resources are passed to or from a module and no feature of this file allows it.
void passed_check_module(Emitter *emitter, const Symbol *module);
