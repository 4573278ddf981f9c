// compiler/check/twin.h: two resources, or two modules, that would be one in Azure.
//   needs:  everything else of the file checked: what is wrong in a name is not said again here
//   errors: SG1418
//   facts:  DeclaredResourceIdComparer and ModuleIdComparer of Emit/EmitLimitationCalculator.cs of the
//           Bicep repository
#pragma once
#include "compiler/check/infer.h"

void twin_check(Check *check, const BoundFile *file);
