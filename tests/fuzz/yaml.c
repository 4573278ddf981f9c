// tests/fuzz/yaml.c: any bytes as swarm.yaml: read, checked against type Swarm, completed. Either a
// value comes out or a diagnostic, and every place lies within the file. The same bytes as a file of
// loadYamlContent(), and as a path into one.
#include "base/encoding.h"
#include "compiler/evaluate/jsonpath.h"
#include "compiler/library/library.h"
#include "compiler/swarm/swarm.h"
#include "tests/fuzz/fuzz.h"

static void check_load(Arena *arena, Text bytes)
{
    Text text = encoding_decode(arena, bytes, TEXT("utf-8")), error = {0};
    const Value *value = value_read_yaml(arena, text, &error);
    fuzz_require(value || error.length, "neither a loaded value nor an error");
    Text document = TEXT("{a: {b: [1, {c: x, 'd e': ~}]}, l: [[1, 2], [3]]}");
    value = jsonpath_find(arena, value_read_yaml(arena, document, &error), text, &error);
    fuzz_require(value || error.length, "neither a part of the value nor an error");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena arena = {0};
    Diags diags = {.arena = &arena};
    Source source = {TEXT("swarm.yaml"), {(const char *)data, size}};
    const Value *raw = swarm_read_yaml(&arena, &diags, &source);
    fuzz_require(raw || diag_failed(&diags), "neither a value nor an error");
    if (raw) {
        BindReader *reader = library_reader(&arena, NULL);
        BoundFile *types = bind_file(&arena, &diags, reader, TEXT("templates/swarm.bicep"));
        fuzz_require(types != NULL, "the library cannot be read");
        const Value *completed = swarm_complete(&arena, &diags, types, raw, TEXT("tests/fuzz"));
        fuzz_require(completed || diag_failed(&diags), "neither a completed value nor an error");
    }
    fuzz_check_diags(&diags, &source);
    check_load(&arena, source.text);
    arena_free(&arena);
    return 0;
}
