// compiler/swarm/pattern.h: regular expressions (PCRE2) of @metadata, each compiled once.
//   owns: the compiled ones, until pattern_free
#pragma once
#include "base/map.h"

typedef struct {
    Arena *arena;
    Map compiled; // Text → the compiled expression
} Patterns;

typedef enum { PATTERN_FITS, PATTERN_DIFFERS, PATTERN_WRONG } PatternResult;

// Where in the text an expression fits is its own affair (^, $); $ is the very end of the text.
PatternResult pattern_try(Patterns *patterns, Text pattern, Text text);

void pattern_free(Patterns *patterns);
