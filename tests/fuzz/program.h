// tests/fuzz/program.h: what the entries that compile a program share.
#pragma once
#include "compiler/bind/bind.h"
#include "tests/fuzz/fuzz.h"

// BindReader.read where there is no other file.
const Source *fuzz_read_nothing(BindReader *reader, Diags *diags, Place asked_at, Text path);
// Parses, binds, checks and emits it: where nothing is wrong there is a template.
void fuzz_compile(Arena *arena, Diags *diags, BindReader *reader, const Source *source);
