// emulator/stack.c
#include "emulator/stack.h"

#include "compiler/evaluate/shape.h"
#include "emulator/deployment.h"
#include "emulator/group.h"
#include "emulator/handlers.h"
#include "emulator/operation.h"
#include "emulator/resource.h"
#include "emulator/vault.h"
#include "emulator/whatif.h"

#include <string.h>

enum { DELETE_SECONDS = 30, WHAT_IF_SECONDS = 8 };

// ---- what a stack holds

static bool holds(const Value *list, Text id)
{
    for (size_t i = 0; list && list->kind == VALUE_ARRAY && i < list->array.count; i++) {
        if (text_alike(shape_text(list->array.items[i], "id"), id)) return true;
    }
    return false;
}

// What a deployment and those nested in it made.
static void add_made(const World *world, Arena *arena, const Deployment *deployment, Value *list)
{
    for (size_t i = 0; i < deployment->count; i++) {
        const Step *step = &deployment->steps[i];
        const Deployment *child = step->nested ? deployment_find(world, step->id) : NULL;
        if (child) add_made(world, arena, child, list);
        if (step->nested || step->existing || step->phase != PHASE_SUCCEEDED) continue;
        if (holds(list, step->id)) continue;
        value_append(arena, list,
                     shape_make(arena, "{id:%t,status:'managed',denyStatus:'none'}",
                                text_copy(arena, step->id)));
    }
}

static bool is_whole_group(Text id)
{
    return id.length && text_alike(id_group_scope(id), id);
}

// Vault secrets have no deletion at Resource Manager.
static bool has_deletion(Arena *arena, Text id)
{
    IdParts parts = {0};
    id_parts(arena, id, &parts);
    return !text_alike(parts.type, TEXT("Microsoft.KeyVault/vaults/secrets"));
}

static void take_away(World *world, Text id)
{
    if (is_whole_group(id))
        group_remove(world, id);
    else
        resource_remove(world, id);
}

// Those of `list` that `kept` has not, apart: what goes, what is let go, what fails.
static void sort_out(Arena *arena, const Value *stack, const Value *list, const Value *kept,
                     Value *deleted, Value *detached, Value *failed)
{
    Text resources = shape_text(stack, "properties.actionOnUnmanage.resources");
    Text groups = shape_text(stack, "properties.actionOnUnmanage.resourceGroups");
    Text without = shape_text(stack, "properties.actionOnUnmanage.resourcesWithoutDeleteSupport");
    for (size_t i = 0; list && i < list->array.count; i++) {
        Text id = shape_text(list->array.items[i], "id");
        if (holds(kept, id)) continue;
        Text action = is_whole_group(id) ? groups : resources;
        bool removes = text_alike(action, TEXT("delete"));
        bool refused = removes && !has_deletion(arena, id) && !holds(deleted, id_parent(id));
        if (refused && !text_alike(without, TEXT("detach")))
            value_append(
                arena, failed,
                shape_make(arena,
                           "{id:%t,error:{code:'DeploymentStackResourceDeleteNotSupported',"
                           "message:'The resource type does not support deletion.'}}",
                           id));
        else
            value_append(arena, removes && !refused ? deleted : detached,
                         shape_make(arena, "{id:%t}", id));
    }
}

const Record *stack_denies(const World *world, Text id)
{
    const Shelf *stacks = &world->shelves[SHELF_STACKS];
    for (size_t i = 0; i < stacks->count; i++) {
        const Value *stack = stacks->items[i]->value;
        Text mode = shape_text(stack, "properties.denySettings.mode");
        bool denies = mode.length && !text_alike(mode, TEXT("none"));
        if (denies && holds(shape_at(stack, "properties.resources"), id)) return stacks->items[i];
    }
    return NULL;
}

// ---- its life

static const Value *with_state(Arena *arena, const Value *stack, const char *state)
{
    return shape_with(arena, stack, "properties.provisioningState",
                      value_string(arena, text_of(state)));
}

static void deployed(World *world, Arena *arena, Text id, const Value *stack,
                     const Deployment *deployment)
{
    if (deployment->phase != PHASE_SUCCEEDED) {
        bool canceled = deployment->phase == PHASE_CANCELED;
        const Value *error = shape_make(
            arena,
            "{code:'DeploymentStackDeploymentFailed',message:'One or more resources could "
            "not be deployed. Correlation id: see the deployment.',details:[%v]}",
            deployment->error);
        stack = shape_with(arena, stack, "properties.error", canceled ? NULL : error);
        // What was made is the stack's too; nothing is let go.
        const Value *before = shape_at(stack, "properties.resources");
        Value *made = value_array(arena);
        for (size_t i = 0; before && i < before->array.count; i++)
            value_append(arena, made, before->array.items[i]);
        add_made(world, arena, deployment, made);
        stack = shape_with(arena, stack, "properties.resources", made);
        world_put(world, SHELF_STACKS, id,
                  with_state(arena, stack, canceled ? "canceled" : "failed"), NULL);
        return;
    }
    Value *made = value_array(arena), *deleted = value_array(arena), *detached = value_array(arena),
          *failed = value_array(arena);
    add_made(world, arena, deployment, made);
    sort_out(arena, stack, shape_at(stack, "properties.resources"), made, deleted, detached,
             failed);
    double seconds = deleted->array.count ? world_seconds(world, DELETE_SECONDS) : 0;
    stack = shape_with(arena, stack, "properties.resources", made);
    stack = shape_with(arena, stack, "properties.deletedResources", deleted);
    stack = shape_with(arena, stack, "properties.detachedResources", detached);
    stack = shape_with(arena, stack, "properties.failedResources", failed);
    stack = shape_with(arena, stack, "properties.outputs", deployment->outputs);
    stack = shape_with(
        arena, stack, "properties.duration",
        value_string(arena, duration_text(arena, deployment->ended + seconds - deployment->begun)));
    stack =
        shape_with(arena, stack, "internal.ends", value_float(arena, deployment->ended + seconds));
    world_put(world, SHELF_STACKS, id, with_state(arena, stack, "deletingResources"), NULL);
}

static void finish(World *world, Arena *arena, Text id, const Value *stack)
{
    const Value *deleted = shape_at(stack, "properties.deletedResources");
    const Value *failed = shape_at(stack, "properties.failedResources");
    for (size_t i = deleted->array.count; i-- > 0;)
        take_away(world, shape_text(deleted->array.items[i], "id"));
    bool good = !failed->array.count;
    if (!good)
        stack = shape_with(
            arena, stack, "properties.error",
            shape_make(arena, "{code:'DeploymentStackDeleteResourcesFailed',message:'One or more "
                              "resources could not be deleted.'}"));
    world_put(world, SHELF_STACKS, id, with_state(arena, stack, good ? "succeeded" : "failed"),
              NULL);
}

void stacks_advance(World *world)
{
    Shelf *stacks = &world->shelves[SHELF_STACKS];
    for (size_t i = 0; i < stacks->count; i++) {
        Arena work = {0};
        Text id = text_copy(&work, stacks->items[i]->id);
        const Value *stack = shape_copy(&work, stacks->items[i]->value);
        Text state = shape_text(stack, "properties.provisioningState");
        if (text_is(state, "deploying")) {
            const Deployment *deployment =
                deployment_find(world, shape_text(stack, "properties.deploymentId"));
            if (!deployment)
                world_put(world, SHELF_STACKS, id, with_state(&work, stack, "canceled"), NULL);
            else if (phase_over(deployment->phase))
                deployed(world, &work, id, stack, deployment);
        } else if (text_is(state, "deletingResources") &&
                   shape_number(stack, "internal.ends", 0) <= world->now) {
            finish(world, &work, id, stack);
        }
        arena_free(&work);
    }
}

// ---- calls

static const Value *visible(Arena *arena, const Value *stack)
{
    return shape_with(arena, stack, "internal", NULL);
}

static Record *needed(Exchange *exchange, ShelfKind kind, const char *type)
{
    Text group = id_group_scope(exchange->scope);
    if (group.length && !group_needed(exchange, group)) return NULL;
    Record *record = world_find(exchange->world, kind, exchange_id(exchange, type));
    if (!record)
        refuse(exchange, 404,
               kind == SHELF_STACKS ? "DeploymentStackNotFound"
                                    : "DeploymentStackWhatIfResultNotFound",
               "The '%s' resource '%.*s' could not be found.", type, TEXT_ARG(exchange->words[0]));
    return record;
}

static bool is_running(const Value *stack)
{
    static const char *const ends[] = {"succeeded", "failed", "canceled"};
    Text state = shape_text(stack, "properties.provisioningState");
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        if (text_alike(state, text_of(ends[i]))) return false;
    }
    return true;
}

// What a stack's deployment is asked for: {location, properties: {mode, template, parameters}}.
static const Value *order_of(Exchange *exchange)
{
    const Value *body = exchange->body;
    return shape_make(
        exchange->arena,
        "{location:%v,tags:%v,properties:{mode:'Incremental',template:%v,parameters:%v}}",
        shape_at(body, "location"), shape_at(body, "tags"), shape_at(body, "properties.template"),
        shape_at(body, "properties.parameters"));
}

static bool body_checked(Exchange *exchange)
{
    const Value *body = exchange->body;
    Text group = id_group_scope(exchange->scope);
    if (group.length && !group_needed(exchange, group)) return false;
    const char *missing = !shape_at(body, "properties.template")           ? "template"
                          : !shape_at(body, "properties.denySettings")     ? "denySettings"
                          : !shape_at(body, "properties.actionOnUnmanage") ? "actionOnUnmanage"
                                                                           : NULL;
    if (missing)
        refuse(exchange, 400, "DeploymentStackInvalidRequestContent",
               "Required property '%s' not found in JSON. Path 'properties'.", missing);
    else if (!group.length && !shape_text(body, "location").length)
        refuse(exchange, 400, "LocationRequired",
               "The location property is required for this definition.");
    return exchange->status == 0;
}

// Where a stack of a subscription or a group deploys to.
static Text target_scope(Exchange *exchange)
{
    Text wanted = shape_text(exchange->body, "properties.deploymentScope");
    return wanted.length ? wanted : exchange->scope;
}

static Template *template_of(Exchange *exchange, Text scope)
{
    Arena *arena = exchange->arena;
    TemplateProblem problem = {0};
    Text id = text_format(arena, "%.*s/providers/Microsoft.Resources/deployments/%.*s",
                          TEXT_ARG(scope), TEXT_ARG(exchange->words[0]));
    TemplateContext context = deployment_context(exchange->world, arena, id, exchange->body);
    context.source = exchange_source(exchange);
    const Value *given = vault_parameters(
        exchange->world, arena, shape_at(exchange->body, "properties.parameters"), &problem);
    Template *template = given
                             ? template_read(arena, shape_at(exchange->body, "properties.template"),
                                             given, &context, &problem)
                             : NULL;
    if (!template)
        refuse(exchange, 400, text_string(arena, problem.code), "%.*s", TEXT_ARG(problem.message));
    return template;
}

static void answer_status(Exchange *exchange, Text id)
{
    answer_header(exchange, "Azure-AsyncOperation",
                  text_format(exchange->arena, "%.*s%.*s/operationStatuses/%.*s?api-version=%.*s",
                              TEXT_ARG(exchange->world->url), TEXT_ARG(id),
                              TEXT_ARG(exchange->request_id),
                              TEXT_ARG(exchange_query(exchange, "api-version"))));
    answer_retry(exchange, 15);
}

void stack_put(Exchange *exchange)
{
    Arena *arena = exchange->arena;
    World *world = exchange->world;
    if (!body_checked(exchange)) return;
    Text id = exchange_id(exchange, "deploymentStacks"), scope = target_scope(exchange);
    const Record *record = world_find(world, SHELF_STACKS, id);
    if (record && is_running(record->value)) {
        refuse(exchange, 409, "DeploymentStackInNonTerminalState",
               "The deployment stack '%.*s' is not in a terminal state; a new operation must wait.",
               TEXT_ARG(exchange->words[0]));
        return;
    }
    bool existed = record != NULL;
    const Value *earlier = existed ? shape_copy(arena, record->value) : NULL;
    Text tail =
        text_slice(hex_text(arena, (const unsigned char *)exchange->request_id.at, 4), 0, 8);
    Text deployment = text_format(
        arena, "%.*s/providers/Microsoft.Resources/deployments/%.*s-%lld%.*s", TEXT_ARG(scope),
        TEXT_ARG(exchange->words[0]), (long long)world->now, TEXT_ARG(tail));
    TemplateProblem problem = {0};
    if (!deployment_start(world, arena, deployment, order_of(exchange), exchange_source(exchange),
                          exchange->correlation, &problem)) {
        refuse(exchange, 400, text_string(arena, problem.code), "%.*s", TEXT_ARG(problem.message));
        return;
    }
    const Value *properties = shape_at(exchange->body, "properties");
    Text now = time_text(arena, world->now);
    const Value *created = shape_at(earlier, "systemData.createdAt");
    const Value *known = shape_at(earlier, "properties.resources");
    const Value *stack = shape_make(
        arena,
        "{id:%t,name:%t,type:'Microsoft.Resources/"
        "deploymentStacks',location:%v,tags:%v,systemData:{"
        "createdBy:%t,createdByType:'Application',createdAt:%v,lastModifiedBy:%t,"
        "lastModifiedByType:'Application',lastModifiedAt:%t},properties:{actionOnUnmanage:%v,"
        "denySettings:%v,description:%v,deploymentScope:%t,parameters:%v,provisioningState:"
        "'deploying',correlationId:%t,deploymentId:%t,resources:%v,deletedResources:[],"
        "detachedResources:[],failedResources:[]},internal:{template:%v}}",
        id, exchange->words[0], shape_at(exchange->body, "location"),
        shape_at(exchange->body, "tags"), world->client,
        created ? created : value_string(arena, now), world->client, now,
        shape_at(properties, "actionOnUnmanage"), shape_at(properties, "denySettings"),
        shape_at(properties, "description"), scope, deployment_find(world, deployment)->parameters,
        exchange->correlation, deployment, known ? known : value_array(arena),
        shape_at(properties, "template"));
    world_put(world, SHELF_STACKS, id, stack, NULL);
    answer_status(exchange, id);
    answer(exchange, existed ? 200 : 201,
           with_state(arena, visible(arena, stack), existed ? "deploying" : "creating"));
}

void stack_get(Exchange *exchange)
{
    const Record *record = needed(exchange, SHELF_STACKS, "deploymentStacks");
    if (record) answer(exchange, 200, visible(exchange->arena, record->value));
}

static void list_of(Exchange *exchange, ShelfKind kind)
{
    Text group = id_group_scope(exchange->scope);
    if (group.length && !group_needed(exchange, group)) return;
    Value *items = value_array(exchange->arena);
    const Shelf *shelf = &exchange->world->shelves[kind];
    for (size_t i = 0; i < shelf->count; i++) {
        IdParts parts = {0};
        id_parts(exchange->arena, shelf->items[i]->id, &parts);
        if (text_alike(parts.scope, exchange->scope))
            value_append(exchange->arena, items, visible(exchange->arena, shelf->items[i]->value));
    }
    answer_page(exchange, items, 0);
}

void stacks_list(Exchange *exchange)
{
    list_of(exchange, SHELF_STACKS);
}

void stack_status(Exchange *exchange)
{
    const Record *record = needed(exchange, SHELF_STACKS, "deploymentStacks");
    if (!record) return;
    bool running = is_running(record->value);
    if (running) answer_retry(exchange, 15);
    answer(exchange, 200,
           shape_make(exchange->arena, "{id:%t,name:%t,status:%v,error:%v}", exchange->path,
                      exchange->words[1], shape_at(record->value, "properties.provisioningState"),
                      running ? NULL : shape_at(record->value, "properties.error")));
}

// ?unmanageAction.Resources=delete&unmanageAction.ResourceGroups=delete
void stack_delete(Exchange *exchange)
{
    Arena *arena = exchange->arena;
    World *world = exchange->world;
    Text group = id_group_scope(exchange->scope);
    if (group.length && !group_needed(exchange, group)) return;
    Text id = exchange_id(exchange, "deploymentStacks");
    const Record *record = world_find(world, SHELF_STACKS, id);
    if (!record) {
        answer(exchange, 204, NULL);
        return;
    }
    if (is_running(record->value)) {
        refuse(exchange, 409, "DeploymentStackInNonTerminalState",
               "The deployment stack '%.*s' is not in a terminal state.",
               TEXT_ARG(exchange->words[0]));
        return;
    }
    static const struct {
        const char *query, *path;
    } actions[] = {
        {"unmanageaction.resources", "properties.actionOnUnmanage.resources"},
        {"unmanageaction.resourcegroups", "properties.actionOnUnmanage.resourceGroups"},
        {"unmanageaction.resourceswithoutdeletesupport",
         "properties.actionOnUnmanage.resourcesWithoutDeleteSupport"},
    };
    const Value *stack = shape_copy(arena, record->value);
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++) {
        Text action = exchange_query(exchange, actions[i].query);
        if (!action.length) action = TEXT("detach");
        stack = shape_with(arena, stack, actions[i].path, value_string(arena, action));
    }
    world_put(world, SHELF_STACKS, id, with_state(arena, stack, "deleting"), NULL);
    operation_begin(exchange, OPERATION_DELETE_STACK, id, DELETE_SECONDS, NULL, NULL);
}

void stack_remove(World *world, Text id)
{
    Arena work = {0};
    const Record *record = world_find(world, SHELF_STACKS, id);
    const Value *stack = record ? shape_copy(&work, record->value) : NULL;
    Value *deleted = value_array(&work), *detached = value_array(&work),
          *failed = value_array(&work);
    if (stack)
        sort_out(&work, stack, shape_at(stack, "properties.resources"), NULL, deleted, detached,
                 failed);
    for (size_t i = deleted->array.count; i-- > 0;)
        take_away(world, shape_text(deleted->array.items[i], "id"));
    if (failed->array.count) {
        stack = shape_with(
            &work, stack, "properties.error",
            shape_make(&work, "{code:'DeploymentStackDeleteResourcesFailed',message:'One or more "
                              "resources could not be deleted.'}"));
        stack = shape_with(&work, stack, "properties.resources", failed);
        world_put(world, SHELF_STACKS, id, with_state(&work, stack, "failed"), NULL);
    } else {
        world_remove(world, SHELF_STACKS, id);
    }
    arena_free(&work);
}

void stack_export(Exchange *exchange)
{
    const Record *record = needed(exchange, SHELF_STACKS, "deploymentStacks");
    if (record)
        answer(exchange, 200,
               shape_make(exchange->arena, "{template:%v}",
                          shape_at(record->value, "internal.template")));
}

void stack_validate(Exchange *exchange)
{
    Arena *arena = exchange->arena;
    if (!body_checked(exchange)) return;
    Text scope = target_scope(exchange);
    Template *template = template_of(exchange, scope);
    if (!template) return;
    size_t count;
    const TemplateResource *resources = template_resources(template, &count);
    Value *validated = value_array(arena);
    for (size_t i = 0; i < count; i++) {
        if (!resources[i].existing && !resources[i].nested)
            value_append(arena, validated, shape_make(arena, "{id:%t}", resources[i].id));
    }
    answer(exchange, 200,
           shape_make(arena,
                      "{id:%t,name:%t,type:'Microsoft.Resources/deploymentStacks',properties:{"
                      "actionOnUnmanage:%v,denySettings:%v,correlationId:%t,deploymentScope:%t,"
                      "parameters:%v,validatedResources:%v}}",
                      exchange_id(exchange, "deploymentStacks"), exchange->words[0],
                      shape_at(exchange->body, "properties.actionOnUnmanage"),
                      shape_at(exchange->body, "properties.denySettings"), exchange->correlation,
                      scope, template_parameters(template), validated));
}

// ---- what a stack would change

static Text lower_first(Arena *arena, Text text)
{
    Text copy = text_lower(arena, text_slice(text, 0, 1));
    return text_format(arena, "%.*s%.*s", TEXT_ARG(copy),
                       TEXT_ARG(text_slice(text, 1, text.length)));
}

// {path, changeType, before, after, children} of {path, propertyChangeType …}.
static const Value *renamed(Arena *arena, const Value *delta)
{
    Value *items = value_array(arena);
    for (size_t i = 0; delta && i < delta->array.count; i++) {
        const Value *item = delta->array.items[i], *children = shape_at(item, "children");
        value_append(arena, items,
                     shape_make(arena, "{path:%v,changeType:%t,before:%v,after:%v,children:%v}",
                                shape_at(item, "path"),
                                lower_first(arena, shape_text(item, "propertyChangeType")),
                                shape_at(item, "before"), shape_at(item, "after"),
                                children ? renamed(arena, children) : NULL));
    }
    return items;
}

static const Value *described_change(Arena *arena, const Value *change, bool managed,
                                     Text deployment)
{
    IdParts parts = {0};
    Text id = shape_text(change, "resourceId"), type = shape_text(change, "changeType");
    id_parts(arena, id, &parts);
    return shape_make(
        arena,
        "{id:%t,type:%t,symbolicName:%v,deploymentId:%t,apiVersion:%v,changeType:%t,"
        "changeCertainty:'definite',managementStatusChange:{before:%s,after:'managed'},"
        "denyStatusChange:{before:'none',after:'none'},unsupportedReason:%v,"
        "resourceConfigurationChanges:{before:%v,after:%v,delta:%v}}",
        id, parts.type, shape_at(change, "symbolicName"), deployment,
        shape_at(change, "after.apiVersion"), lower_first(arena, type),
        managed ? "managed" : "unmanaged", shape_at(change, "unsupportedReason"),
        shape_at(change, "before"), shape_at(change, "after"),
        renamed(arena, shape_at(change, "delta")));
}

static const Value *unmanaged_change(Arena *arena, const Value *item, const char *type)
{
    IdParts parts = {0};
    Text id = shape_text(item, "id");
    id_parts(arena, id, &parts);
    return shape_make(arena,
                      "{id:%t,type:%t,changeType:%s,changeCertainty:'definite',"
                      "managementStatusChange:{before:'managed',after:'unmanaged'},"
                      "denyStatusChange:{before:'none',after:'none'}}",
                      id, parts.type, type);
}

static const Value *stack_changes(Exchange *exchange, Template *template, Text scope,
                                  const Value *stack)
{
    Arena *arena = exchange->arena;
    const Value *managed = shape_at(stack, "properties.resources");
    const Value *all = whatif_changes(exchange->world, arena, template, scope, false);
    Value *changes = value_array(arena), *kept = value_array(arena);
    Text deployment = shape_text(stack, "properties.deploymentId");
    for (size_t i = 0; i < all->array.count; i++) {
        const Value *change = all->array.items[i];
        if (text_is(shape_text(change, "changeType"), "Ignore")) continue;
        Text id = shape_text(change, "resourceId");
        value_append(arena, kept, shape_make(arena, "{id:%t}", id));
        value_append(arena, changes,
                     described_change(arena, change, holds(managed, id), deployment));
    }
    Value *deleted = value_array(arena), *detached = value_array(arena),
          *failed = value_array(arena);
    sort_out(arena, exchange->body, managed, kept, deleted, detached, failed);
    for (size_t i = 0; i < deleted->array.count; i++)
        value_append(arena, changes, unmanaged_change(arena, deleted->array.items[i], "delete"));
    for (size_t i = 0; i < detached->array.count; i++)
        value_append(arena, changes, unmanaged_change(arena, detached->array.items[i], "detach"));
    const Value *before = shape_at(stack, "properties.denySettings");
    const Value *after = shape_at(exchange->body, "properties.denySettings");
    return shape_make(arena,
                      "{resourceChanges:%v,denySettingsChange:{before:%v,after:%v,delta:%v},"
                      "deploymentScopeChange:{before:%v,after:%t}}",
                      changes, before, after, renamed(arena, whatif_delta(arena, before, after)),
                      shape_at(stack, "properties.deploymentScope"), scope);
}

void stack_whatif_put(Exchange *exchange)
{
    Arena *arena = exchange->arena;
    World *world = exchange->world;
    const Value *properties = shape_at(exchange->body, "properties");
    if (!body_checked(exchange)) return;
    Text basis = shape_text(properties, "deploymentStackResourceId");
    if (!basis.length || !shape_text(properties, "retentionInterval").length) {
        refuse(
            exchange, 400, "DeploymentStackInvalidRequestContent",
            "Required properties 'deploymentStackResourceId' and 'retentionInterval' not found in "
            "JSON. Path 'properties'.");
        return;
    }
    Text scope = target_scope(exchange);
    Template *template = template_of(exchange, scope);
    if (!template) return;
    const Record *record = world_find(world, SHELF_STACKS, basis);
    const Value *stack = record ? record->value : NULL;
    Text id = exchange_id(exchange, "deploymentStacksWhatIfResults");
    bool existed = world_find(world, SHELF_STACK_WHAT_IFS, id) != NULL;
    const Value *value = shape_make(
        arena,
        "{id:%t,name:%t,type:'Microsoft.Resources/"
        "deploymentStacksWhatIfResults',location:%v,tags:%v,"
        "properties:{deploymentStackResourceId:%t,deploymentStackLastModified:%v,"
        "retentionInterval:%v,correlationId:%t,parameters:%v,actionOnUnmanage:%v,denySettings:%v,"
        "deploymentScope:%t,provisioningState:'succeeded',changes:%v,diagnostics:[]}}",
        id, exchange->words[0], shape_at(exchange->body, "location"),
        shape_at(exchange->body, "tags"), basis, shape_at(stack, "systemData.lastModifiedAt"),
        shape_at(properties, "retentionInterval"), exchange->correlation,
        template_parameters(template), shape_at(properties, "actionOnUnmanage"),
        shape_at(properties, "denySettings"), scope,
        stack_changes(exchange, template, scope, stack));
    world_put(world, SHELF_STACK_WHAT_IFS, id,
              shape_with(arena, value, "internal.ends",
                         value_float(arena, world->now + world_seconds(world, WHAT_IF_SECONDS))),
              NULL);
    answer_status(exchange, id);
    const Value *summary = shape_with(arena, value, "properties.changes", NULL);
    answer(exchange, existed ? 200 : 201, with_state(arena, summary, "running"));
}

// Without the resources' properties: those come by POST …/whatIf.
static const Value *summarized(Exchange *exchange, const Record *record)
{
    Arena *arena = exchange->arena;
    const Value *value = visible(arena, record->value);
    bool over = shape_number(record->value, "internal.ends", 0) <= exchange->world->now;
    if (!over)
        return with_state(arena, shape_with(arena, value, "properties.changes", NULL), "running");
    const Value *list = shape_at(value, "properties.changes.resourceChanges");
    Value *items = value_array(arena);
    for (size_t i = 0; list && i < list->array.count; i++)
        value_append(arena, items,
                     shape_with(arena, list->array.items[i], "resourceConfigurationChanges", NULL));
    return shape_with(arena, value, "properties.changes.resourceChanges", items);
}

void stack_whatif_get(Exchange *exchange)
{
    const Record *record = needed(exchange, SHELF_STACK_WHAT_IFS, "deploymentStacksWhatIfResults");
    if (record) answer(exchange, 200, summarized(exchange, record));
}

void stack_whatif_status(Exchange *exchange)
{
    const Record *record = needed(exchange, SHELF_STACK_WHAT_IFS, "deploymentStacksWhatIfResults");
    if (!record) return;
    bool over = shape_number(record->value, "internal.ends", 0) <= exchange->world->now;
    if (!over) answer_retry(exchange, 15);
    answer(exchange, 200,
           shape_make(exchange->arena, "{id:%t,name:%t,status:%s}", exchange->path,
                      exchange->words[1], over ? "succeeded" : "running"));
}

void stack_whatif_post(Exchange *exchange)
{
    const Record *record = needed(exchange, SHELF_STACK_WHAT_IFS, "deploymentStacksWhatIfResults");
    if (!record) return;
    operation_begin(exchange, OPERATION_RESULT, record->id, WHAT_IF_SECONDS,
                    visible(exchange->arena, record->value), NULL);
}

void stack_whatifs_list(Exchange *exchange)
{
    list_of(exchange, SHELF_STACK_WHAT_IFS);
}

void stack_whatif_delete(Exchange *exchange)
{
    Text id = exchange_id(exchange, "deploymentStacksWhatIfResults");
    bool existed = world_find(exchange->world, SHELF_STACK_WHAT_IFS, id) != NULL;
    world_remove(exchange->world, SHELF_STACK_WHAT_IFS, id);
    answer(exchange, existed ? 200 : 204, NULL);
}
