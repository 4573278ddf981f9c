// deploy/noise.h: differences that what-if reports and that are none. noise.def has those of which it
// is known; the rest follows from the values: case, order, emptiness, what is not evaluated.
#pragma once
#include "deploy/changelist.h"

// Marks the differences of `change`, and counts the noise in it and in `changes`. A difference with
// differences in it is noise if all of them are.
void noise_mark(Arena *arena, Changes *changes, Change *change);

// '*' is anything within a name, '**' across names; case does not matter.
bool noise_glob(const char *pattern, Text text);

const char *noise_words(NoiseKind kind); // why: "Azure's default"
