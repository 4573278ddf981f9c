// cli/deploy/resolve.c: what deploy and what-if share: parameters, and what would change.
#include "cli/deploy/work.h"

#include "compiler/evaluate/shape.h"
#include "deploy/changes.h"
#include "deploy/question.h"

#include <time.h>

static Template *read_template(Work *work, const Value *parameters, TemplateProblem *problem)
{
    Manager *manager = work->manager;
    TemplateContext context = {
        .tenant = manager_tenant(manager),
        .subscription = manager_subscription(manager),
        .group = work->group_name,
        .location = work->existing.location,
        .source = work->source,
        .name = work->order.name,
        .deployer = shape_make(work->arena, "{objectId:%t,tenantId:%t}", manager_object(manager),
                               manager_tenant(manager)),
        .now = time(NULL),
    };
    return template_read(work->arena, work->template, parameters, &context, problem);
}

static Status wrong_template(const Work *work, const TemplateProblem *problem)
{
    return work_fail(work, STATUS_INPUT, "%.*s: %.*s", TEXT_ARG(problem->code),
                     TEXT_ARG(problem->message));
}

// The secrets of the vaults that the template describes and that exist: names, no values.
static bool read_secrets(Work *work, const Template *known, const Value **secrets, Failure *failure)
{
    size_t count;
    const TemplateResource *resources = template_resources(known, &count);
    Value *all = value_array(work->arena);
    for (size_t i = 0; i < count; i++) {
        if (!text_alike(resources[i].type, TEXT("Microsoft.KeyVault/vaults")) ||
            !existing_find(work->existing.resources, resources[i].id))
            continue;
        Text path = text_format(work->arena, "%.*s/secrets", TEXT_ARG(resources[i].id));
        const Value *some = manager_list(work->manager, path, "2023-07-01", failure);
        if (!some) return false;
        for (size_t s = 0; s < some->array.count; s++)
            value_append(work->arena, all, some->array.items[s]);
    }
    *secrets = all;
    return true;
}

Status work_resolve(Work *work, Resolved *resolved)
{
    TemplateProblem problem = {0};
    Failure failure = {0};
    const Value *stand_ins = parameters_stand_ins(work->arena, work->template, work->given);
    Template *known = read_template(work, stand_ins, &problem);
    if (!known) return wrong_template(work, &problem);
    ParametersWanted wanted = {
        .template = work->template,
        .given = work->given,
        .existing = &work->existing,
        .known = known,
        .swarm = work->swarm,
        .ask = question_possible(),
    };
    if (!read_secrets(work, known, &wanted.secrets, &failure)) return work_refused(work, &failure);
    bool complete = parameters_resolve(work->arena, &wanted, &resolved->parameters);
    if (resolved->parameters.interrupted)
        return work_fail(work, STATUS_INTERRUPTED, "nothing was sent");
    if (!complete) return work_complain(work, STATUS_USAGE, &resolved->parameters.complaints);
    for (size_t i = 0; i < resolved->parameters.notes.count; i++)
        work_say(work, "%.*s", TEXT_ARG(resolved->parameters.notes.items[i]));
    resolved->known = read_template(work, resolved->parameters.plain, &problem);
    if (!resolved->known) return wrong_template(work, &problem);
    size_t whole = template_size(resolved->known);
    if (whole > TEMPLATE_LIMIT)
        return work_fail(work, STATUS_INPUT,
                         "the template has %zu bytes once its loops are unrolled; Azure takes %d. "
                         "Fewer pools, or shorter scripts of your own, make it smaller",
                         whole, TEMPLATE_LIMIT);
    work->order.parameters = resolved->parameters.values;
    size_t size = shape_json(work->arena, work->order.parameters).length;
    if (size > PARAMETERS_LIMIT)
        return work_fail(work, STATUS_INPUT, "the parameters have %zu bytes; Azure takes %d", size,
                         PARAMETERS_LIMIT);
    return STATUS_DONE;
}

// Nobody needs to be asked what becomes of an empty place.
static const Value *all_new(Work *work, const Resolved *resolved)
{
    size_t count;
    const TemplateResource *resources = template_resources(resolved->known, &count);
    Value *changes = value_array(work->arena);
    for (size_t i = 0; i < count; i++) {
        if (resources[i].existing) continue;
        value_append(work->arena, changes,
                     shape_make(work->arena, "{resourceId:%t,symbolicName:%t,changeType:'Create'}",
                                resources[i].id, resources[i].symbol));
    }
    return changes;
}

// Changes with the template's symbols, which Azure does not always tell.
static const Value *named(Work *work, const Resolved *resolved, const Value *changes)
{
    size_t count;
    const TemplateResource *resources = template_resources(resolved->known, &count);
    Value *all = value_array(work->arena);
    for (size_t i = 0; i < changes->array.count; i++) {
        const Value *change = changes->array.items[i];
        Text id = shape_text(change, work->order.stack ? "id" : "resourceId");
        for (size_t r = 0; r < count && !shape_text(change, "symbolicName").length; r++) {
            if (!text_alike(resources[r].id, id)) continue;
            change = shape_with(work->arena, change, "symbolicName",
                                value_string(work->arena, resources[r].symbol));
        }
        value_append(work->arena, all, change);
    }
    return all;
}

Status work_changes(Work *work, const Resolved *resolved, FILE *out, bool *any)
{
    Failure failure = {0};
    const Value *changes = work->existing.group
                               ? order_changes(work->arena, work->manager, &work->order, &failure)
                               : all_new(work, resolved);
    if (!changes) return work_refused(work, &failure);
    changes = named(work, resolved, changes);
    *any = changes_any(work->arena, changes);
    if (work->json)
        report_changes(work->arena, changes, work->sections);
    else
        changes_show(out, work->arena, changes, work->sections, command_colour(out),
                     work->want->verbose);
    return STATUS_DONE;
}
