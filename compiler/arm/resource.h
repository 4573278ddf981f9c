// compiler/arm/resource.h: resources and modules of a template.
//   facts: docs/emission.md, "Resources"
#pragma once
#include "compiler/arm/emitter.h"

// "resources": an array in the classic form, an object by symbolic names otherwise.
void resource_write_all(Emitter *emitter);
// What is wrong with `test` statements, of which a template has nothing.
void resource_check_tests(Emitter *emitter);
