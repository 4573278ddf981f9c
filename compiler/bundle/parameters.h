// compiler/bundle/parameters.h: main.bicepparam and azuredeploy.parameters.json for a residual.
//   A parameter with a literal default appears with that value, so that it can be seen and changed;
//   one that only the deployer knows is read from the environment (bicepparam) or asked for by `az`
//   (JSON); secrets never appear.
#pragma once
#include "compiler/specialize/specialize.h"

void parameters_add(Arena *arena, const BoundFile *main, OutputFiles *files);
