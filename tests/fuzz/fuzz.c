// tests/fuzz/fuzz.c: see fuzz.h.
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>

void fuzz_require(bool holds, const char *what)
{
    if (holds) return;
    fprintf(stderr, "%s\n", what);
    abort();
}

void fuzz_each_line(Text text, void (*each)(Arena *arena, Text line))
{
    for (size_t from = 0; from < text.length;) {
        Text rest = text_slice(text, from, text.length);
        Text line = text_slice(rest, 0, text_index(rest, '\n'));
        Arena arena = {0};
        each(&arena, line);
        arena_free(&arena);
        from += line.length + 1;
    }
}

void fuzz_check_diags(Diags *diags, const Source *source)
{
    for (size_t i = 0; i < diags->count; i++) {
        Place place = diags->items[i].place;
        if (!source || place.source != source) continue;
        fuzz_require(place.from <= place.to && place.to <= source->text.length,
                     "a place outside of the file");
    }
    char *shown = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&shown, &length);
    fuzz_require(out != NULL, "no memory");
    diag_show(out, diags, false);
    fclose(out);
    free(shown);
}
