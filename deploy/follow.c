// deploy/follow.c: looks at the deployment and its operations, often while much happens, and tells
// what is new. Each look's answers are thrown away with their arena.
#define _GNU_SOURCE // strcasestr
#include "deploy/follow.h"

#include "compiler/evaluate/shape.h"
#include "deploy/address.h"
#include "deploy/answer.h"
#include "deploy/interrupt.h"
#include "deploy/steps.h"

#include <string.h>

static const char deployments_version[] = "2024-11-01", stacks_version[] = "2025-07-01";
static const double first_pause = 1, longest_pause = 10, // seconds between two looks
    longest_patience = 60,                               // that Azure may ask for
    broken_pause = 5, longest_broken_pause = 30; // before a broken connection is tried again

typedef struct {
    Manager *manager;
    Arena *arena; // lasts
    Arena look;   // of one look
    const Followed *what;
    Reporter *reporter;
    Progress progress;
    Steps steps;
    Times times;
    Text deployment; // the path of the deployment; a stack's is known later
    double asked;    // seconds that Azure asked to wait; 0: none
} Follower;

// One look at the deployment, or stack.
typedef struct {
    StepState state;
    const Value *properties;
    const Value *outputs, *error;
    bool changed; // a step did
} Look;

// ---- what is shown

static void show(Follower *self, const Step *changed)
{
    self->progress.now = progress_now();
    self->reporter->show(self->reporter, &self->progress, changed);
}

static double when(const Entry *entry)
{
    return entry->step.ended > 0 ? entry->step.ended : entry->step.begun;
}

// In the order in which it happened.
static void sort(StepChanges *changed)
{
    for (size_t i = 1; i < changed->count; i++) {
        const Entry *one = changed->items[i];
        size_t at = i;
        for (; at > 0 && when(changed->items[at - 1]) > when(one); at--)
            changed->items[at] = changed->items[at - 1];
        changed->items[at] = one;
    }
}

static void refresh(Follower *self, StepChanges *changed)
{
    sort(changed);
    self->progress.now = progress_now();
    steps_show(&self->steps, &self->progress);
    for (size_t i = 0; i < changed->count; i++) {
        const Step *step = steps_shown(&self->steps, &self->progress, changed->items[i]);
        if (step) show(self, step);
    }
    if (!changed->count) show(self, NULL);
}

// What the manager waits for, while it does.
static void waiting(void *context, Text why, double seconds)
{
    Follower *self = context;
    Arena work = {0};
    Text before = self->progress.note;
    if (why.length)
        self->progress.note =
            text_format(&work, "%.*s; again in %d s", TEXT_ARG(why), (int)seconds + 1);
    show(self, NULL);
    self->progress.note = before;
    arena_free(&work);
}

// ---- one look

static StepState state_of(Text state)
{
    static const struct {
        const char *begins;
        StepState state;
    } states[] = {{"succeeded", STEP_DONE}, {"failed", STEP_FAILED}, {"canceled", STEP_CANCELED}};
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        if (text_starts_alike(state, states[i].begins)) return states[i].state;
    }
    return STEP_RUNNING;
}

static const Value *ask(Follower *self, Text path, const char *version, Failure *failure)
{
    Answer answer;
    Call call = {.method = "GET", .path = path, .api_version = version};
    if (!manager_call(self->manager, &call, &answer, failure)) return NULL;
    if (answer.retry_after > 0)
        self->asked = answer.retry_after > longest_patience ? longest_patience : answer.retry_after;
    return shape_at(answer.body, "properties") ? shape_at(answer.body, "properties") : &value_null;
}

static Text path_of(const Follower *self, Arena *arena, const char *type)
{
    Text subscription = manager_subscription(self->manager);
    return text_format(
        arena, "/subscriptions/%.*s/resourceGroups/%.*s/providers/Microsoft.Resources/%s/%.*s",
        TEXT_ARG(subscription), TEXT_ARG(self->what->group), type, TEXT_ARG(self->what->name));
}

static void learn_begin(Follower *self, const Value *properties, double offset)
{
    double changed, lasted;
    if (!answer_timestamp(shape_text(properties, "timestamp"), &changed) ||
        !answer_duration(shape_text(properties, "duration"), &lasted))
        return;
    double begun = changed + offset - lasted;
    if (begun < self->progress.begun) self->progress.begun = begun;
}

// Of a deployment in a resource group they lie at an address without its provider.
static Text operations_of(Follower *self, Text id)
{
    static const char provider[] = "/providers/Microsoft.Resources";
    const char *path = text_string(&self->look, id), *at = strcasestr(path, provider);
    if (!at || !strcasestr(path, "/resourceGroups/"))
        return text_format(&self->look, "%s/operations", path);
    return text_format(&self->look, "%.*s%s/operations", (int)(at - path), path,
                       at + sizeof provider - 1);
}

// The operations of a deployment, and then of its modules.
static bool read_operations(Follower *self, Entry *module, Text path, StepChanges *changed,
                            Failure *failure)
{
    const Value *operations =
        manager_list(self->manager, operations_of(self, path), deployments_version, failure);
    if (!operations) return false;
    double offset = progress_now() - manager_server_now(self->manager);
    steps_take(&self->steps, &self->look, module, operations, offset, self->progress.begun,
               changed);
    for (size_t i = 0; i < self->steps.count; i++) {
        Entry *entry = self->steps.items[i];
        bool nested = entry->module == module && entry->seen && !entry->read &&
                      entry->step.id.length && entry->step.state != STEP_WAITING &&
                      steps_is_module(entry);
        if (!nested) continue;
        bool over = entry->step.ended > 0;
        Failure none;
        bool read_it = read_operations(self, entry, entry->step.id, changed, &none);
        if (!read_it && none.status != 404) { // 404: it failed before it was made
            *failure = none;
            return false;
        }
        entry->read = over;
    }
    return true;
}

static bool look_once(Follower *self, Look *look, Failure *failure)
{
    StepChanges changed = {0};
    bool stack = self->what->stack;
    Text path = path_of(self, &self->look, stack ? "deploymentStacks" : "deployments");
    self->asked = 0;
    const Value *properties =
        ask(self, path, stack ? stacks_version : deployments_version, failure);
    if (!properties) return false;
    Text deployment = stack ? shape_text(properties, "deploymentId") : path;
    look->properties = properties;
    look->state = state_of(shape_text(properties, "provisioningState"));
    double offset = progress_now() - manager_server_now(self->manager);
    learn_begin(self, properties, offset);
    bool read = !deployment.length || read_operations(self, NULL, deployment, &changed, failure);
    if (stack && look->state == STEP_RUNNING)
        self->progress.note = text_format(self->arena, "the stack is %.*s",
                                          TEXT_ARG(shape_text(properties, "provisioningState")));
    if (read && look->state != STEP_RUNNING)
        steps_end(&self->steps, &self->look, look->state, &changed);
    look->changed = changed.count > 0;
    refresh(self, &changed);
    return read;
}

// ---- the end

static Failure *failure_of(Follower *self, const Look *look)
{
    Failure *failure = arena_new(self->arena, Failure);
    const Value *error = shape_at(look->properties, "error");
    bool canceled = look->state == STEP_CANCELED;
    *failure = (Failure){
        .kind = FAILURE_AZURE,
        .code = canceled ? TEXT("DeploymentCanceled") : TEXT("DeploymentFailed"),
        .message = canceled ? TEXT("the deployment was cancelled") : TEXT("the deployment failed"),
        .correlation = text_copy(self->arena, shape_text(look->properties, "correlationId")),
        .call = text_format(self->arena, "deployment %.*s", TEXT_ARG(self->what->name)),
    };
    if (error && error->kind == VALUE_OBJECT)
        answer_error(self->arena, shape_copy(self->arena, error), failure);
    return failure;
}

static void learn_times(Follower *self)
{
    for (size_t i = 0; i < self->steps.count; i++) {
        const Step *step = &self->steps.items[i]->step;
        if (step->state == STEP_DONE && step->ended > 0)
            times_learn(&self->times, step->type, step->ended - step->begun);
    }
    times_write(&self->times);
}

static void end_well_or_not(Follower *self, const Look *look, Ending *ending)
{
    const Value *outputs = shape_at(look->properties, "outputs");
    double lasted;
    bool known = answer_duration(shape_text(look->properties, "duration"), &lasted);
    *ending = (Ending){
        .state = look->state,
        .outputs =
            outputs && outputs->kind == VALUE_OBJECT ? shape_copy(self->arena, outputs) : NULL,
        .failure = look->state == STEP_DONE ? NULL : failure_of(self, look),
        .seconds = known ? lasted : progress_now() - self->progress.begun,
    };
    self->progress.left = 0;
    if (look->state == STEP_DONE) learn_times(self);
}

// ---- the whole

// It may be over soon: the connection, or a server that has too much to do.
static bool is_passing(const Failure *failure)
{
    return failure->kind == FAILURE_CONNECTION ||
           (failure->kind == FAILURE_AZURE &&
            (failure->status == 408 || failure->status == 429 || failure->status >= 500));
}

// False after Ctrl-C.
static bool pause(Follower *self, double seconds)
{
    double left = seconds, end = progress_now() + seconds;
    while (left > 0 && !interrupt_asked()) {
        show(self, NULL);
        interrupt_wait(left < 0.25 ? left : 0.25);
        left = end - progress_now();
    }
    return !interrupt_asked();
}

static Failure kept(Arena *arena, const Failure *failure)
{
    Failure copy = *failure;
    copy.code = text_copy(arena, failure->code);
    copy.message = text_copy(arena, failure->message);
    copy.correlation = text_copy(arena, failure->correlation);
    copy.call = text_copy(arena, failure->call);
    copy.error = failure->error ? shape_copy(arena, failure->error) : NULL;
    return copy;
}

// Until it is over, Ctrl-C, or a failure that does not pass.
static bool run(Follower *self, Ending *ending, Failure *failure)
{
    double wait = first_pause, broken = broken_pause;
    *ending = (Ending){.state = STEP_RUNNING};
    for (;;) {
        Look look = {0};
        Failure why = {0};
        Arena *lasting = manager_use(self->manager, &self->look);
        bool good = look_once(self, &look, &why);
        bool over = good && look.state != STEP_RUNNING;
        if (over) end_well_or_not(self, &look, ending);
        if (!good) *failure = kept(self->arena, &why);
        manager_use(self->manager, lasting);
        arena_free(&self->look);
        if (over) return true;
        if (!good && failure->kind == FAILURE_INTERRUPTED) break;
        if (!good && !is_passing(failure)) return false;
        if (good) {
            if (!self->what->stack) self->progress.note = (Text){0};
            broken = broken_pause;
            wait = look.changed ? first_pause : wait * 1.25;
            if (wait > longest_pause) wait = longest_pause;
        } else {
            self->progress.note = text_format(self->arena, "%.*s; the deployment goes on",
                                              TEXT_ARG(failure->message));
        }
        double seconds = !good ? broken : self->asked > 0 ? self->asked : wait;
        if (!good) broken = broken * 2 > longest_broken_pause ? longest_broken_pause : broken * 2;
        if (!pause(self, seconds)) break;
    }
    ending->seconds = progress_now() - self->progress.begun;
    *failure = (Failure){0};
    return true;
}

static Text portal_page(const Follower *self)
{
    Text portal = manager_portal(self->manager);
    if (!portal.length) return (Text){0};
    TextBuffer out = {.arena = self->arena};
    buffer_text(&out, portal);
    bool stack = self->what->stack;
    buffer_string(&out, stack ? "/#resource"
                              : "/#view/HubsExtension/DeploymentDetailsBlade/~/overview/id/");
    Text path = path_of(self, self->arena, stack ? "deploymentStacks" : "deployments");
    if (stack) {
        buffer_text(&out, path);
    } else {
        address_quote(&out, path);
    }
    return buffer_done(&out);
}

bool follow(Manager *manager, const Followed *what, Reporter *reporter, Ending *ending,
            Failure *failure)
{
    Arena none, *arena = manager_use(manager, &none);
    manager_use(manager, arena);
    Follower self = {.manager = manager, .arena = arena, .what = what, .reporter = reporter};
    double now = progress_now();
    self.times = times_read(arena, manager_host(manager));
    self.steps = steps_of(arena, &self.times, what->template, what->sections);
    self.progress = (Progress){
        .deployment = what->name,
        .group = what->group,
        .subscription = manager_subscription(manager),
        .portal = portal_page(&self),
        .begun = now,
        .now = now,
    };
    steps_show(&self.steps, &self.progress);
    reporter->begin(reporter, &self.progress);
    manager_on_wait(manager, waiting, &self);
    bool followed = run(&self, ending, failure);
    manager_on_wait(manager, NULL, NULL);
    if (!followed) ending->failure = failure;
    self.progress.now = progress_now();
    self.progress.note = (Text){0};
    steps_show(&self.steps, &self.progress);
    reporter->end(reporter, &self.progress, ending);
    return followed;
}
