// compiler/evaluate/cases.h: capitals and small letters, as .NET's invariant culture knows them.
#pragma once
#include "base/text.h"

uint32_t case_upper(uint32_t code);
Text case_of_text(Arena *arena, Text text, bool upper);
