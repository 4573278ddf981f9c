// emulator/deployment.c
#include "emulator/deployment.h"

#include "compiler/evaluate/hashes.h"
#include "compiler/evaluate/shape.h"
#include "emulator/fault.h"
#include "emulator/preflight.h"
#include "emulator/resource.h"
#include "emulator/vault.h"

#include <stdlib.h>
#include <string.h>

static const char *const phase_names[] = {"Waiting", "Running", "Succeeded", "Failed", "Canceled"};

const char *phase_name(Phase phase)
{
    return phase_names[phase];
}

bool phase_over(Phase phase)
{
    return phase > PHASE_RUNNING;
}

static Phase phase_of(Text name)
{
    for (size_t i = 0; i < sizeof phase_names / sizeof *phase_names; i++) {
        if (text_is(name, phase_names[i])) return (Phase)i;
    }
    return PHASE_FAILED;
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
        .group = id_group(id),
        .location = text_copy(arena, location),
        .name = parts.last,
        .group_object = group ? shape_copy(arena, group->value) : NULL,
        .deployer = shape_make(arena, "{objectId:%t,tenantId:%t,userPrincipalName:''}",
                               world->object, world->tenant),
        .now = (int64_t)world->now,
        .seed = text_hash(text_format(arena, "%.*s %f", TEXT_ARG(id), world->now)),
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

static Deployment *new_deployment(Text id, const Value *order)
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

// As when it was taken: `now` and `seed` of the context are the deployment's.
static Template *read_template(World *world, Deployment *deployment, TemplateProblem *problem)
{
    Arena *arena = &deployment->arena;
    TemplateContext context = deployment_context(world, arena, deployment->id, deployment->order);
    context.now = (int64_t)deployment->begun;
    context.seed = deployment->seed;
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

Deployment *deployment_start(World *world, Arena *arena, Text id, const Value *order,
                             Text correlation, TemplateProblem *problem)
{
    Deployment *deployment = new_deployment(id, order);
    deployment->correlation = copy(deployment, correlation);
    deployment->phase = PHASE_RUNNING;
    deployment->begun = world->now;
    deployment->seed = text_hash(text_format(arena, "%.*s %f", TEXT_ARG(id), world->now));
    deployment->template = read_template(world, deployment, problem);
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
    Deployment *child = new_deployment(step->id, body);
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
        if (is_within(id, deployment->scope) && !id_parent(id).length &&
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

// ---- as Azure shows it

const Value *template_providers(Arena *arena, const Step *steps, size_t count)
{
    Value *providers = value_array(arena);
    for (size_t i = 0; i < count; i++) {
        size_t slash = 0;
        while (slash < steps[i].type.length && steps[i].type.at[slash] != '/') slash++;
        Text space = text_slice(steps[i].type, 0, slash);
        bool known = false;
        for (size_t k = 0; k < i && !known; k++) known = starts_with(steps[k].type, space);
        if (known) continue;
        Value *types = value_array(arena);
        for (size_t k = i; k < count; k++) {
            bool listed = !starts_with(steps[k].type, space);
            for (size_t m = i; m < k && !listed; m++)
                listed = text_alike(steps[m].type, steps[k].type);
            if (listed) continue;
            Text type = text_slice(steps[k].type, slash + 1, steps[k].type.length);
            value_append(arena, types,
                         shape_make(arena, "{resourceType:%t,locations:[null]}", type));
        }
        value_append(arena, providers,
                     shape_make(arena, "{namespace:%t,resourceTypes:%v}", space, types));
    }
    return providers;
}

static const Value *dependencies_of(Arena *arena, const Deployment *deployment)
{
    Value *items = value_array(arena);
    for (size_t i = 0; i < deployment->count; i++) {
        const Step *step = &deployment->steps[i];
        if (!step->depends_on) continue;
        value_append(arena, items,
                     shape_make(arena, "{dependsOn:%v,id:%t,resourceType:%t,resourceName:%t}",
                                step->depends_on, step->id, step->type, step->name));
    }
    return items;
}

static void list_made(Arena *arena, const Deployment *deployment, Value *items)
{
    for (size_t i = 0; i < deployment->count; i++) {
        const Step *step = &deployment->steps[i];
        if (step->phase == PHASE_SUCCEEDED && !step->existing && !step->nested)
            value_append(arena, items, shape_make(arena, "{id:%t}", step->id));
    }
}

static Text hash_of(Arena *arena, const Value *value)
{
    HashState state = {0};
    Text text = shape_json(arena, value);
    size_t taken = hash_add(&state, text);
    uint64_t hash = hash_end(&state, text_slice(text, taken, text.length));
    return text_format(arena, "%llu", (unsigned long long)hash);
}

const Value *deployment_value(Arena *arena, const Deployment *deployment)
{
    const Value *order = deployment->order, *template = shape_at(order, "properties.template");
    Text mode = shape_text(order, "properties.mode");
    bool over = phase_over(deployment->phase);
    double last = deployment->begun;
    for (size_t i = 0; i < deployment->count; i++) {
        const Step *step = &deployment->steps[i];
        double moved = phase_over(step->phase) ? step->ends : step->begun;
        if (moved > last) last = moved;
    }
    Value *made = value_array(arena);
    list_made(arena, deployment, made);
    bool group = id_group(deployment->id).length;
    return shape_make(
        arena,
        "{id:%t,name:%t,type:'Microsoft.Resources/deployments',location:%v,tags:%v,properties:{"
        "templateHash:%t,parameters:%v,mode:%t,debugSetting:%v,provisioningState:%s,timestamp:%t,"
        "duration:%t,correlationId:%t,providers:%v,dependencies:%v,outputs:%v,outputResources:%v,"
        "error:%v}}",
        deployment->id, deployment->name, group ? NULL : shape_at(order, "location"),
        shape_at(order, "tags"), template ? hash_of(arena, template) : (Text){0},
        deployment->parameters, mode.length ? mode : TEXT("Incremental"),
        shape_at(order, "properties.debugSetting"), phase_name(deployment->phase),
        time_text(arena, over ? deployment->ended : last),
        duration_text(arena, (over ? deployment->ended : last) - deployment->begun),
        deployment->correlation, template_providers(arena, deployment->steps, deployment->count),
        dependencies_of(arena, deployment), deployment->outputs, over ? made : NULL,
        deployment->error);
}

static const Value *status_message(Arena *arena, const Step *step)
{
    if (!step->error) return NULL;
    bool late = text_is(shape_text(step->error, "code"), "ResourceDeploymentFailure");
    return shape_make(arena, "{status:%s,error:%v}", late ? "Failed" : NULL,
                      shape_with(arena, step->error, "status", NULL));
}

static const char *failed_status(const Step *step)
{
    int status = (int)shape_number(step->error, "status", 409);
    return status == 400   ? "BadRequest"
           : status == 403 ? "Forbidden"
           : status == 404 ? "NotFound"
                           : "Conflict";
}

static const Value *operation_value(Arena *arena, const Deployment *deployment, const Step *step,
                                    double now)
{
    const char *kind = step->existing ? "Read" : "Create";
    const char *status = step->phase == PHASE_FAILED      ? failed_status(step)
                         : step->phase != PHASE_SUCCEEDED ? NULL
                         : step->created                  ? "Created"
                                                          : "OK";
    double end = phase_over(step->phase) ? step->ends : now;
    Text symbol = step->symbol.length ? step->symbol : (Text){0};
    return shape_make(
        arena,
        "{id:%t,operationId:%t,properties:{provisioningOperation:%s,provisioningState:%s,"
        "timestamp:%t,duration:%t,trackingId:%t,serviceRequestId:%t,statusCode:%s,statusMessage:%v,"
        "targetResource:{id:%t,resourceType:%t,resourceName:%t,symbolicName:%t}}}",
        text_format(arena, "%.*s/operations/%.*s", TEXT_ARG(deployment->id),
                    TEXT_ARG(step->operation)),
        step->operation, kind, phase_name(step->phase), time_text(arena, end),
        duration_text(arena, end - step->begun),
        guid_of(arena, "tracking %.*s", TEXT_ARG(step->operation)),
        guid_of(arena, "request %.*s", TEXT_ARG(step->operation)), status,
        status_message(arena, step), step->id, step->type, step->name, symbol);
}

const Value *deployment_operations(Arena *arena, const Deployment *deployment)
{
    Value *items = value_array(arena);
    double now = world_clock();
    for (size_t i = 0; i < deployment->count; i++) {
        if (deployment->steps[i].phase == PHASE_WAITING) continue;
        value_append(arena, items, operation_value(arena, deployment, &deployment->steps[i], now));
    }
    if (!deployment->outputs) return items;
    Text operation = text_format(arena, "%016llX", (unsigned long long)deployment->seed);
    value_append(
        arena, items,
        shape_make(
            arena,
            "{id:%t,operationId:%t,properties:{provisioningOperation:'EvaluateDeploymentOutput',"
            "provisioningState:'Succeeded',timestamp:%t,duration:'PT0S',trackingId:%t,"
            "statusCode:'OK'}}",
            text_format(arena, "%.*s/operations/%.*s", TEXT_ARG(deployment->id),
                        TEXT_ARG(operation)),
            operation, time_text(arena, deployment->ended),
            guid_of(arena, "tracking %.*s", TEXT_ARG(operation))));
    return items;
}

// ---- saving

const Value *deployment_saved(Arena *arena, const Deployment *deployment)
{
    Value *steps = value_array(arena);
    for (size_t i = 0; i < deployment->count; i++) {
        const Step *step = &deployment->steps[i];
        value_append(
            arena, steps,
            shape_make(arena,
                       "{symbol:%t,id:%t,type:%t,name:%t,existing:%b,nested:%b,phase:%s,begun:%f,"
                       "ends:%f,operation:%t,created:%b,error:%v,dependsOn:%v}",
                       step->symbol, step->id, step->type, step->name, step->existing, step->nested,
                       phase_name(step->phase), step->begun, step->ends, step->operation,
                       step->created, step->error, step->depends_on));
    }
    return shape_make(arena,
                      "{id:%t,order:%v,correlation:%t,seed:%t,phase:%s,begun:%f,ended:%f,"
                      "parameters:%v,outputs:%v,error:%v,parent:%t,parentStep:%i,steps:%v}",
                      deployment->id, deployment->order, deployment->correlation,
                      text_format(arena, "%llu", (unsigned long long)deployment->seed),
                      phase_name(deployment->phase), deployment->begun, deployment->ended,
                      deployment->parameters, deployment->outputs, deployment->error,
                      deployment->parent, (int64_t)deployment->parent_step, steps);
}

static const Value *copied(Deployment *deployment, const Value *saved, const char *path)
{
    const Value *value = shape_at(saved, path);
    return value ? shape_copy(&deployment->arena, value) : NULL;
}

static Template *read_again(World *world, Deployment *deployment, TemplateProblem *problem)
{
    if (!deployment->parent.length) return read_template(world, deployment, problem);
    const Deployment *parent = deployment_find(world, deployment->parent);
    TemplateRuntime runtime = deployment_runtime(world);
    if (!parent || !parent->template) return NULL;
    return template_nested(parent->template, deployment->parent_step, &runtime, problem);
}

static void read_steps(Deployment *deployment, const Value *saved)
{
    const Value *steps = copied(deployment, saved, "steps");
    if (!steps) steps = value_array(&deployment->arena);
    deployment->count = steps->array.count;
    deployment->steps = arena_array(&deployment->arena, Step, deployment->count);
    for (size_t i = 0; i < deployment->count; i++) {
        const Value *step = steps->array.items[i];
        deployment->steps[i] = (Step){
            .symbol = shape_text(step, "symbol"),
            .id = shape_text(step, "id"),
            .type = shape_text(step, "type"),
            .name = shape_text(step, "name"),
            .existing = shape_bool(step, "existing"),
            .nested = shape_bool(step, "nested"),
            .phase = phase_of(shape_text(step, "phase")),
            .begun = shape_number(step, "begun", 0),
            .ends = shape_number(step, "ends", 0),
            .operation = shape_text(step, "operation"),
            .created = shape_bool(step, "created"),
            .error = shape_at(step, "error"),
            .depends_on = shape_at(step, "dependsOn"),
        };
    }
}

// Without its template.
static Deployment *read_saved(const Value *saved)
{
    Deployment *deployment = new_deployment(shape_text(saved, "id"), shape_at(saved, "order"));
    Arena *arena = &deployment->arena;
    Text seed = shape_text(saved, "seed");
    deployment->correlation = copy(deployment, shape_text(saved, "correlation"));
    deployment->seed = strtoull(text_string(arena, seed), NULL, 10);
    deployment->phase = phase_of(shape_text(saved, "phase"));
    deployment->begun = shape_number(saved, "begun", 0);
    deployment->ended = shape_number(saved, "ended", 0);
    deployment->parameters = copied(deployment, saved, "parameters");
    deployment->outputs = copied(deployment, saved, "outputs");
    deployment->error = copied(deployment, saved, "error");
    deployment->parent = copy(deployment, shape_text(saved, "parent"));
    deployment->parent_step = (size_t)shape_number(saved, "parentStep", 0);
    read_steps(deployment, saved);
    return deployment;
}

void deployment_restore(World *world, const Value *saved)
{
    Deployment *deployment = read_saved(saved);
    list_add(&world->arena, world->deployments, deployment);
    if (phase_over(deployment->phase)) return;
    TemplateProblem problem = {0};
    size_t count = 0;
    deployment->template = read_again(world, deployment, &problem);
    if (deployment->template) template_resources(deployment->template, &count);
    if (!deployment->template || count != deployment->count) { // only if the folder was changed
        deployment->phase = PHASE_CANCELED;
        deployment->ended = world->now;
        deployment->template = NULL;
    }
}

// A deployment that is over needs what would be saved of it, not what evaluated its template.
static void shrink(Deployment **place)
{
    Arena work = {0};
    Deployment *small = read_saved(deployment_saved(&work, *place));
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
