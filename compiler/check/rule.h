// compiler/check/rule.h: findings of the official compiler's linter, as far as they are errors: a few
// are, others where bicepconfig.json says so.
//   errors: SG1271, SG1272; SG1273 for rules that are not looked for here
//   facts:  Analyzers/Linter of the Bicep repository
#pragma once
#include "compiler/check/shape.h"

void rule_check(Check *check, BoundFile *file);
