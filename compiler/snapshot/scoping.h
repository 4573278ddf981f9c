// compiler/snapshot/scoping.h: what a deployment knows of where it is.
#pragma once
#include "compiler/snapshot/engine.h"

// function().property, which nobody knows.
const Value *scoping_unknown(Arena *arena, Text function, Text property);
