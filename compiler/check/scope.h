// compiler/check/scope.h: whether resources and modules may be deployed where they are, and which
// functions of scopes a file may call.
#pragma once
#include "compiler/check/infer.h"

void scope_check(Check *check, BoundFile *file);
// Whether it is resourceGroup() or its like, or a variable that stands for one.
bool scope_is_call(const BoundFile *file, const Syntax *node);
