// deploy/azurecli.c: the sign-in of the Azure CLI: `az account get-access-token`, run without a
// shell, its answer read from a pipe.
#define _GNU_SOURCE // pipe2, environ
#include "deploy/source.h"

#include "compiler/evaluate/shape.h"
#include "deploy/answer.h"
#include "deploy/interrupt.h"
#include "deploy/progress.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LARGEST_OUTPUT = 64 * 1024 };
static const double patience = 60; // seconds; it starts a Python program, on slow machines too

typedef struct {
    pid_t process;
    int ends[2]; // what we read: standard output, standard error
    TextBuffer said[2];
} Child;

static int spawn(char *const *words, const int *output, const int *errors, pid_t *process)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t how;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&how);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, output[1], 1);
    posix_spawn_file_actions_adddup2(&actions, errors[1], 2);
    posix_spawnattr_setpgroup(&how, 0); // so that all of it can be ended
    posix_spawnattr_setflags(&how, POSIX_SPAWN_SETPGROUP);
    int error = posix_spawnp(process, words[0], &actions, &how, words, environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&how);
    return error;
}

// An errno; 0 if it runs.
static int start(Child *child, char *const *words)
{
    int output[2], errors[2];
    if (pipe2(output, O_CLOEXEC) != 0) return errno;
    if (pipe2(errors, O_CLOEXEC) != 0) {
        int error = errno;
        close(output[0]), close(output[1]);
        return error;
    }
    int error = spawn(words, output, errors, &child->process);
    close(output[1]), close(errors[1]);
    child->ends[0] = output[0], child->ends[1] = errors[0];
    if (error) close(output[0]), close(errors[0]);
    return error;
}

static void read_some(Child *child, int which)
{
    char bytes[4096];
    ssize_t count = read(child->ends[which], bytes, sizeof bytes);
    if (count < 0 && errno == EINTR) return;
    if (count <= 0) {
        close(child->ends[which]);
        child->ends[which] = -1;
    } else if (child->said[which].count < LARGEST_OUTPUT) {
        buffer_text(&child->said[which], (Text){bytes, (size_t)count});
    }
    explicit_bzero(bytes, sizeof bytes);
}

// False if it was interrupted, or took too long.
static bool listen_to(Child *child)
{
    double end = progress_now() + patience;
    while (child->ends[0] >= 0 || child->ends[1] >= 0) {
        struct pollfd polled[] = {{child->ends[0], POLLIN, 0},
                                  {child->ends[1], POLLIN, 0},
                                  {interrupt_descriptor(), POLLIN, 0}};
        poll(polled, 3, 500);
        for (int i = 0; i < 2; i++) {
            if (polled[i].revents) read_some(child, i);
        }
        if (interrupt_asked() || progress_now() > end) return false;
    }
    return true;
}

// Its exit status; 127 if it was not found by a wrapper, -1 if it was ended.
static int finish(Child *child, bool whole)
{
    int status;
    if (!whole) kill(-child->process, SIGTERM);
    for (int i = 0; i < 2; i++) {
        if (child->ends[i] >= 0) close(child->ends[i]);
    }
    while (waitpid(child->process, &status, 0) < 0) {
        if (errno != EINTR) return -1;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static SourceResult read_token(const SourceRequest *request, Text output, SourceToken *token,
                               Failure *failure)
{
    Text error;
    const Value *answer = value_read_json(request->secret, output, &error);
    token->token = shape_text(answer, "accessToken");
    if (!token->token.length)
        return source_failed(request, failure, "az account get-access-token printed no token");
    const Value *end = shape_at(answer, "expires_on"); // since Azure CLI 2.54
    double life =
        end && end->kind == VALUE_INT ? (double)end->integer - http_server_now(request->http) : 0;
    token->life = source_life(request, token->token, life);
    token->subscription = text_copy(request->arena, shape_text(answer, "subscription"));
    return SOURCE_TOKEN;
}

typedef struct {
    char **items;
    size_t count, room;
} Words;

static void add_word(const SourceRequest *request, Words *words, Text word)
{
    list_add(request->arena, words, text_string(request->arena, word));
}

SourceResult azurecli_ask(const SourceRequest *request, SourceToken *token, Failure *failure)
{
    Words words = {0};
    const char *tenant = getenv("AZURE_TENANT_ID"), *subscription = request->subscription;
    static const char *const first[] = {"az",       "account", "get-access-token",
                                        "--output", "json",    "--resource"};
    for (size_t i = 0; i < sizeof first / sizeof *first; i++)
        add_word(request, &words, text_of(first[i]));
    add_word(request, &words, request->audience);
    bool by_tenant = tenant && *tenant;
    if (by_tenant || subscription)
        add_word(request, &words, by_tenant ? TEXT("--tenant") : TEXT("--subscription"));
    if (by_tenant || subscription)
        add_word(request, &words, text_of(by_tenant ? tenant : subscription));
    list_add(request->arena, &words, NULL);
    Child child = {.said = {{.arena = request->secret}, {.arena = request->secret}}};
    buffer_expect(&child.said[0], LARGEST_OUTPUT);
    int error = start(&child, words.items);
    if (error == ENOENT) return source_not_here(request, failure, "az is not installed");
    if (error) return source_not_here(request, failure, "az cannot be run: %s", strerror(error));
    int status = finish(&child, listen_to(&child));
    if (status == 0) return read_token(request, buffer_done(&child.said[0]), token, failure);
    if (interrupt_asked()) {
        source_failed(request, failure, "interrupted");
        failure->kind = FAILURE_INTERRUPTED;
        return SOURCE_FAILED;
    }
    if (status < 0)
        return source_not_here(request, failure, "az did not answer within %g s", patience);
    Text said = answer_line(request->arena, buffer_done(&child.said[1]), 600);
    return source_not_here(request, failure, "az says: %.*s", TEXT_ARG(said));
}
