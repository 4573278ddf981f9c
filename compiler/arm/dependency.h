// compiler/arm/dependency.h: what a resource or module must wait for.
//   facts: docs/emission.md, "Resources"
#pragma once
#include "compiler/arm/expression.h"

// Writes "dependsOn", if there is anything to wait for.
void dependency_write(Emitter *emitter, const Symbol *symbol);
