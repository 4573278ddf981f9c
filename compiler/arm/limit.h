// compiler/arm/limit.h: what Azure would refuse, found while compiling: resources without a name,
// values that are not known at the start.
//   errors: SG1410, SG1412, SG1417
#pragma once
#include "compiler/arm/emitter.h"

void limit_check(Emitter *emitter);
