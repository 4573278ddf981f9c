// cli/schema.c: what swarm.yaml may say, for editors (JSON Schema) or readers (the page
// docs/swarm-yaml.md).
#include "cli/command.h"

#include "compiler/library/library.h"
#include "compiler/swarm/swarm.h"

typedef struct {
    const char *argument;
    const char *library;
    bool reference;
} SchemaOptions;

static const Option schema_options[] = {
    {"reference", 0, OPTION_FLAG, offsetof(SchemaOptions, reference), NULL,
     "print the page about every setting instead (Markdown)"},
    {"library", 0, OPTION_TEXT, offsetof(SchemaOptions, library), "DIR",
     "templates from this folder instead of the program's own"},
    {0},
};

static Status schema_run(Session *session, const void *given)
{
    const SchemaOptions *want = given;
    Arena *arena = &session->arena;
    BoundFile *types = bind_file(arena, &session->diags, library_reader(arena, want->library),
                                 TEXT("templates/swarm.bicep"));
    TextBuffer out = {.arena = arena};
    if (!types) return STATUS_INPUT;
    bool good = want->reference ? swarm_write_reference(arena, &session->diags, types, &out)
                                : swarm_write_schema(arena, &session->diags, types, &out);
    return good && command_print(buffer_done(&out)) ? STATUS_DONE : STATUS_INPUT;
}

const Command command_schema = {
    "schema",
    "",
    "print the JSON Schema of swarm.yaml, by which editors complete and check it",
    schema_options,
    sizeof(SchemaOptions),
    false,
    schema_run,
};
