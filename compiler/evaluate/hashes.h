// compiler/evaluate/hashes.h: Azure's 64-bit hash, of uniqueString() and of templates: MurmurHash3
// with two 32-bit lanes.
#pragma once
#include "base/text.h"

typedef struct { // {0} at the start
    uint32_t first, second;
    size_t length;
} HashState;

// Takes as much of `text` as can be hashed before the end is known; gives how many bytes that were.
size_t hash_add(HashState *state, Text text);
uint64_t hash_end(HashState *state, Text text); // with the rest
