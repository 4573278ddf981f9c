// emulator/emulator.c
#include "emulator/emulator.h"

#include "compiler/evaluate/shape.h"
#include "emulator/deployment.h"
#include "emulator/fault.h"
#include "emulator/journal.h"
#include "emulator/operation.h"
#include "emulator/server.h"
#include "emulator/stack.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TURN = 200 }; // milliseconds

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
    (void)signal;
    stopped = 1;
}

static bool complain(const char *path)
{
    fprintf(stderr, "swarmgen: %s: %s\n", path, strerror(errno));
    return false;
}

// Whole or not at all: `path` is replaced by a finished file.
static bool write_file(Arena *arena, const char *path, Text text, mode_t mode)
{
    const char *fresh = text_format(arena, "%s.new", path).at;
    int file = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    if (file < 0) return complain(fresh);
    while (text.length) {
        ssize_t written = write(file, text.at, text.length);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) {
            close(file);
            return complain(fresh);
        }
        text = text_slice(text, (size_t)written, text.length);
    }
    if (close(file) != 0) return complain(fresh);
    return rename(fresh, path) == 0 || complain(path);
}

// NULL `at` if there is no such file.
static Text read_file(Arena *arena, const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file) return (Text){0};
    TextBuffer out = {.arena = arena};
    char piece[16384];
    size_t got;
    buffer_expect(&out, 1);
    while ((got = fread(piece, 1, sizeof piece, file)) > 0) buffer_text(&out, (Text){piece, got});
    fclose(file);
    return buffer_done(&out);
}

static const char *in_folder(const World *world, Arena *arena, const char *name)
{
    return text_format(arena, "%s/%s", world->options->folder, name).at;
}

// ---- state

void world_advance(World *world)
{
    world->now = world_clock();
    deployments_advance(world);
    stacks_advance(world);
    operations_advance(world);
}

static const char *const shelf_names[SHELF_COUNT] = {
    "groups",       "resources", "operations", "stacks",
    "stackWhatIfs", "deleted",   "secrets",    "providers",
};

bool world_save(World *world)
{
    if (!world->options->folder || !world->changed) return true;
    Arena work = {0};
    Value *state = value_object(&work);
    value_set(&work, state, TEXT("tokenKey"), value_string(&work, world->token_key));
    for (size_t kind = 0; kind < SHELF_COUNT; kind++) {
        Value *items = value_array(&work);
        for (size_t i = 0; i < world->shelves[kind].count; i++) {
            const Record *record = world->shelves[kind].items[i];
            value_append(&work, items,
                         shape_make(&work, "{id:%t,value:%v,wished:%v}", record->id, record->value,
                                    record->wished));
        }
        value_set(&work, state, text_of(shelf_names[kind]), items);
    }
    Value *deployments = value_array(&work);
    for (size_t i = 0; i < world->deployments->count; i++)
        value_append(&work, deployments, deployment_saved(&work, world->deployments->items[i]));
    value_set(&work, state, TEXT("deployments"), deployments);
    bool good = write_file(&work, in_folder(world, &work, "state.json"), shape_json(&work, state),
                           S_IRUSR | S_IWUSR);
    if (good) world->changed = false;
    arena_free(&work);
    return good;
}

// What world_save wrote. False after a message.
static bool world_load(World *world)
{
    Arena work = {0};
    const char *path = in_folder(world, &work, "state.json");
    Text text = read_file(&work, path), error = {0};
    const Value *state = text.at ? value_read_json(&work, text, &error) : NULL;
    if (text.at && !state)
        fprintf(stderr, "swarmgen: %s is no state of the emulator: %.*s\n", path, TEXT_ARG(error));
    for (size_t kind = 0; state && kind < SHELF_COUNT; kind++) {
        const Value *items = shape_at(state, shelf_names[kind]);
        for (size_t i = 0; items && i < items->array.count; i++) {
            const Value *item = items->array.items[i];
            world_put(world, (ShelfKind)kind, shape_text(item, "id"), shape_at(item, "value"),
                      shape_at(item, "wished"));
        }
    }
    const Value *deployments = state ? shape_at(state, "deployments") : NULL;
    for (size_t i = 0; deployments && i < deployments->array.count; i++)
        deployment_restore(world, deployments->array.items[i]);
    if (state) world->token_key = text_copy(&world->arena, shape_text(state, "tokenKey"));
    bool good = !text.at || state;
    arena_free(&work);
    return good;
}

// ---- starting

static Certificate *certificate_needed(World *world)
{
    Arena *arena = &world->arena;
    Certificate *certificate = arena_new(arena, Certificate);
    if (world->options->folder) {
        certificate->authority = read_file(arena, in_folder(world, arena, "ca.pem"));
        certificate->certificate = read_file(arena, in_folder(world, arena, "server.pem"));
        certificate->key = read_file(arena, in_folder(world, arena, "server.key"));
    }
    if (certificate->authority.length && certificate->certificate.length && certificate->key.length)
        return certificate;
    if (!certificate_make(arena, certificate)) return NULL;
    if (!world->options->folder) return certificate;
    bool kept =
        write_file(arena, in_folder(world, arena, "server.key"), certificate->key,
                   S_IRUSR | S_IWUSR) &&
        write_file(arena, in_folder(world, arena, "server.pem"), certificate->certificate, 0644) &&
        write_file(arena, in_folder(world, arena, "ca.pem"), certificate->authority, 0644);
    return kept ? certificate : NULL;
}

// Where clients find the authority's certificate: in the folder, or a file that goes with us.
static const char *authority_file(World *world, const Certificate *certificate)
{
    Arena *arena = &world->arena;
    if (world->options->folder) return in_folder(world, arena, "ca.pem");
    const char *place = getenv("TMPDIR");
    char *folder = text_string(
        arena, text_format(arena, "%s/swarmgen-XXXXXX", place && *place ? place : "/tmp"));
    if (!mkdtemp(folder)) {
        complain(folder);
        return NULL;
    }
    const char *path = text_format(arena, "%s/ca.pem", folder).at;
    return write_file(arena, path, certificate->authority, 0644) ? path : NULL;
}

static void remove_authority(const World *world, const char *path)
{
    if (!path || world->options->folder) return;
    Arena work = {0};
    unlink(path);
    rmdir(text_string(&work, text_slice(text_of(path), 0, strlen(path) - strlen("/ca.pem"))));
    arena_free(&work);
}

static bool write_ready(World *world, const char *authority)
{
    if (!world->options->ready) return true;
    Arena work = {0};
    const Value *ready = shape_make(&work,
                                    "{url:%t,certificate:%s,tenant:%t,subscription:%t,client:%t,"
                                    "secret:%t,object:%t,process:%i}",
                                    world->url, authority, world->tenant, world->subscriptions[0],
                                    world->client, world->secret, world->object, (int64_t)getpid());
    bool good = write_file(&work, world->options->ready, shape_json(&work, ready), 0644);
    arena_free(&work);
    return good;
}

static void greet(const World *world, const char *authority)
{
    if (world->options->quiet) return;
    fprintf(stderr,
            "A local Resource Manager listens on %.*s; Ctrl-C ends it. To deploy to it:\n\n"
            "  export AZURE_TENANT_ID=%.*s\n  export AZURE_CLIENT_ID=%.*s\n"
            "  export AZURE_CLIENT_SECRET=%.*s\n",
            TEXT_ARG(world->url), TEXT_ARG(world->tenant), TEXT_ARG(world->client),
            TEXT_ARG(world->secret));
    if (authority) fprintf(stderr, "  export SSL_CERT_FILE=%s\n", authority);
    fprintf(stderr, "  swarmgen deploy --cloud %.*s -g acme-swarm -l westeurope\n\n",
            TEXT_ARG(world->url));
}

static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = stop};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGPIPE, &ignore, NULL); // a client that goes is no reason to end
}

// What is the same at every start: nothing here is secret, and scripts may count on it.
static void name_everything(World *world)
{
    world->tenant = TEXT("72f988bf-0000-4000-8000-00000000aaaa");
    size_t more = world->options->subscription_count;
    world->subscriptions = arena_array(&world->arena, Text, more + 1);
    world->subscriptions[0] = TEXT("00000000-0000-4000-8000-000000000001");
    for (size_t i = 0; i < more; i++)
        world->subscriptions[i + 1] = text_of(world->options->subscriptions[i]);
    world->subscription_count = more + 1;
    world->client = TEXT("11111111-0000-4000-8000-000000000002");
    world->object = TEXT("22222222-0000-4000-8000-000000000003");
    world->secret = TEXT("local-secret");
    world->token_key = random_guid(&world->arena);
}

static bool serve(World *world)
{
    const EmulatorOptions *options = world->options;
    Certificate *certificate = options->tls ? certificate_needed(world) : NULL;
    if (options->tls && !certificate) return false;
    int port = options->port;
    Server *server = server_open(world, &port, certificate);
    if (!server) return false;
    world->url =
        text_format(&world->arena, "%s://localhost:%d", options->tls ? "https" : "http", port);
    const char *authority = certificate ? authority_file(world, certificate) : NULL;
    bool good = (!certificate || authority) && write_ready(world, authority);
    if (good) greet(world, authority);
    while (good && !stopped) {
        server_turn(server, TURN);
        world_advance(world);
        good = world_save(world);
    }
    server_close(server);
    remove_authority(world, authority);
    return good;
}

static bool add_faults(World *world)
{
    for (size_t i = 0; i < world->options->fault_count; i++) {
        Text why;
        if (fault_add(world, text_of(world->options->faults[i]), &why)) continue;
        fprintf(stderr, "swarmgen: --fault %.*s\n", TEXT_ARG(why));
        return false;
    }
    return true;
}

bool emulator_run(const EmulatorOptions *options)
{
    World world = {.options = options};
    Deployments deployments = {0};
    world.deployments = &deployments;
    world.now = world_clock();
    name_everything(&world);
    catch_signals();
    bool folder = !options->folder || mkdir(options->folder, 0700) == 0 || errno == EEXIST ||
                  complain(options->folder);
    bool good =
        folder && add_faults(&world) && (!options->folder || world_load(&world)) && serve(&world);
    while (deployments.count) deployment_remove(&world, deployments.items[0]);
    faults_clear(&world);
    journal_free(&world);
    world_free(&world);
    return good;
}
