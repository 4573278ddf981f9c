// tests/fuzz/yaml.c: any bytes as swarm.yaml: read, checked against type Swarm, completed. Either a
// value comes out or a diagnostic, and every place lies within the file. The same bytes as a file of
// loadYamlContent(), and as a path into one.
#include "compiler/evaluate/encodings.h"
#include "compiler/evaluate/jsonpath.h"
#include "compiler/library/library.h"
#include "compiler/swarm/swarm.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds, const char *what)
{
    if (holds) return;
    fprintf(stderr, "%s\n", what);
    abort();
}

static void check_places(const Diags *diags, const Source *source)
{
    for (size_t i = 0; i < diags->count; i++) {
        Place place = diags->items[i].place;
        if (place.source != source) continue;
        require(place.from <= place.to && place.to <= source->text.length,
                "a place outside of the file");
    }
}

static void check_load(Arena *arena, Text bytes)
{
    Text text = encoding_decode(arena, bytes, TEXT("utf-8")), error = {0};
    const Value *value = value_read_yaml(arena, text, &error);
    require(value || error.length, "neither a loaded value nor an error");
    Text document = TEXT("{a: {b: [1, {c: x, 'd e': ~}]}, l: [[1, 2], [3]]}");
    value = jsonpath_find(arena, value_read_yaml(arena, document, &error), text, &error);
    require(value || error.length, "neither a part of the value nor an error");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena arena = {0};
    Diags diags = {.arena = &arena};
    Source source = {TEXT("swarm.yaml"), {(const char *)data, size}};
    const Value *raw = swarm_read_yaml(&arena, &diags, &source);
    require(raw || diag_failed(&diags), "neither a value nor an error");
    if (raw) {
        BindReader *reader = library_reader(&arena, NULL);
        BoundFile *types = bind_file(&arena, &diags, reader, TEXT("templates/swarm.bicep"));
        require(types != NULL, "the library cannot be read");
        const Value *completed = swarm_complete(&arena, &diags, types, raw, TEXT("tests/fuzz"));
        require(completed || diag_failed(&diags), "neither a completed value nor an error");
    }
    check_places(&diags, &source);
    check_load(&arena, source.text);
    FILE *nowhere = fopen("/dev/null", "w");
    require(nowhere != NULL, "no /dev/null");
    diag_show(nowhere, &diags, false);
    fclose(nowhere);
    arena_free(&arena);
    return 0;
}
