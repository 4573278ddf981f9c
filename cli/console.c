// cli/console.c: Bicep expressions from standard input, one a line; their values to standard
// output.
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

// Of one line; NULL after a diagnostic.
static const Value *line_value(Arena *arena, Diags *diags, Text line)
{
    Source *source = arena_new(arena, Source);
    *source = (Source){TEXT("console"), line};
    Syntax *node = parser_read_expression(arena, diags, source);
    if (!node || diag_failed(diags)) return NULL;
    BoundFile *file = arena_new(arena, BoundFile);
    *file = (BoundFile){.path = source->path, .reader = bind_disk_reader(arena)};
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

// False if standard output is closed; `*failed` is set after an error.
static bool answer(Text line, bool as_json, bool colour, bool *failed)
{
    Arena arena = {0};
    Diags diags = {.arena = &arena};
    TextBuffer out = {.arena = &arena};
    const Value *value = line_value(&arena, &diags, line);
    *failed |= !value;
    if (as_json) {
        write_answer(&out, value, &diags);
    } else if (value) {
        JsonWriter json = {.out = &out};
        value_write_json(&json, value);
        buffer_char(&out, '\n');
    } else {
        diag_show(stderr, &diags, colour);
    }
    bool good = command_print(buffer_done(&out));
    arena_free(&arena);
    return good;
}

static Status console_run(Session *session, const void *given)
{
    const ConsoleOptions *want = given;
    char *line = NULL;
    size_t room = 0;
    ssize_t length;
    bool good = true, failed = false;
    while (good && (length = getline(&line, &room, stdin)) >= 0) {
        while (length > 0 && strchr("\r\n", line[length - 1])) length--;
        if (length > 0)
            good = answer((Text){line, (size_t)length}, want->json, session->colour, &failed);
    }
    free(line);
    return good && (want->json || !failed) ? STATUS_DONE : STATUS_INPUT;
}

const Command command_console = {
    "console",
    "",
    "evaluate Bicep expressions from standard input, one a line",
    console_options,
    sizeof(ConsoleOptions),
    false,
    console_run,
};
