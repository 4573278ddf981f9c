// compiler/check/scope.h: whether resources and modules may be deployed where they are, and which
// functions of scopes a file may call.
#pragma once
#include "compiler/check/infer.h"

void scope_check(Check *check, BoundFile *file);
// The call of resourceGroup() or its like that it is, or that the variable stands for; NULL: none.
const Syntax *scope_call(const BoundFile *file, const Syntax *node);
// The name of what the file is deployed to, such as `subscription`.
Text scope_target(const BoundFile *file);
// The resource or module that `a`, `a::b` or `a[0]::b` names, seen from the resource `within`; NULL:
// none. Not through parentheses around it all.
const Symbol *scope_named(const BoundFile *file, const Symbol *within, const Syntax *node);
// The resource around it, or named by `parent`, with its index if it is one of a collection; NULL:
// none, or it cannot be told.
const Symbol *scope_parent(const Symbol *symbol, const Syntax **index);
