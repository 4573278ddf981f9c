// emulator/deploymentshown.c: a deployment as Azure's answers show it.
#include "emulator/deployment.h"

#include "compiler/evaluate/hashes.h"
#include "compiler/evaluate/shape.h"

const Value *template_providers(Arena *arena, const Step *steps, size_t count)
{
    Value *providers = value_array(arena);
    for (size_t i = 0; i < count; i++) {
        size_t slash = 0;
        while (slash < steps[i].type.length && steps[i].type.at[slash] != '/') slash++;
        Text space = text_slice(steps[i].type, 0, slash);
        bool known = false;
        for (size_t k = 0; k < i && !known; k++) known = text_within(steps[k].type, space);
        if (known) continue;
        Value *types = value_array(arena);
        for (size_t k = i; k < count; k++) {
            bool listed = !text_within(steps[k].type, space);
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
