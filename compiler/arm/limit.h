// compiler/arm/limit.h: what Azure would refuse, found while compiling: values that are not known at the start, and two
// resources of one name.
//   errors: SG1417, SG1418
#pragma once
#include "compiler/arm/emitter.h"

void limit_check(Emitter *emitter);
