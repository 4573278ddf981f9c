// emulator/stack.h: deployment stacks: deployments that remember their resources.
//   shapes: a record of SHELF_STACKS is what GET gives, and beside it `internal`: {template, deployment,
//           operation, ends}: what GET does not show
//   facts:  api version 2025-07-01 of Microsoft.Resources/deploymentStacks in azure-rest-api-specs
#pragma once
#include "emulator/exchange.h"

void stacks_advance(World *world);
// With what it holds, as its actionOnUnmanage says.
void stack_remove(World *world, Text id);
// The stack whose deny settings keep a resource from deletion; NULL if there is none.
const Record *stack_denies(const World *world, Text id);
