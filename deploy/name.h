// deploy/name.h: the name of a deployment, made from its content: the same input finds its own
// deployment again, also from another computer.
#pragma once
#include "compiler/evaluate/value.h"

// 13 letters and digits for a template and what was given for its parameters ({name: value}). Secure
// parameters are left out, whose value could be guessed from a name.
Text name_content(Arena *arena, Text template, const Value *given, const Value *declared);

// "acme-3x5q…": at most 64 characters, as Azure wants it.
Text name_deployment(Arena *arena, Text swarm, Text content);
