// tests/fuzz/evaluate.c: each line of any bytes as an expression: either a value comes out or a
// diagnostic.
#include "compiler/evaluate/evaluate.h"
#include "compiler/bicep/parser.h"
#include "tests/fuzz/fuzz.h"

static void try_line(Arena *arena, Text line)
{
    Diags diags = {.arena = arena};
    size_t bad;
    Source source = {TEXT("line"), line};
    BoundFile file = {.path = source.path};
    const Syntax *node =
        text_valid_utf8(line, &bad) ? parser_read_expression(arena, &diags, &source) : NULL;
    if (node && !diag_failed(&diags)) {
        Evaluator *evaluator = evaluate_begin(arena, &diags, &file, NULL);
        const Value *value = evaluate_expression(evaluator, node, NULL);
        fuzz_require(value || diag_failed(&diags), "neither a value nor an error");
        TextBuffer out = {.arena = arena};
        JsonWriter json = {.out = &out};
        if (value) value_write_json(&json, value);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_each_line((Text){(const char *)data, size}, try_line);
    return 0;
}
