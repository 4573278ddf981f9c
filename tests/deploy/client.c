// tests/deploy/client.c: the parts that talk to Azure, one call at a time, for the tests.
//   deploy-client CLOUD [--verbose] open
//   deploy-client CLOUD call METHOD PATH [BODY [safe]]    and waits for the end, if it is asynchronous
//   deploy-client CLOUD list PATH
//   deploy-client CLOUD vault ADDRESS PATH
//   deploy-client CLOUD follow GROUP NAME [TEMPLATE]      events on standard output; `follow-stack` too
// Prints one JSON text: {ok, …} or {ok: false, kind, status, code, message, correlation, call}; the
// exit status is that of swarmgen. {S} in a path is the subscription. `twice`, last, does it again.
#include "base/file.h"
#include "compiler/evaluate/shape.h"
#include "deploy/follow.h"

#include <stdio.h>
#include <string.h>

static Arena arena;

static int fail(const Failure *failure)
{
    static const char *const kinds[] = {"none", "sign-in", "connection", "azure", "interrupted"};
    static const int statuses[] = {0, 5, 5, 4, 130};
    const Value *said = shape_make(
        &arena, "{ok:%b,kind:%s,status:%i,code:%t,message:%t,correlation:%t,call:%t,error:%v}", 0,
        kinds[failure->kind], (int64_t)failure->status, failure->code, failure->message,
        failure->correlation, failure->call, failure->error);
    printf("%.*s\n", TEXT_ARG(shape_json(&arena, said)));
    return statuses[failure->kind];
}

static int succeed(const Value *value)
{
    const Value *said = shape_make(&arena, "{ok:%b,value:%v}", 1, value ? value : &value_null);
    printf("%.*s\n", TEXT_ARG(shape_json(&arena, said)));
    return 0;
}

static const Value *read_text(Text text)
{
    Text error;
    const Value *value = value_read_json(&arena, text, &error);
    if (!value) fprintf(stderr, "not JSON: %.*s\n", TEXT_ARG(error));
    return value;
}

static Text path_of(const Manager *manager, const char *path)
{
    const char *mark = strstr(path, "{S}");
    Text subscription = manager_subscription(manager);
    if (!mark) return text_of(path);
    return text_format(&arena, "%.*s%.*s%s", (int)(mark - path), path, TEXT_ARG(subscription),
                       mark + 3);
}

static int call(Manager *manager, char **words)
{
    Failure failure;
    Answer answer;
    const Value *result;
    Call one = {.method = words[0], .path = path_of(manager, words[1])};
    if (words[2] && *words[2]) one.body = read_text(text_of(words[2]));
    one.safe = words[2] && words[3] && strcmp(words[3], "safe") == 0;
    if (!manager_call(manager, &one, &answer, &failure) ||
        !manager_finish(manager, &answer, &result, &failure))
        return fail(&failure);
    return succeed(result);
}

static int follow_it(Manager *manager, char **words, bool stack)
{
    Failure failure;
    Ending ending;
    Diags diags = {.arena = &arena};
    Followed what = {.group = text_of(words[0]), .name = text_of(words[1]), .stack = stack};
    if (words[2]) {
        const Source *file =
            file_read(&arena, &diags, (Place){0}, text_of(words[2]), text_of(words[2]));
        what.template = file ? read_text(file->text) : NULL;
    }
    Reporter *reporter = report_open(&arena, REPORT_EVENTS);
    if (!follow(manager, &what, reporter, &ending, &failure)) return fail(&failure);
    static const char *const states[] = {"waiting", "running", "done", "failed", "canceled"};
    if (ending.failure) return fail(ending.failure);
    return succeed(
        shape_make(&arena, "{state:%s,outputs:%v}", states[ending.state], ending.outputs));
}

static int act(Manager *manager, char **words)
{
    Failure failure;
    if (strcmp(words[0], "open") == 0)
        return succeed(
            shape_make(&arena, "{subscription:%t,tenant:%t,object:%t,vault:%t,portal:%t}",
                       manager_subscription(manager), manager_tenant(manager),
                       manager_object(manager), manager_vault(manager), manager_portal(manager)));
    if (strcmp(words[0], "call") == 0) return call(manager, words + 1);
    if (strcmp(words[0], "follow") == 0) return follow_it(manager, words + 1, false);
    if (strcmp(words[0], "follow-stack") == 0) return follow_it(manager, words + 1, true);
    if (strcmp(words[0], "list") == 0) {
        const Value *all = manager_list(manager, path_of(manager, words[1]), NULL, &failure);
        return all ? succeed(all) : fail(&failure);
    }
    if (strcmp(words[0], "vault") == 0) {
        Answer answer;
        Call one = {.method = "GET", .path = text_of(words[2]), .host = text_of(words[1])};
        return manager_call(manager, &one, &answer, &failure) ? succeed(answer.body)
                                                              : fail(&failure);
    }
    return 2;
}

int main(int count, char **words)
{
    Failure failure;
    if (count < 3) return 2;
    ManagerOptions options = {.cloud = *words[1] ? words[1] : NULL};
    char **rest = words + 2;
    if (strcmp(*rest, "--verbose") == 0) {
        options.verbose = true;
        rest++;
    }
    if (!*rest) return 2;
    Manager *manager = manager_open(&arena, &options, &failure);
    if (!manager) {
        int status = fail(&failure);
        arena_free(&arena);
        return status;
    }
    int status = act(manager, rest);
    if (status == 0 && strcmp(words[count - 1], "twice") == 0) status = act(manager, rest);
    manager_close(manager);
    arena_free(&arena);
    return status;
}
