// tests/fuzz/evaluate.c: each line of any bytes as an expression: either a value comes out or a
// diagnostic.
#include "compiler/evaluate/evaluate.h"
#include "compiler/bicep/parser.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds, const char *what)
{
    if (holds) return;
    fprintf(stderr, "%s\n", what);
    abort();
}

static void try_line(Text line)
{
    Arena arena = {0};
    Diags diags = {.arena = &arena};
    size_t bad;
    Source source = {TEXT("line"), line};
    BoundFile file = {.path = source.path};
    const Syntax *node =
        text_valid_utf8(line, &bad) ? parser_read_expression(&arena, &diags, &source) : NULL;
    if (node && !diag_failed(&diags)) {
        Evaluator *evaluator = evaluate_begin(&arena, &diags, &file, NULL);
        const Value *value = evaluate_expression(evaluator, node, NULL);
        require(value || diag_failed(&diags), "neither a value nor an error");
        TextBuffer out = {.arena = &arena};
        JsonWriter json = {.out = &out};
        if (value) value_write_json(&json, value);
    }
    arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Text text = {(const char *)data, size};
    for (size_t from = 0; from < size;) {
        const char *end = memchr(text.at + from, '\n', size - from);
        size_t to = end ? (size_t)(end - text.at) : size;
        try_line(text_slice(text, from, to));
        from = to + 1;
    }
    return 0;
}
