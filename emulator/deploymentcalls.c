// emulator/deploymentcalls.c: the calls of deployments.
#include "compiler/evaluate/shape.h"
#include "emulator/deployment.h"
#include "emulator/group.h"
#include "emulator/handlers.h"
#include "emulator/operation.h"
#include "emulator/preflight.h"
#include "emulator/resource.h"
#include "emulator/vault.h"
#include "emulator/whatif.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE = 25, NAME_LIMIT = 64 };

// A group must exist; other scopes do. False after an answer.
static bool scope_exists(Exchange *exchange)
{
    if (!id_group(exchange->scope).length) return true;
    Record *group = group_needed(exchange, exchange->scope);
    if (!group) return false;
    if (!text_is(shape_text(group->value, "properties.provisioningState"), "Deleting")) return true;
    refuse(
        exchange, 409, "ResourceGroupBeingDeleted",
        "The resource group '%.*s' is in deprovisioning state and cannot perform this operation.",
        TEXT_ARG(id_group(group->id)));
    return false;
}

static Deployment *needed(Exchange *exchange)
{
    Text id = exchange_id(exchange, "deployments");
    if (id_group(exchange->scope).length && !group_needed(exchange, exchange->scope)) return NULL;
    Deployment *deployment = deployment_find(exchange->world, id);
    if (!deployment)
        refuse(exchange, 404, "DeploymentNotFound", "Deployment '%.*s' could not be found.",
               TEXT_ARG(exchange->words[0]));
    return deployment;
}

static Text operation_address(Exchange *exchange, const Deployment *deployment)
{
    Arena *arena = exchange->arena;
    Text operation = text_format(arena, "%020llu", (unsigned long long)deployment->seed);
    return text_format(arena, "%.*s%.*s/operationStatuses/%.*s?api-version=%.*s",
                       TEXT_ARG(exchange->world->url), TEXT_ARG(deployment->id),
                       TEXT_ARG(operation), TEXT_ARG(exchange_query(exchange, "api-version")));
}

static bool name_checked(Exchange *exchange)
{
    Text name = exchange->words[0];
    bool good = name.length <= NAME_LIMIT;
    for (size_t i = 0; i < name.length; i++)
        good &= isalnum((unsigned char)name.at[i]) || strchr("-_.()", name.at[i]);
    if (!good)
        refuse(exchange, 400, "InvalidDeploymentName",
               "The provided value '%.*s' for deployment name is not valid: at most %d letters, "
               "digits and -_.().",
               TEXT_ARG(name), NAME_LIMIT);
    return good;
}

// A deployment of a subscription stays where it was first made.
static bool place_checked(Exchange *exchange)
{
    const Deployment *old = deployment_find(exchange->world, exchange_id(exchange, "deployments"));
    Text before = old ? shape_text(old->order, "location") : (Text){0};
    Text location = shape_text(exchange->body, "location");
    Arena *arena = exchange->arena;
    if (!before.length || text_alike(location_name(arena, before), location_name(arena, location)))
        return true;
    refuse(exchange, 409, "InvalidDeploymentLocation",
           "Invalid deployment location '%.*s'. The deployment '%.*s' already exists in location "
           "'%.*s'.",
           TEXT_ARG(location), TEXT_ARG(old->name), TEXT_ARG(before));
    return false;
}

// The order as it must be; false after an answer.
static bool order_checked(Exchange *exchange)
{
    const Value *body = exchange->body;
    const Value *properties = shape_at(body, "properties");
    if (!properties || properties->kind != VALUE_OBJECT) {
        refuse(exchange, 400, "InvalidRequestContent",
               "The request content was invalid and could not be deserialized: 'Required property "
               "'properties' not found in JSON.'.");
        return false;
    }
    Text mode = shape_text(properties, "mode");
    if (!text_alike(mode, TEXT("Incremental")) && !text_alike(mode, TEXT("Complete"))) {
        refuse(exchange, 400, "InvalidRequestContent",
               "The request content was invalid and could not be deserialized: 'Required property "
               "'mode' not found in JSON, or it is neither Incremental nor Complete.'.");
        return false;
    }
    if (shape_at(properties, "templateLink") || shape_at(properties, "parametersLink")) {
        refuse(exchange, 400, "InvalidContentLink",
               "Unable to download deployment content: links are not followed here.");
        return false;
    }
    const Value *template = shape_at(properties, "template");
    if (!template || template->kind != VALUE_OBJECT) {
        refuse(exchange, 400, "InvalidDeployment",
               "The 'template' and 'templateLink' properties are both null or empty.");
        return false;
    }
    bool group = id_group(exchange->scope).length;
    if (!group && !shape_text(body, "location").length) {
        refuse(exchange, 400, "LocationRequired",
               "The location property is required for this definition.");
        return false;
    }
    if (group && shape_text(body, "location").length) {
        refuse(exchange, 400, "InvalidDeployment",
               "The 'location' property is not allowed for '%.*s' at resource group scope.",
               TEXT_ARG(exchange->words[0]));
        return false;
    }
    return name_checked(exchange) && (group || place_checked(exchange));
}

static const Value *problem_error(Exchange *exchange, const TemplateProblem *problem)
{
    return shape_make(exchange->arena, "{code:%t,message:%t,target:%t}", problem->code,
                      problem->message, problem->target.length ? problem->target : (Text){0});
}

// The template, read and found good by the providers; NULL after an answer.
static Template *template_checked(Exchange *exchange, Text id)
{
    Arena *arena = exchange->arena;
    World *world = exchange->world;
    TemplateContext context = deployment_context(world, arena, id, exchange->body);
    context.source = exchange_source(exchange);
    TemplateProblem problem = {0};
    const Value *given =
        vault_parameters(world, arena, shape_at(exchange->body, "properties.parameters"), &problem);
    Template *template = given
                             ? template_read(arena, shape_at(exchange->body, "properties.template"),
                                             given, &context, &problem)
                             : NULL;
    if (!template) {
        refuse_with(exchange, 400, problem_error(exchange, &problem));
        return NULL;
    }
    size_t size = template_size(template);
    if (size > TEMPLATE_LIMIT) {
        refuse(exchange, 400, "JobSizeExceeded",
               "The expanded template has %zu bytes, more than the limit of %d.", size,
               TEMPLATE_LIMIT);
        return NULL;
    }
    const Value *errors = preflight_template(world, arena, template, context.location);
    if (!errors->array.count) return template;
    Text message = text_format(
        arena,
        "The template deployment '%.*s' is not valid according to the validation procedure. The "
        "tracking id is '%.*s'. See inner errors for details.",
        TEXT_ARG(exchange->words[0]), TEXT_ARG(exchange->correlation));
    refuse_with(exchange, 400,
                shape_make(arena, "{code:'InvalidTemplateDeployment',message:%t,details:%v}",
                           message, errors));
    return NULL;
}

void deployment_put(Exchange *exchange)
{
    if (!scope_exists(exchange) || !order_checked(exchange)) return;
    Text id = exchange_id(exchange, "deployments");
    const Deployment *old = deployment_find(exchange->world, id);
    if (old && !phase_over(old->phase)) {
        refuse(exchange, 409, "DeploymentActive",
               "Unable to edit or replace deployment '%.*s': previous deployment from '%.*s' is "
               "still active (expiration time is '%.*s'). Please see "
               "https://aka.ms/arm-deployment-operations for usage details.",
               TEXT_ARG(old->name), TEXT_ARG(time_text(exchange->arena, old->begun)),
               TEXT_ARG(time_text(exchange->arena, old->begun + 7 * 24 * 3600)));
        return;
    }
    if (!template_checked(exchange, id)) return;
    bool existed = old != NULL;
    TemplateProblem problem = {0};
    const Deployment *deployment =
        deployment_start(exchange->world, exchange->arena, id, exchange->body,
                         exchange_source(exchange), exchange->correlation, &problem);
    if (!deployment) {
        refuse_with(exchange, 400, problem_error(exchange, &problem));
        return;
    }
    const Value *value = deployment_value(exchange->arena, deployment);
    value = shape_with(exchange->arena, value, "properties.provisioningState",
                       value_string(exchange->arena, TEXT("Accepted")));
    answer_header(exchange, "Azure-AsyncOperation", operation_address(exchange, deployment));
    answer_retry(exchange, 15);
    answer(exchange, existed ? 200 : 201, value);
}

void deployment_get(Exchange *exchange)
{
    const Deployment *deployment = needed(exchange);
    if (!deployment) return;
    bool head = strcmp(exchange->method, "HEAD") == 0;
    answer(exchange, head ? 204 : 200, head ? NULL : deployment_value(exchange->arena, deployment));
}

void deployment_status(Exchange *exchange)
{
    const Deployment *deployment = needed(exchange);
    if (!deployment) return;
    if (!phase_over(deployment->phase)) answer_retry(exchange, 15);
    answer(exchange, 200,
           shape_make(exchange->arena, "{status:%s,error:%v}", phase_name(deployment->phase),
                      deployment->error));
}

void deployment_delete(Exchange *exchange)
{
    Deployment *deployment = needed(exchange);
    if (!deployment) return;
    if (!phase_over(deployment->phase)) {
        refuse(exchange, 409, "DeploymentActive",
               "The deployment '%.*s' cannot be deleted: it is still active.",
               TEXT_ARG(deployment->name));
        return;
    }
    deployment_remove(exchange->world, deployment);
    operation_begin(exchange, OPERATION_RESULT, (Text){0}, 2, NULL, NULL);
}

void deployment_cancel_post(Exchange *exchange)
{
    Deployment *deployment = needed(exchange);
    if (!deployment) return;
    if (phase_over(deployment->phase)) {
        refuse(exchange, 409, "DeploymentCannotBeCancelled",
               "The deployment '%.*s' cannot be cancelled because the provisioning state is in the "
               "terminal state '%s'.",
               TEXT_ARG(deployment->name), phase_name(deployment->phase));
        return;
    }
    deployment_cancel(exchange->world, deployment);
    answer(exchange, 204, NULL);
}

void deployment_export(Exchange *exchange)
{
    const Deployment *deployment = needed(exchange);
    if (deployment)
        answer(exchange, 200,
               shape_make(exchange->arena, "{template:%v}",
                          shape_at(deployment->order, "properties.template")));
}

void deployment_validate(Exchange *exchange)
{
    if (!scope_exists(exchange) || !order_checked(exchange)) return;
    Arena *arena = exchange->arena;
    Text id = exchange_id(exchange, "deployments");
    Template *template = template_checked(exchange, id);
    if (!template) return;
    size_t count;
    const TemplateResource *resources = template_resources(template, &count);
    Value *validated = value_array(arena);
    Step *steps = arena_array(arena, Step, count);
    for (size_t i = 0; i < count; i++) {
        steps[i].type = resources[i].type;
        if (!resources[i].existing)
            value_append(arena, validated, shape_make(arena, "{id:%t}", resources[i].id));
    }
    answer(exchange, 200,
           shape_make(arena,
                      "{id:%t,name:%t,type:'Microsoft.Resources/deployments',properties:{"
                      "parameters:%v,mode:%v,provisioningState:'Succeeded',timestamp:%t,"
                      "duration:'PT0S',correlationId:%t,providers:%v,dependencies:[],"
                      "validatedResources:%v}}",
                      id, exchange->words[0], template_parameters(template),
                      shape_at(exchange->body, "properties.mode"),
                      time_text(arena, exchange->world->now), exchange->correlation,
                      template_providers(arena, steps, count), validated));
}

// The changes without what they would change in each.
static const Value *ids_only(Arena *arena, const Value *changes)
{
    Value *items = value_array(arena);
    for (size_t i = 0; i < changes->array.count; i++)
        value_append(arena, items,
                     shape_make(arena, "{resourceId:%v,changeType:%v}",
                                shape_at(changes->array.items[i], "resourceId"),
                                shape_at(changes->array.items[i], "changeType")));
    return items;
}

void deployment_whatif(Exchange *exchange)
{
    Arena *arena = exchange->arena;
    if (!scope_exists(exchange) || !order_checked(exchange)) return;
    Template *template = template_checked(exchange, exchange_id(exchange, "deployments"));
    if (!template) return;
    Text mode = shape_text(exchange->body, "properties.mode");
    Text format = shape_text(exchange->body, "properties.whatIfSettings.resultFormat");
    const Value *changes = whatif_changes(exchange->world, arena, template, exchange->scope,
                                          text_alike(mode, TEXT("Complete")));
    if (text_alike(format, TEXT("ResourceIdOnly"))) changes = ids_only(arena, changes);
    operation_begin(exchange, OPERATION_RESULT, (Text){"", 0}, 10,
                    shape_make(arena,
                               "{status:'Succeeded',properties:{correlationId:%t,changes:%v,"
                               "potentialChanges:[],diagnostics:[]}}",
                               exchange->correlation, changes),
                    NULL);
}

// "provisioningState eq 'Failed'", the only filter that Azure knows here.
static Text wanted_state(Exchange *exchange)
{
    Text filter = exchange_query(exchange, "$filter");
    const char *from = filter.length ? memchr(filter.at, '\'', filter.length) : NULL;
    if (!from || !text_starts_alike(filter, "provisioningState eq ")) return (Text){0};
    Text rest = text_slice(filter, (size_t)(from - filter.at) + 1, filter.length);
    const char *to = memchr(rest.at, '\'', rest.length);
    return to ? text_slice(rest, 0, (size_t)(to - rest.at)) : (Text){0};
}

static size_t page_size(Exchange *exchange)
{
    Text top = exchange_query(exchange, "$top");
    size_t wanted = (size_t)strtoul(text_string(exchange->arena, top), NULL, 10);
    return wanted && wanted < PAGE ? wanted : PAGE;
}

// The newest first.
void deployments_list(Exchange *exchange)
{
    if (id_group(exchange->scope).length && !group_needed(exchange, exchange->scope)) return;
    Value *items = value_array(exchange->arena);
    Text state = wanted_state(exchange);
    const Deployments *all = exchange->world->deployments;
    for (size_t i = all->count; i-- > 0;) {
        const Deployment *deployment = all->items[i];
        bool wanted = !state.length || text_alike(state, text_of(phase_name(deployment->phase)));
        if (wanted && text_alike(deployment->scope, exchange->scope))
            value_append(exchange->arena, items, deployment_value(exchange->arena, deployment));
    }
    answer_page(exchange, items, page_size(exchange));
}

void operations_list(Exchange *exchange)
{
    const Deployment *deployment = needed(exchange);
    if (deployment)
        answer_page(exchange, deployment_operations(exchange->arena, deployment),
                    page_size(exchange));
}

void operation_get(Exchange *exchange)
{
    const Deployment *deployment = needed(exchange);
    if (!deployment) return;
    const Value *items = deployment_operations(exchange->arena, deployment);
    for (size_t i = 0; i < items->array.count; i++) {
        const Value *item = items->array.items[i];
        if (!text_alike(shape_text(item, "operationId"), exchange->words[1])) continue;
        answer(exchange, 200, item);
        return;
    }
    refuse(exchange, 404, "DeploymentOperationNotFound",
           "The deployment operation '%.*s' could not be found.", TEXT_ARG(exchange->words[1]));
}
