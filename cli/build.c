// cli/build.c: swarm.yaml in, the output folder out. And `validate`: the same road, cut short.
#include "cli/command.h"

#include "base/file.h"
#include "cli/stages.h"
#include "compiler/bundle/folder.h"

typedef struct {
    const char *argument;
    const char *out;
    const char *library;
    const char *dump;
    bool check;
    bool quiet;
} BuildOptions;

static const Option build_options[] = {
    {"out", 'o', OPTION_TEXT, offsetof(BuildOptions, out), "DIR",
     "write this folder (azure/ beside swarm.yaml)"},
    {"check", 0, OPTION_FLAG, offsetof(BuildOptions, check), NULL,
     "write nothing; show how the folder differs, exit 3 if it does"},
    {"quiet", 'q', OPTION_FLAG, offsetof(BuildOptions, quiet), NULL,
     "do not list what was written"},
    {"library", 0, OPTION_TEXT, offsetof(BuildOptions, library), "DIR",
     "templates, scripts and stack from this folder instead of the program's own"},
    {"dump", 0, OPTION_TEXT, offsetof(BuildOptions, dump), "STAGE",
     "print a stage and stop: " STAGES_OF_BUILD},
    {0},
};

static Text output_folder(Arena *arena, const BuildOptions *want, Text swarm)
{
    if (want->out) return text_of(want->out);
    return path_join(arena, path_folder(swarm), TEXT("azure"));
}

static Status check(Session *session, Text folder, const OutputFiles *files)
{
    switch (folder_check(&session->arena, &session->diags, folder, files, stdout,
                         command_colour(stdout))) {
    case FOLDER_SAME: return STATUS_DONE;
    case FOLDER_DIFFERS: return STATUS_DIFFERS;
    case FOLDER_FAILED: return STATUS_INPUT;
    }
    return STATUS_INPUT;
}

static Status build_run(Session *session, const void *given)
{
    const BuildOptions *want = given;
    Arena *arena = &session->arena;
    BundleRequest request = {want->library, command_swarm_path(arena, want->argument), STAGE_ALL};
    if (want->dump && !stages_find(want->dump, STAGES_BUILD, &request.stop)) return STATUS_USAGE;
    OutputFiles files = {0};
    TextBuffer dump = {.arena = arena};
    if (!bundle_make(arena, &session->diags, &request, &files, &dump)) return STATUS_INPUT;
    if (want->dump) return command_print(buffer_done(&dump)) ? STATUS_DONE : STATUS_INPUT;
    Text folder = output_folder(arena, want, request.path);
    if (want->check) return check(session, folder, &files);
    if (!folder_write(arena, &session->diags, folder, &files)) return STATUS_INPUT;
    if (!want->quiet) printf("%.*s: %zu files\n", TEXT_ARG(folder), files.count);
    return STATUS_DONE;
}

const Command command_build = {
    "build",
    "[SWARM]",
    "compile swarm.yaml to everything that Azure needs\n"
    "SWARM is a file, or a folder with a swarm.yaml; the current folder if left out.",
    build_options,
    sizeof(BuildOptions),
    false,
    build_run,
};

typedef struct {
    const char *argument;
    const char *library;
} ValidateOptions;

static const Option validate_options[] = {
    {"library", 0, OPTION_TEXT, offsetof(ValidateOptions, library), "DIR",
     "templates from this folder instead of the program's own"},
    {0},
};

static Status validate_run(Session *session, const void *given)
{
    const ValidateOptions *want = given;
    BundleRequest request = {want->library, command_swarm_path(&session->arena, want->argument),
                             STAGE_ALL};
    return bundle_validate(&session->arena, &session->diags, &request) ? STATUS_DONE : STATUS_INPUT;
}

const Command command_validate = {
    "validate",
    "[SWARM]",
    "show all errors and warnings of swarm.yaml, write nothing",
    validate_options,
    sizeof(ValidateOptions),
    false,
    validate_run,
};
