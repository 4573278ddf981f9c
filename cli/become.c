// cli/become.c: swarmgen builds the description in memory and becomes the program that talks to Azure,
// or the local Resource Manager.
#define _GNU_SOURCE // memfd_create
#include "cli/azure.h"
#include "cli/emulate.h"

#include "base/file.h"
#include "base/json.h"
#include "compiler/bundle/bundle.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

// Only returns if there is no such program: beside this one, or else in PATH.
static Status become(Session *session, const char *program, const char *extra)
{
    Arena *arena = &session->arena;
    char **words = arena_array(arena, char *, (size_t)session->count + 5);
    size_t count = 0;
    words[count++] = text_string(arena, text_of(program));
    words[count++] = text_string(arena, text_of(session->command->name));
    if (extra) words[count++] = text_string(arena, text_of(extra));
    for (int i = 0; i < session->count; i++) words[count++] = session->words[i];
    words[count] = NULL;

    char self[4096];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    if (length > 0) {
        Text folder = path_folder((Text){self, (size_t)length});
        execv(text_string(arena, path_join(arena, folder, text_of(program))), words);
    }
    execvp(program, words);
    fprintf(stderr, "swarmgen: %s cannot be started: %s. It belongs beside swarmgen.\n", program,
            strerror(errno));
    return STATUS_USAGE;
}

// What one more walk of the road that went well shows at a stage; its warnings were added before.
static Text shown(Session *session, const BundleRequest *request, Stage stage)
{
    TextBuffer out = {.arena = &session->arena};
    Diags again = {.arena = &session->arena};
    BundleRequest stopped = *request;
    stopped.stop = stage;
    bundle_make(&session->arena, &again, &stopped, NULL, &out);
    return buffer_done(&out);
}

// The text that azure.h describes; false after diagnostics.
static bool hand_over(Session *session, const BundleRequest *request, Text *built)
{
    Arena *arena = &session->arena;
    OutputFiles files = {0};
    if (!bundle_make(arena, &session->diags, request, &files, NULL)) return false;
    TextBuffer out = {.arena = arena};
    JsonWriter json = {.out = &out, .compact = true};
    json_begin_object(&json);
    json_key(&json, TEXT("swarm"));
    json_raw(&json, shown(session, request, STAGE_COMPLETED));
    json_key(&json, TEXT("sections"));
    json_raw(&json, shown(session, request, STAGE_SECTIONS));
    json_key(&json, TEXT("files"));
    json_begin_object(&json);
    for (size_t i = 0; i < files.count; i++) {
        json_key(&json, files.items[i].path);
        json_text(&json, files.items[i].text);
    }
    json_end_object(&json);
    json_end_object(&json);
    *built = buffer_done(&out);
    return true;
}

// The descriptor of a file in memory that holds `text` and is read from its start; -1 on failure.
static int memory_file(Text text)
{
    int file = memfd_create("swarmgen", 0);
    if (file < 0) return -1;
    while (text.length) {
        ssize_t written = write(file, text.at, text.length);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return -1;
        text = text_slice(text, (size_t)written, text.length);
    }
    return lseek(file, 0, SEEK_SET) == 0 ? file : -1;
}

Status azure_run(Session *session, const void *given)
{
    const AzureOptions *want = given;
    Arena *arena = &session->arena;
    BundleRequest request = {want->library, command_swarm_path(arena, want->argument), STAGE_ALL};
    bool needed = session->command == &command_deploy || session->command == &command_what_if;
    if (!needed && !want->argument && access(text_string(arena, request.path), F_OK) != 0)
        return become(session, "swarmgen-deploy", NULL); // --group and --name say it all
    Text built;
    if (!hand_over(session, &request, &built)) {
        if (needed || !want->group) return STATUS_INPUT;
        diag_show(stderr, &session->diags, session->colour); // half edited, perhaps
        fputs("swarmgen: going on with what --group says\n", stderr);
        return become(session, "swarmgen-deploy", NULL);
    }
    int file = memory_file(built);
    if (file < 0) {
        perror("swarmgen: handing over what was built");
        return STATUS_INPUT;
    }
    diag_show(stderr, &session->diags, session->colour); // warnings
    session->diags.count = 0;
    Text option = text_format(arena, "--" AZURE_BUILT "=%d", file);
    return become(session, "swarmgen-deploy", option.at);
}

Status emulate_run(Session *session, const void *given)
{
    (void)given;
    return become(session, "swarmgen-emulate", NULL);
}
