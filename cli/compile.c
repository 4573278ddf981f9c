// cli/compile.c: any Bicep file to ARM JSON.
#include "cli/compile.h"

#include "base/file.h"
#include "cli/command.h"
#include "cli/stages.h"
#include "compiler/arm/emit.h"
#include "compiler/artifact/artifact.h"
#include "compiler/bicep/format.h"
#include "compiler/bicep/parser.h"
#include "compiler/check/check.h"

#include <errno.h>
#include <string.h>

typedef struct {
    const char *argument;
    const char *out;
    const char *dump;
    bool to_stdout;
} CompileOptions;

static const Option options[] = {
    {"out", 'o', OPTION_TEXT, offsetof(CompileOptions, out), "FILE",
     "write this file (the source's name with .json)"},
    {"stdout", 0, OPTION_FLAG, offsetof(CompileOptions, to_stdout), NULL,
     "print the template instead"},
    {"dump", 0, OPTION_TEXT, offsetof(CompileOptions, dump), "STAGE",
     "print a stage and stop: " STAGES_OF_COMPILE},
    {0},
};

// Stages that need the file alone.
static bool dump_syntax(Session *session, Text path, Stage stage, TextBuffer *out)
{
    Arena *arena = &session->arena;
    const Source *source = file_read(arena, &session->diags, (Place){0}, path, path);
    if (!source) return false;
    if (stage == STAGE_TOKENS) {
        lexer_dump(out, source, lexer_read(arena, &session->diags, source));
        return !diag_failed(&session->diags);
    }
    const SyntaxFile *file = parser_read(arena, &session->diags, source);
    if (stage == STAGE_SYNTAX) syntax_dump(out, file);
    if (diag_failed(&session->diags)) return false;
    if (stage == STAGE_FORMATTED) buffer_text(out, format_file(arena, file));
    return true;
}

static bool write_text(Session *session, Text path, Text text)
{
    FILE *file = fopen(text_string(&session->arena, path), "wb");
    bool good = file && fwrite(text.at, 1, text.length, file) == text.length;
    if (file) good = fclose(file) == 0 && good;
    if (!good) {
        diag_add_with(&session->diags, DIAG_CANNOT_WRITE_FILE, (Place){0}, path,
                      text_of(strerror(errno)));
    }
    return good;
}

static Text json_path(Arena *arena, Text source)
{
    const char *ending = text_ends(source, ".bicepparam") ? ".bicepparam" : ".bicep";
    if (text_ends(source, ending)) source.length -= strlen(ending);
    return text_format(arena, "%.*s.json", TEXT_ARG(source));
}

// Adds the diagnostics of `more` at places where nothing was wrong yet.
static void add_others(Diags *all, const Diags *more)
{
    size_t before = all->count;
    for (size_t i = 0; i < more->count; i++) {
        const Diag *diag = &more->items[i];
        bool known = false;
        for (size_t j = 0; j < before && !known; j++) {
            const Place *place = &all->items[j].place;
            known = place->source == diag->place.source && place->from == diag->place.from;
        }
        if (known) continue;
        list_add(all->arena, all, *diag);
        all->errors += diag->severity == SEVERITY_ERROR;
    }
}

Text compile_file(Arena *arena, Diags *diags, BoundFile *file, bool parameters)
{
    Diags emitting = {.arena = arena};
    check_file(arena, diags, file);
    Text json = parameters ? emit_parameters(arena, &emitting, file)
                           : emit_template(arena, &emitting, file);
    add_others(diags, &emitting);
    return json;
}

static Status compile_run(Session *session, const void *given)
{
    const CompileOptions *want = given;
    Arena *arena = &session->arena;
    Text path = text_of(want->argument);
    Stage stage = STAGE_ARM;
    if (want->dump && !stages_find(want->dump, STAGES_COMPILE, &stage)) return STATUS_USAGE;
    if (stage != STAGE_ARM) {
        TextBuffer out = {.arena = arena};
        bool good = dump_syntax(session, path, stage, &out);
        return command_print(buffer_done(&out)) && good ? STATUS_DONE : STATUS_INPUT;
    }
    BoundFile *file = bind_file(arena, &session->diags, artifact_reader(arena), path);
    if (!file) return STATUS_INPUT;
    Text json = compile_file(arena, &session->diags, file, text_ends(path, ".bicepparam"));
    if (diag_failed(&session->diags)) return STATUS_INPUT;
    if (want->to_stdout || want->dump) return command_print(json) ? STATUS_DONE : STATUS_INPUT;
    Text out = want->out ? text_of(want->out) : json_path(arena, path);
    return write_text(session, out, json) ? STATUS_DONE : STATUS_INPUT;
}

const Command command_compile = {
    "compile",
    "FILE.bicep",
    "compile a Bicep file to an ARM template, a .bicepparam to a parameters file",
    options,
    sizeof(CompileOptions),
    true,
    compile_run,
};
