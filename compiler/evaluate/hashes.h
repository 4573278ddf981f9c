// compiler/evaluate/hashes.h: Azure's 64-bit hash, of uniqueString() and of templates: MurmurHash3
// with two 32-bit lanes.
#pragma once
#include "base/text.h"

uint64_t hash_of_text(Text text);
