// tests/fuzz/compile.c: any bytes as a Bicep file, or as a JSON template if they begin with `{`: bound,
// checked and emitted. Where nothing was wrong there is a template.
#include "compiler/artifact/jsontemplate.h"
#include "tests/fuzz/program.h"

static Text as_bicep(Arena *arena, Text text)
{
    Text error = {0};
    if (!text_starts(text, "{")) return text;
    const Value *value = value_read_json(arena, text, &error);
    return value ? jsontemplate_as_bicep(arena, value, &error) : (Text){0};
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 1 << 16) return 0;
    Arena arena = {0};
    Diags diags = {.arena = &arena};
    Text text = text_copy(&arena, (Text){(const char *)data, size});
    Source source = {TEXT("main.bicep"), as_bicep(&arena, text)};
    if (!text_valid_utf8(source.text, &(size_t){0})) return 0;
    BindReader reader = {.arena = &arena, .read = fuzz_read_nothing};
    fuzz_compile(&arena, &diags, &reader, &source);
    fuzz_check_diags(&diags, &source);
    arena_free(&arena);
    return 0;
}
