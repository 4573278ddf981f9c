// tests/fuzz/bicep.c: any bytes as a Bicep file: read, printed, dumped. Every place lies within the
// file; what could not be read has a diagnostic; what was read without one keeps its tokens when
// printed.
#include "compiler/bicep/format.h"
#include "compiler/bicep/parser.h"
#include "tests/fuzz/fuzz.h"

static void check_tokens(TokenList tokens, size_t size)
{
    uint32_t at = 0;
    for (size_t i = 0; i < tokens.count; i++) {
        fuzz_require(tokens.items[i].from >= at && tokens.items[i].to >= tokens.items[i].from,
                     "tokens overlap");
        at = tokens.items[i].to;
    }
    fuzz_require(at == size && tokens.items[tokens.count - 1].kind == TOKEN_END,
                 "tokens end early");
}

static void check_statements(const SyntaxFile *file, bool failed)
{
    for (size_t i = 0; i < file->statements.count; i++) {
        const Syntax *node = file->statements.items[i];
        fuzz_require(node->kind != SYNTAX_SKIPPED || failed, "skipped without a diagnostic");
        fuzz_require(node->first <= node->last && node->last < file->tokens.count,
                     "no such tokens");
        fuzz_require(node->height <= SYNTAX_HEIGHT, "too high a tree");
    }
}

// Printing succeeds and ends the last line.
static void check_printed(Arena *arena, const SyntaxFile *file)
{
    Text printed = format_file(arena, file);
    fuzz_require(printed.length > 0 && printed.at[printed.length - 1] == '\n', "no final newline");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"main.bicep", "main.bicepparam"};
    for (size_t i = 0; i < 2; i++) {
        Arena arena = {0};
        Diags diags = {.arena = &arena};
        Source source = {text_of(names[i]), {(const char *)data, size}};
        const SyntaxFile *file = parser_read(&arena, &diags, &source);
        bool failed = diag_failed(&diags);
        fuzz_check_diags(&diags, &source);
        check_tokens(file->tokens, size);
        check_statements(file, failed);
        TextBuffer out = {.arena = &arena};
        lexer_dump(&out, &source, file->tokens);
        syntax_dump(&out, file);
        if (!failed) check_printed(&arena, file);
        parser_read_expression(&arena, &diags, &source);
        arena_free(&arena);
    }
    return 0;
}
