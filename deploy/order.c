// deploy/order.c
#include "deploy/order.h"

#include "compiler/evaluate/shape.h"

#define DEPLOYMENTS "2025-04-01"
#define STACKS "2025-07-01"

// ID of the deployment or stack.
static Text path_of(Arena *arena, const Order *order)
{
    return text_format(arena, "%.*s/providers/Microsoft.Resources/%s/%.*s", TEXT_ARG(order->group),
                       order->stack ? "deploymentStacks" : "deployments", TEXT_ARG(order->name));
}

static const char *version_of(const Order *order)
{
    return order->stack ? STACKS : DEPLOYMENTS;
}

static const Value *tags(Arena *arena, const Order *order)
{
    return shape_make(arena, "{swarm:%t,content:%t}", order->swarm, order->content);
}

static const Value *deployment_body(Arena *arena, const Order *order)
{
    return shape_make(arena, "{tags:%v,properties:{mode:'Incremental',template:%v,parameters:%v}}",
                      tags(arena, order), order->template, order->parameters);
}

static const Value *stack_body(Arena *arena, const Order *order)
{
    return shape_make(
        arena,
        "{tags:%v,properties:{template:%v,parameters:%v,"
        "actionOnUnmanage:{resources:'delete',resourceGroups:'detach',managementGroups:'detach',"
        "resourcesWithoutDeleteSupport:'detach'},denySettings:{mode:'none'}}}",
        tags(arena, order), order->template, order->parameters);
}

static const Value *body_of(Arena *arena, const Order *order)
{
    return order->stack ? stack_body(arena, order) : deployment_body(arena, order);
}

// A call and the end of what it began; NULL with `failure` set. `value_null` stands for no body.
static const Value *call_to_its_end(Manager *manager, const Call *call, Failure *failure)
{
    Answer answer;
    const Value *result = NULL;
    if (!manager_call(manager, call, &answer, failure)) return NULL;
    if (!answer.operation.length) return answer.body ? answer.body : &value_null;
    if (!manager_finish(manager, &answer, &result, failure)) return NULL;
    return result ? result : &value_null;
}

bool order_validate(Arena *arena, Manager *manager, const Order *order, Failure *failure)
{
    Call call = {
        .method = "POST",
        .path = text_format(arena, "%.*s/validate", TEXT_ARG(path_of(arena, order))),
        .api_version = version_of(order),
        .body = body_of(arena, order),
        .safe = true,
    };
    return call_to_its_end(manager, &call, failure) != NULL;
}

// The what-if of a stack is a resource of its own, kept for an hour.
static const Value *stack_changes(Arena *arena, Manager *manager, const Order *order,
                                  Failure *failure)
{
    Text id = path_of(arena, order);
    Text result =
        text_format(arena, "%.*s/providers/Microsoft.Resources/deploymentStacksWhatIfResults/%.*s",
                    TEXT_ARG(order->group), TEXT_ARG(order->name));
    const Value *body = stack_body(arena, order);
    body = shape_with(arena, body, "properties.deploymentStackResourceId", value_string(arena, id));
    body =
        shape_with(arena, body, "properties.retentionInterval", value_string(arena, TEXT("PT1H")));
    Call put = {.method = "PUT", .path = result, .api_version = STACKS, .body = body};
    Call ask = {.method = "POST",
                .path = text_format(arena, "%.*s/whatIf", TEXT_ARG(result)),
                .api_version = STACKS,
                .safe = true};
    if (!call_to_its_end(manager, &put, failure)) return NULL;
    const Value *answer = call_to_its_end(manager, &ask, failure);
    return answer ? shape_list(answer, "properties.changes.resourceChanges") : NULL;
}

const Value *order_changes(Arena *arena, Manager *manager, const Order *order, Failure *failure)
{
    if (order->stack) return stack_changes(arena, manager, order, failure);
    Call call = {
        .method = "POST",
        .path = text_format(arena, "%.*s/whatIf", TEXT_ARG(path_of(arena, order))),
        .api_version = version_of(order),
        .body = shape_with(arena, deployment_body(arena, order), "tags", NULL), // it knows none
        .safe = true,
    };
    const Value *answer = call_to_its_end(manager, &call, failure);
    return answer ? shape_list(answer, "properties.changes") : NULL;
}

bool order_submit(Arena *arena, Manager *manager, const Order *order, Failure *failure)
{
    Answer answer;
    Call call = {.method = "PUT",
                 .path = path_of(arena, order),
                 .api_version = version_of(order),
                 .body = body_of(arena, order)};
    return manager_call(manager, &call, &answer, failure);
}

const Value *order_get(Arena *arena, Manager *manager, const Order *order, Failure *failure)
{
    return manager_get(manager, path_of(arena, order), version_of(order), failure);
}

// A stack is stopped by stopping the deployment that it made.
bool order_cancel(Arena *arena, Manager *manager, const Order *order, Failure *failure)
{
    Text path = path_of(arena, order);
    if (order->stack) {
        const Value *stack = order_get(arena, manager, order, failure);
        if (!stack) return false;
        path = shape_text(stack, "properties.deploymentId");
    }
    Answer answer;
    Call call = {.method = "POST",
                 .path = text_format(arena, "%.*s/cancel", TEXT_ARG(path)),
                 .api_version = DEPLOYMENTS,
                 .safe = true};
    return manager_call(manager, &call, &answer, failure);
}

bool order_remove_stack(Arena *arena, Manager *manager, const Order *order, Answer *answer,
                        Failure *failure)
{
    Call call = {.method = "DELETE",
                 .path = text_format(
                     arena,
                     "%.*s?unmanageAction.Resources=delete"
                     "&unmanageAction.ResourceGroups=detach"
                     "&unmanageAction.ManagementGroups=detach"
                     "&unmanageAction.ResourcesWithoutDeleteSupport=detach&api-version=" STACKS,
                     TEXT_ARG(path_of(arena, order)))};
    return manager_call(manager, &call, answer, failure);
}
