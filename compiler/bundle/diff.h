// compiler/bundle/diff.h: a unified diff of two texts, three lines of context.
//   facts: E. Myers, "An O(ND) Difference Algorithm and Its Variations" (1986)
#pragma once
#include "base/text.h"

#include <stdio.h>

// Nothing is printed if the texts are equal. A missing file has an empty name ("/dev/null" is
// shown).
void diff_show(Arena *arena, FILE *out, bool colour, Text old_name, Text old_text, Text new_name,
               Text new_text);
