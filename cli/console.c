// cli/console.c: Bicep expressions from standard input, one a line; their values to standard
// output. A line `var x = …` or `func f(…) … => …` declares something for the lines behind it.
#include "cli/command.h"

#include "compiler/bicep/parser.h"
#include "compiler/evaluate/evaluate.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *argument;
    bool json;
} ConsoleOptions;

static const Option console_options[] = {
    {"json", 0, OPTION_FLAG, offsetof(ConsoleOptions, json), NULL,
     "one answer a line: {\"value\": …} or {\"error\": \"…\"}"},
    {0},
};

// A line that declares something for the lines behind it.
static bool is_declaration(Text line)
{
    static const char *const words[] = {"var ", "func ", "type ", "import "};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (text_starts(line, words[i])) return true;
    }
    return false;
}

// The declarations so far as a file; NULL after a diagnostic.
static BoundFile *bind_declarations(Arena *arena, Diags *diags, Text declarations)
{
    Source *source = arena_new(arena, Source);
    *source = (Source){TEXT("console"), declarations};
    SyntaxFile *syntax = parser_read(arena, diags, source);
    if (diag_failed(diags)) return NULL;
    return bind_parsed(arena, diags, bind_disk_reader(arena), source->path, syntax);
}

// Of one line; NULL after a diagnostic.
static const Value *line_value(Arena *arena, Diags *diags, Text declarations, Text line)
{
    Source *source = arena_new(arena, Source);
    *source = (Source){TEXT("console"), line};
    Syntax *node = parser_read_expression(arena, diags, source);
    if (!node || diag_failed(diags)) return NULL;
    BoundFile *file = bind_declarations(arena, diags, declarations);
    if (!file) return NULL;
    Evaluator *evaluator = evaluate_begin(arena, diags, file, NULL);
    return evaluate_expression(evaluator, node, NULL);
}

static void write_answer(TextBuffer *out, const Value *value, const Diags *diags)
{
    JsonWriter json = {.out = out, .compact = true};
    json_begin_object(&json);
    json_key(&json, value ? TEXT("value") : TEXT("error"));
    if (value) {
        value_write_json(&json, value);
    } else {
        json_text(&json, diags->count ? diags->items[0].message : TEXT("no value"));
    }
    json_end_object(&json);
    buffer_char(out, '\n');
}

typedef struct {
    const ConsoleOptions *want;
    bool colour, failed;
    TextBuffer declarations; // each with its line end
} Console;

// False if standard output is closed.
static bool answer(Console *console, Text line)
{
    Arena arena = {0};
    Diags diags = {.arena = &arena};
    TextBuffer out = {.arena = &arena};
    const Value *value;
    bool declares = is_declaration(line);
    if (declares) {
        size_t before = console->declarations.count;
        buffer_text(&console->declarations, line);
        buffer_char(&console->declarations, '\n');
        bool good = bind_declarations(&arena, &diags, buffer_done(&console->declarations)) != NULL;
        if (!good) console->declarations.count = before;
        value = good ? &value_null : NULL;
    } else {
        value = line_value(&arena, &diags, buffer_done(&console->declarations), line);
    }
    console->failed |= !value;
    if (console->want->json) {
        write_answer(&out, value, &diags);
    } else if (value && !declares) {
        JsonWriter json = {.out = &out};
        value_write_json(&json, value);
        buffer_char(&out, '\n');
    } else if (!value) {
        diag_show(stderr, &diags, console->colour);
    }
    bool good = command_print(buffer_done(&out));
    arena_free(&arena);
    return good;
}

static Status console_run(Session *session, const void *given)
{
    Console console = {
        .want = given, .colour = session->colour, .declarations.arena = &session->arena};
    char *line = NULL;
    size_t room = 0;
    ssize_t length;
    bool good = true;
    while (good && (length = getline(&line, &room, stdin)) >= 0) {
        while (length > 0 && strchr("\r\n", line[length - 1])) length--;
        if (length > 0) good = answer(&console, (Text){line, (size_t)length});
    }
    free(line);
    return good && (console.want->json || !console.failed) ? STATUS_DONE : STATUS_INPUT;
}

const Command command_console = {
    "console",
    "",
    "evaluate Bicep expressions from standard input, one a line; var and func lines are kept",
    console_options,
    sizeof(ConsoleOptions),
    false,
    console_run,
};
