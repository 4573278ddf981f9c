// tests/fuzz/fuzz.h: what the entries share. Each is a file with LLVMFuzzerTestOneInput.
#pragma once
#include "base/diag.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// Says `what` is wrong and ends the process unless `holds`.
void fuzz_require(bool holds, const char *what);

// Calls `each` for every line, with an arena of its own.
void fuzz_each_line(Text text, void (*each)(Arena *arena, Text line));

// Every diagnostic about `source` lies within it, and all can be shown. NULL: only that.
void fuzz_check_diags(Diags *diags, const Source *source);
