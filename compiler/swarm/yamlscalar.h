// compiler/swarm/yamlscalar.h: what a scalar without quotes means: the core schema of YAML 1.2.
//   facts: https://yaml.org/spec/1.2.2/#103-core-schema
#pragma once
#include "compiler/evaluate/value.h"

// NULL, BOOL, INT, FLOAT or STRING; of an INT `base` is set: 8, 10 or 16.
ValueKind yamlscalar_kind(Text text, int *base);
bool yamlscalar_is_true(Text text);
// False if it does not fit in 64 bits.
bool yamlscalar_integer(Arena *arena, Text text, int base, int64_t *integer);
double yamlscalar_float(Arena *arena, Text text);
