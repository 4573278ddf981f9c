// deploy/times.h: how long resources took in earlier runs, for estimates.
//   shapes: $XDG_CACHE_HOME/swarmgen/times.json (else ~/.cache/…): {host: {type: seconds}}; a type's
//           value follows its last runs
//   errors: none. A file that is missing, damaged or cannot be written means no estimate
#pragma once
#include "compiler/evaluate/value.h"

typedef struct {
    Arena *arena;
    Text path; // empty: nowhere to keep them
    Text host; // management.azure.com: a local one is faster
    Value *types;
} Times;

Times times_read(Arena *arena, Text host);
double times_usual(const Times *times, Text type); // seconds; 0: not known
void times_learn(Times *times, Text type, double seconds);
void times_write(const Times *times); // whole or not at all
