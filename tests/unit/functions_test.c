// tests/unit/functions_test.c: tests/unit/functions.test, three lines a case: a comment, an
// expression, its value.
#include "base/file.h"
#include "compiler/bicep/parser.h"
#include "compiler/evaluate/evaluate.h"

#include <stdio.h>
#include <string.h>

// As compact JSON; "error" after a diagnostic.
static Text answer(Arena *arena, Text expression)
{
    Diags diags = {.arena = arena};
    Source source = {TEXT("functions.test"), expression};
    const Syntax *node = parser_read_expression(arena, &diags, &source);
    BoundFile file = {.path = source.path};
    Evaluator *evaluator = evaluate_begin(arena, &diags, &file, NULL);
    const Value *value =
        node && !diag_failed(&diags) ? evaluate_expression(evaluator, node, NULL) : NULL;
    if (!value) return diags.errors ? TEXT("error") : TEXT("neither a value nor an error");
    TextBuffer out = {.arena = arena};
    JsonWriter json = {.out = &out, .compact = true};
    value_write_json(&json, value);
    return buffer_done(&out);
}

static Text next_line(Text text, size_t *at)
{
    const char *end = memchr(text.at + *at, '\n', text.length - *at);
    size_t to = end ? (size_t)(end - text.at) : text.length, from = *at;
    *at = to + (end != NULL);
    return text_slice(text, from, to);
}

int main(void)
{
    Arena arena = {0};
    Diags diags = {.arena = &arena};
    Text path = TEXT("tests/unit/functions.test");
    const Source *cases = file_read(&arena, &diags, (Place){0}, path, path);
    int count = 0, failed = 0;
    for (size_t at = 0; cases && at < cases->text.length;) {
        Text expression = next_line(cases->text, &at);
        if (expression.length == 0 || expression.at[0] == '#') continue;
        Text expected = next_line(cases->text, &at), actual = answer(&arena, expression);
        count++;
        if (text_equal(expected, actual)) continue;
        failed++;
        fprintf(stderr, "%.*s\n  expected %.*s\n  gives    %.*s\n", TEXT_ARG(expression),
                TEXT_ARG(expected), TEXT_ARG(actual));
    }
    diag_show(stderr, &diags, false);
    printf("%d expressions, %d failed\n", count, failed);
    arena_free(&arena);
    return failed || count == 0;
}
