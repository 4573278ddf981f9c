// emulator/deployment.c: the life of deployments, step by step.
#include "emulator/deployment.h"

#include "compiler/evaluate/shape.h"
#include "emulator/fault.h"
#include "emulator/preflight.h"
#include "emulator/resource.h"
#include "emulator/vault.h"

#include <string.h>

enum { EVALUATION_MIB = 256 }; // that one template may take

static const char *const phase_names[] = {"Waiting", "Running", "Succeeded", "Failed", "Canceled"};

const char *phase_name(Phase phase)
{
    return phase_names[phase];
}

bool phase_over(Phase phase)
{
    return phase > PHASE_RUNNING;
}

Deployment *deployment_find(const World *world, Text id)
{
    for (size_t i = 0; i < world->deployments->count; i++) {
        if (text_alike(world->deployments->items[i]->id, id)) return world->deployments->items[i];
    }
    return NULL;
}

// ---- what a template knows

static const Value *runtime_resource(void *self, Arena *arena, Text id, Text api_version)
{
    (void)api_version;
    const Deployment *deployment = deployment_find(self, id);
    if (deployment) return shape_copy(arena, deployment_value(arena, deployment));
    return resource_get(self, arena, id);
}

static const Value *runtime_list(void *self, Arena *arena, Text function, Text id, Text api_version,
                                 const Value *body)
{
    (void)api_version, (void)body;
    return resource_list(self, arena, id, function);
}

TemplateRuntime deployment_runtime(World *world)
{
    return (TemplateRuntime){world, runtime_resource, runtime_list};
}

TemplateContext deployment_context(const World *world, Arena *arena, Text id, const Value *order)
{
    IdParts parts = {0};
    id_parts(arena, id, &parts);
    const Record *group = world_find(world, SHELF_GROUPS, id_group_scope(id));
    Text location = group ? shape_text(group->value, "location") : shape_text(order, "location");
    return (TemplateContext){
        .tenant = world->tenant,
        .subscription = id_subscription_name(id),
        .management_group = id_management_group_name(id),
        .group = id_group(id),
        .location = text_copy(arena, location),
        .name = parts.last,
        .group_object = group ? shape_copy(arena, group->value) : NULL,
        .deployer = shape_make(arena, "{objectId:%t,tenantId:%t,userPrincipalName:''}",
                               world->object, world->tenant),
        .now = (int64_t)world->now,
        .seed = text_hash(text_format(arena, "%.*s %f", TEXT_ARG(id), world->now)),
        .memory = (size_t)EVALUATION_MIB << 20,
    };
}

// ---- its life

static void free_deployment(Deployment *deployment)
{
    Arena arena = deployment->arena; // the deployment lies in it
    arena_free(&arena);
}

void deployment_remove(World *world, Deployment *deployment)
{
    Deployments *all = world->deployments;
    size_t place = 0;
    while (all->items[place] != deployment) place++;
    all->count--;
    memmove(all->items + place, all->items + place + 1,
            (all->count - place) * sizeof(Deployment *));
    free_deployment(deployment);
    world->changed = true;
}

static Text copy(Deployment *deployment, Text text)
{
    return text_copy(&deployment->arena, text);
}

Deployment *deployment_new(Text id, const Value *order)
{
    Arena arena = {0};
    Deployment *deployment = arena_new(&arena, Deployment);
    IdParts parts = {0};
    id_parts(&arena, id, &parts);
    deployment->id = text_copy(&arena, id);
    deployment->name = text_copy(&arena, parts.last);
    deployment->scope = text_copy(&arena, parts.scope);
    deployment->order = shape_copy(&arena, order);
    deployment->arena = arena;
    return deployment;
}

static const Value *reference_to(Arena *arena, const Step *step)
{
    return shape_make(arena, "{id:%t,resourceType:%t,resourceName:%t}", step->id, step->type,
                      step->name);
}

// With what refers to a secret as it was given.
static const Value *shown_parameters(Deployment *deployment)
{
    Arena *arena = &deployment->arena;
    const Value *parameters = template_parameters(deployment->template);
    const Value *given = shape_at(deployment->order, "properties.parameters");
    if (!parameters) return NULL;
    Value *shown = shape_copy(arena, parameters);
    for (size_t i = 0; i < shown->object.count; i++) {
        ValueProperty *parameter = &shown->object.items[i];
        const Value *row = given ? value_find(given, parameter->name) : NULL;
        const Value *reference = shape_at(row, "reference");
        if (reference)
            parameter->value = shape_with(arena, parameter->value, "reference", reference);
    }
    return shown;
}

// Steps of the template's resources; all waiting.
static void lay_out(Deployment *deployment)
{
    Arena *arena = &deployment->arena;
    const TemplateResource *resources =
        template_resources(deployment->template, &deployment->count);
    deployment->steps = arena_array(arena, Step, deployment->count);
    for (size_t i = 0; i < deployment->count; i++) {
        const TemplateResource *resource = &resources[i];
        Step *step = &deployment->steps[i];
        step->symbol = copy(deployment, resource->symbol);
        step->id = copy(deployment, resource->id);
        step->type = copy(deployment, resource->type);
        step->name = copy(deployment, resource->name);
        step->existing = resource->existing;
        step->nested = resource->nested;
        step->operation = text_format(
            arena, "%016llX",
            (unsigned long long)text_hash(text_format(arena, "%.*s %llu", TEXT_ARG(step->id),
                                                      (unsigned long long)deployment->seed)));
        Value *needs = value_array(arena);
        for (size_t n = 0; n < resource->need_count; n++)
            value_append(arena, needs, reference_to(arena, &deployment->steps[resource->needs[n]]));
        if (resource->need_count) step->depends_on = needs;
    }
    deployment->parameters = shown_parameters(deployment);
}

Template *deployment_template(World *world, Deployment *deployment, TemplateProblem *problem)
{
    Arena *arena = &deployment->arena;
    TemplateContext context = deployment_context(world, arena, deployment->id, deployment->order);
    context.now = (int64_t)deployment->begun;
    context.seed = deployment->seed;
    context.source = deployment->source;
    const Value *parameters = vault_parameters(
        world, arena, shape_at(deployment->order, "properties.parameters"), problem);
    if (!parameters) return NULL;
    return template_read(arena, shape_at(deployment->order, "properties.template"), parameters,
                         &context, problem);
}

static Deployment *enlist(World *world, Deployment *deployment)
{
    Deployment *old = deployment_find(world, deployment->id);
    if (old) deployment_remove(world, old);
    lay_out(deployment);
    list_add(&world->arena, world->deployments, deployment);
    world->changed = true;
    return deployment;
}

Deployment *deployment_start(World *world, Arena *arena, Text id, const Value *order, Text source,
                             Text correlation, TemplateProblem *problem)
{
    Deployment *deployment = deployment_new(id, order);
    deployment->source = copy(deployment, source);
    deployment->correlation = copy(deployment, correlation);
    deployment->phase = PHASE_RUNNING;
    deployment->begun = world->now;
    deployment->seed = text_hash(text_format(arena, "%.*s %f", TEXT_ARG(id), world->now));
    deployment->template = deployment_template(world, deployment, problem);
    if (deployment->template) return enlist(world, deployment);
    *problem =
        (TemplateProblem){text_copy(arena, problem->code), text_copy(arena, problem->message),
                          text_copy(arena, problem->target)};
    free_deployment(deployment);
    return NULL;
}

// ---- steps

static const Value *problem_value(Arena *arena, const TemplateProblem *problem)
{
    Text target = problem->target.length ? problem->target : (Text){0};
    return shape_copy(arena, shape_make(arena, "{code:%t,message:%t,target:%t}", problem->code,
                                        problem->message, target));
}

static void fail_step(Deployment *deployment, Step *step, double at, const Value *error)
{
    step->phase = PHASE_FAILED;
    step->ends = at;
    step->error = shape_copy(&deployment->arena, error);
}

static void begin_nested(World *world, Deployment *deployment, size_t index)
{
    Step *step = &deployment->steps[index];
    Arena *arena = &deployment->arena;
    TemplateRuntime runtime = deployment_runtime(world);
    TemplateProblem problem = {0};
    const Value *refused = resource_scope_refused(world, arena, step->id);
    if (refused) {
        fail_step(deployment, step, step->begun, refused);
        return;
    }
    const Deployment *running = deployment_find(world, step->id);
    if (running && !phase_over(running->phase)) {
        Text message =
            text_format(arena,
                        "Unable to edit or replace deployment '%.*s': previous "
                        "deployment from '%.*s' is still active.",
                        TEXT_ARG(running->name), TEXT_ARG(time_text(arena, running->begun)));
        fail_step(deployment, step, step->begun,
                  shape_make(arena, "{code:'DeploymentActive',message:%t}", message));
        return;
    }
    const Value *body = template_body(deployment->template, index, &runtime, &problem);
    Template *template =
        body ? template_nested(deployment->template, index, &runtime, &problem) : NULL;
    if (!template) {
        fail_step(deployment, step, step->begun, problem_value(arena, &problem));
        return;
    }
    Deployment *child = deployment_new(step->id, body);
    child->correlation = copy(child, deployment->correlation);
    child->phase = PHASE_RUNNING;
    child->begun = step->begun;
    child->seed = deployment->seed + index + 1;
    child->parent = copy(child, deployment->id);
    child->parent_step = index;
    child->template = template;
    enlist(world, child);
}

static void begin_step(World *world, Deployment *deployment, size_t index, double at)
{
    Step *step = &deployment->steps[index];
    Arena *arena = &deployment->arena;
    step->phase = PHASE_RUNNING;
    step->begun = step->ends = at;
    world->changed = true;
    if (step->nested) {
        begin_nested(world, deployment, index);
        return;
    }
    const Value *found = runtime_resource(world, arena, step->id, TEXT(""));
    if (step->existing) {
        if (!found) fail_step(deployment, step, at, resource_not_found(arena, step->id));
        return;
    }
    size_t count;
    const TemplateResource *resource = &template_resources(deployment->template, &count)[index];
    if (found && resource->only_if_not_exists) return;
    TemplateRuntime runtime = deployment_runtime(world);
    TemplateProblem problem = {0};
    const Value *body = template_body(deployment->template, index, &runtime, &problem);
    if (!body) {
        fail_step(deployment, step, at, problem_value(arena, &problem));
        return;
    }
    step->created = !found;
    preflight_register(world, arena, step->type);
    Text code = fault_failure(world, step->type);
    bool later = true;
    const Value *refused = code.at ? failure_value(arena, code, step->id, &later) : NULL;
    if (later) refused = resource_put(world, arena, step->id, resource->api_version, body);
    double seconds = refused ? 1 : resource_seconds(step->type, step->id, found != NULL);
    step->ends = at + world_seconds(world, seconds);
    if (refused) fail_step(deployment, step, step->ends, refused);
}

// How the end of what a provider took shows that it failed.
static const Value *late_error(Arena *arena, Text id, const Value *inner)
{
    return shape_make(
        arena, "{code:'ResourceDeploymentFailure',target:%t,message:%t,details:[%v]}", id,
        TEXT("The resource write operation failed to complete successfully, because it "
             "reached terminal provisioning state 'Failed'."),
        inner);
}

static void end_step(World *world, Deployment *deployment, Step *step)
{
    world->changed = true;
    if (step->nested) {
        const Deployment *child = deployment_find(world, step->id);
        step->phase = child ? child->phase : PHASE_CANCELED;
        step->ends = child ? child->ended : step->begun;
        if (step->phase == PHASE_FAILED)
            fail_step(deployment, step, step->ends,
                      late_error(&deployment->arena, step->id, child->error));
        return;
    }
    Text code = fault_failure(world, step->type);
    if (code.at && !step->existing) {
        const Value *failure = failure_value(&deployment->arena, code, step->id, NULL);
        failure = shape_with(&deployment->arena, failure, "status", NULL);
        resource_settle(world, step->id, TEXT("Failed"));
        fail_step(deployment, step, step->ends, late_error(&deployment->arena, step->id, failure));
        return;
    }
    step->phase = PHASE_SUCCEEDED;
    if (!step->existing) resource_settle(world, step->id, TEXT("Succeeded"));
}

// Whether all that it needs is done, and since when.
static bool is_ready(const Deployment *deployment, size_t index, double *since)
{
    size_t count;
    const TemplateResource *resource = &template_resources(deployment->template, &count)[index];
    *since = deployment->begun;
    for (size_t i = 0; i < resource->need_count; i++) {
        const Step *need = &deployment->steps[resource->needs[i]];
        if (need->phase != PHASE_SUCCEEDED) return false;
        if (need->ends > *since) *since = need->ends;
    }
    return true;
}

static bool is_done(const World *world, const Step *step)
{
    if (!step->nested) return step->ends <= world->now;
    const Deployment *child = deployment_find(world, step->id);
    return !child || phase_over(child->phase);
}

// ---- the end of a deployment

// What a provider refuses stands as JSON in a text, under the words of its HTTP status.
static const Value *as_detail(Arena *arena, const Value *error)
{
    int status = (int)shape_number(error, "status", 0);
    if (!status) return error;
    const char *word = status == 400   ? "BadRequest"
                       : status == 403 ? "Forbidden"
                       : status == 404 ? "NotFound"
                       : status == 409 ? "Conflict"
                                       : "InternalServerError";
    TextBuffer text = {.arena = arena};
    JsonWriter json = {.out = &text};
    value_write_json(&json,
                     shape_make(arena, "{error:%v}", shape_with(arena, error, "status", NULL)));
    return shape_make(arena, "{code:%s,message:%t}", word, buffer_done(&text));
}

static const Value *failure_of(const Deployment *deployment, Arena *arena)
{
    Value *details = value_array(arena);
    for (size_t i = 0; i < deployment->count; i++) {
        if (deployment->steps[i].error)
            value_append(arena, details, as_detail(arena, deployment->steps[i].error));
    }
    return shape_make(
        arena,
        "{code:'DeploymentFailed',target:%t,message:'At least one resource deployment "
        "operation failed. Please list deployment operations for details. Please see "
        "https://aka.ms/arm-deployment-operations for usage details.',details:%v}",
        deployment->id, details);
}

// What a deployment made, or one nested in it.
static bool has_made(const World *world, const Deployment *deployment, Text id)
{
    for (size_t i = 0; i < deployment->count; i++) {
        const Step *step = &deployment->steps[i];
        const Deployment *child = step->nested ? deployment_find(world, step->id) : NULL;
        if (text_alike(step->id, id) || (child && has_made(world, child, id))) return true;
    }
    return false;
}

// Mode Complete: of the group, only what the template has stays, with children and extensions.
static void remove_others(World *world, const Deployment *deployment)
{
    Shelf *shelf = &world->shelves[SHELF_RESOURCES];
    for (size_t i = shelf->count; i-- > 0;) {
        if (i >= shelf->count) continue; // children went with their parent
        Text id = shelf->items[i]->id;
        if (text_within(id, deployment->scope) && !id_parent(id).length &&
            !has_made(world, deployment, id))
            resource_remove(world, id);
    }
}

static void end_deployment(World *world, Deployment *deployment, Phase phase)
{
    Arena *arena = &deployment->arena;
    deployment->phase = phase;
    deployment->ended = deployment->begun;
    for (size_t i = 0; i < deployment->count; i++) {
        if (deployment->steps[i].ends > deployment->ended)
            deployment->ended = deployment->steps[i].ends;
    }
    if (phase == PHASE_CANCELED) deployment->ended = world->now;
    if (phase == PHASE_SUCCEEDED) {
        TemplateRuntime runtime = deployment_runtime(world);
        TemplateProblem problem = {0};
        const Value *outputs = template_outputs(deployment->template, &runtime, &problem);
        if (outputs) {
            deployment->outputs = shape_copy(arena, outputs);
            if (text_alike(shape_text(deployment->order, "properties.mode"), TEXT("Complete")))
                remove_others(world, deployment);
        } else {
            deployment->phase = PHASE_FAILED;
            deployment->error =
                shape_make(arena,
                           "{code:'DeploymentFailed',target:%t,message:'The template output could "
                           "not be evaluated.',details:[%v]}",
                           deployment->id, problem_value(arena, &problem));
        }
    } else if (phase == PHASE_FAILED) {
        deployment->error = failure_of(deployment, arena);
    }
    deployment->template = NULL;
    world->changed = true;
}

// True if anything happened.
static bool advance(World *world, Deployment *deployment)
{
    bool changed = false, running = false, failed = false;
    for (size_t i = 0; i < deployment->count; i++) {
        Step *step = &deployment->steps[i];
        double since;
        if (step->phase == PHASE_RUNNING && is_done(world, step)) {
            end_step(world, deployment, step);
            changed = true;
        } else if (step->phase == PHASE_WAITING && is_ready(deployment, i, &since)) {
            begin_step(world, deployment, i, since);
            changed = true;
        }
        running |= step->phase == PHASE_RUNNING;
        failed |= step->phase == PHASE_FAILED || step->phase == PHASE_CANCELED;
    }
    if (changed || running) return changed;
    end_deployment(world, deployment, failed ? PHASE_FAILED : PHASE_SUCCEEDED);
    return true;
}

void deployment_cancel(World *world, Deployment *deployment)
{
    for (size_t i = 0; i < deployment->count; i++) {
        Step *step = &deployment->steps[i];
        if (step->phase != PHASE_RUNNING) continue;
        step->phase = PHASE_CANCELED;
        step->ends = world->now;
        Deployment *child = step->nested ? deployment_find(world, step->id) : NULL;
        if (child && !phase_over(child->phase)) deployment_cancel(world, child);
        if (!step->nested && !step->existing) // what was begun is not undone
            resource_settle(world, step->id, TEXT("Succeeded"));
    }
    end_deployment(world, deployment, PHASE_CANCELED);
}

// ---- all of them

// A deployment that is over needs what would be saved of it, not what evaluated its template.
static void shrink(Deployment **place)
{
    Arena work = {0};
    Deployment *small = deployment_from(deployment_saved(&work, *place));
    small->shrunk = true;
    free_deployment(*place);
    *place = small;
    arena_free(&work);
}

void deployments_advance(World *world)
{
    Deployments *all = world->deployments;
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t i = 0; i < all->count; i++) // the list may grow meanwhile
            if (!phase_over(all->items[i]->phase)) changed |= advance(world, all->items[i]);
    }
    for (size_t i = 0; i < all->count; i++)
        if (phase_over(all->items[i]->phase) && !all->items[i]->shrunk) shrink(&all->items[i]);
}
