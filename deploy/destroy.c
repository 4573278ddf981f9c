// deploy/destroy.c
#include "deploy/destroy.h"

#include "compiler/evaluate/shape.h"
#include "deploy/interrupt.h"

#define RESOURCES "2021-04-01"
#define VAULTS "2023-07-01"

enum { PATIENCE = 1 }; // seconds between two looks

// It is gone already, by somebody else's call or one of ours whose answer was lost.
static bool is_gone(Answer *answer, const Failure *failure)
{
    *answer = (Answer){.status = failure->status};
    return failure->status == 404;
}

bool destroy_begin(Arena *arena, Manager *manager, const Destroyed *what, Answer *answer,
                   Failure *failure)
{
    Call call = {.method = "DELETE", .path = what->order.group, .api_version = RESOURCES};
    bool begun = what->order.stack
                     ? order_remove_stack(arena, manager, &what->order, answer, failure)
                     : manager_call(manager, &call, answer, failure);
    return begun || is_gone(answer, failure);
}

// "Compute" of Microsoft.Compute/disks
static Text section_of(Text type)
{
    size_t from = text_starts(type, "Microsoft.") ? sizeof "Microsoft." - 1 : 0, to = from;
    while (to < type.length && type.at[to] != '/') to++;
    return text_slice(type, from, to);
}

static Progress steps_of(Arena *arena, Manager *manager, const Destroyed *what)
{
    const Value *resources = what->resources;
    Progress progress = {
        .deployment = what->order.stack ? what->order.name : TEXT(""),
        .group = what->order.group,
        .subscription = manager_subscription(manager),
        .portal = text_format(arena, "%.*s/#@%.*s/resource%.*s", TEXT_ARG(manager_portal(manager)),
                              TEXT_ARG(manager_tenant(manager)), TEXT_ARG(what->order.group)),
        .steps = arena_array(arena, Step, resources->array.count),
        .count = resources->array.count,
        .begun = progress_now(),
        .now = progress_now(),
        .left = -1,
        .removes = true,
    };
    for (size_t i = 0; i < progress.count; i++) {
        const Value *resource = resources->array.items[i];
        progress.steps[i] = (Step){.symbol = shape_text(resource, "name"),
                                   .group = section_of(shape_text(resource, "type")),
                                   .type = shape_text(resource, "type"),
                                   .id = shape_text(resource, "id"),
                                   .state = STEP_RUNNING,
                                   .begun = progress.begun};
    }
    return progress;
}

// What is there no longer has gone. `all`: all of it.
static void mark(Progress *progress, const Value *left, bool all, Reporter *reporter)
{
    progress->now = progress_now();
    for (size_t i = 0; i < progress->count; i++) {
        Step *step = &progress->steps[i];
        if (step->state != STEP_RUNNING || (!all && existing_find(left, step->id))) continue;
        step->state = STEP_DONE;
        step->ended = progress->now;
        reporter->show(reporter, progress, step);
    }
    reporter->show(reporter, progress, NULL);
}

// Whether the group or stack is still there and being deleted.
static bool goes_on(Arena *arena, Manager *manager, const Destroyed *what)
{
    Failure failure = {0};
    const Value *is = what->order.stack
                          ? order_get(arena, manager, &what->order, &failure)
                          : manager_get(manager, what->order.group, RESOURCES, &failure);
    Text state = shape_text(is, "properties.provisioningState");
    return (is && text_starts(state, "Delet")) || (is && text_starts(state, "delet")) ||
           (!is && failure.status != 404 && failure.kind == FAILURE_CONNECTION);
}

bool destroy_follow(Arena *arena, Manager *manager, const Destroyed *what, const Answer *answer,
                    Reporter *reporter, Ending *ending, Failure *failure)
{
    Progress progress = steps_of(arena, manager, what);
    Text path = text_format(arena, "%.*s/resources", TEXT_ARG(what->order.group));
    const Value *result;
    reporter->begin(reporter, &progress);
    while (goes_on(arena, manager, what) && interrupt_wait(PATIENCE)) {
        Failure gone = {0};
        const Value *left = manager_list(manager, path, RESOURCES, &gone);
        if (left) mark(&progress, left, false, reporter);
    }
    *ending = (Ending){.state = STEP_RUNNING};
    bool good = interrupt_asked() || !answer->operation.length ||
                manager_finish(manager, answer, &result, failure);
    if (good && !interrupt_asked()) {
        mark(&progress, NULL, true, reporter);
        ending->state = STEP_DONE;
    } else if (!good) {
        ending->state = STEP_FAILED;
        ending->failure = failure;
    }
    ending->seconds = progress_now() - progress.begun;
    reporter->end(reporter, &progress, ending);
    return good || ending->failure;
}

// ---- vaults

static Text deleted_path(Arena *arena, Manager *manager, Text location, Text name)
{
    return text_format(arena,
                       "/subscriptions/%.*s/providers/Microsoft.KeyVault/locations/%.*s/"
                       "deletedVaults/%.*s",
                       TEXT_ARG(manager_subscription(manager)), TEXT_ARG(location), TEXT_ARG(name));
}

const Value *destroy_vaults(Arena *arena, Manager *manager, const Value *resources)
{
    Value *vaults = value_array(arena);
    for (size_t i = 0; i < resources->array.count; i++) {
        const Value *resource = resources->array.items[i];
        Failure failure = {0};
        if (!text_alike(shape_text(resource, "type"), TEXT("Microsoft.KeyVault/vaults"))) continue;
        Text path = deleted_path(arena, manager, shape_text(resource, "location"),
                                 shape_text(resource, "name"));
        const Value *deleted = manager_get(manager, path, VAULTS, &failure);
        if (deleted && !shape_bool(deleted, "properties.purgeProtectionEnabled"))
            value_append(arena, vaults, resource);
    }
    return vaults;
}

bool destroy_purge(Arena *arena, Manager *manager, const Value *vault, Failure *failure)
{
    Answer answer;
    const Value *result;
    Text path =
        deleted_path(arena, manager, shape_text(vault, "location"), shape_text(vault, "name"));
    Call call = {.method = "POST",
                 .path = text_format(arena, "%.*s/purge", TEXT_ARG(path)),
                 .api_version = VAULTS,
                 .safe = true};
    if (!manager_call(manager, &call, &answer, failure)) return is_gone(&answer, failure);
    return !answer.operation.length || manager_finish(manager, &answer, &result, failure);
}
