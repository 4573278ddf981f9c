// cli/deploy/destroy.c: shows what goes, asks, removes it.
#include "cli/deploy/work.h"

#include "compiler/evaluate/shape.h"
#include "deploy/destroy.h"
#include "deploy/progress.h"
#include "deploy/question.h"

// A stack lists its resources by ID only; the rest is in the list of the group.
static const Value *managed(Work *work)
{
    const Value *ids = shape_list(work->existing.stack, "properties.resources");
    Value *resources = value_array(work->arena);
    for (size_t i = 0; i < ids->array.count; i++) {
        Text id = shape_text(ids->array.items[i], "id");
        const Value *resource = existing_find(work->existing.resources, id);
        if (resource) value_append(work->arena, resources, resource);
    }
    return resources;
}

static void show(Work *work, const Destroyed *what)
{
    const Value *resources = what->resources;
    size_t foreign = 0;
    for (size_t i = 0; i < resources->array.count; i++) {
        const Value *resource = resources->array.items[i];
        Text owner = shape_text(resource, "tags.swarm");
        bool ours = !work->order.swarm.length || text_equal(owner, work->order.swarm);
        foreign += !ours && owner.length > 0;
        Text kind = report_type(work->arena, shape_text(resource, "type"));
        work_say(work, "  - %-44.*s %.*s", TEXT_ARG(shape_text(resource, "name")), TEXT_ARG(kind));
    }
    work_say(work, "%s '%.*s' and %zu resources with all they hold will be deleted.",
             what->order.stack ? "Deployment stack" : "Resource group",
             TEXT_ARG(what->order.stack ? what->order.name : work->group_name),
             resources->array.count);
    if (foreign) work_say(work, "%zu of them belong to another swarm!", foreign);
}

// Azure would delete some of it, then stop.
static Status look_at_locks(Work *work)
{
    Failure failure = {0};
    Text path = text_format(work->arena, "%.*s/providers/Microsoft.Authorization/locks",
                            TEXT_ARG(work->wanted.group));
    const Value *locks = manager_list(work->manager, path, "2020-05-01", &failure);
    for (size_t i = 0; locks && i < locks->array.count; i++) {
        const Value *lock = locks->array.items[i];
        work_fail(work, STATUS_AZURE,
                  "the lock '%.*s' keeps it. To take it away: az lock delete --ids %.*s",
                  TEXT_ARG(shape_text(lock, "name")), TEXT_ARG(shape_text(lock, "id")));
    }
    return locks && locks->array.count ? STATUS_AZURE : STATUS_DONE;
}

static Status confirm(Work *work, const Destroyed *what)
{
    if (work->want->yes) return STATUS_DONE;
    Text name = what->order.stack ? what->order.name : work->group_name, answer = {0};
    Text prompt = text_format(work->arena, "To delete all of it, type %.*s: ", TEXT_ARG(name));
    if (question_line(work->arena, prompt, false, &answer) == QUESTION_INTERRUPTED)
        return work_fail(work, STATUS_INTERRUPTED, "nothing was deleted");
    if (!text_equal(answer, name))
        return work_fail(work, STATUS_INTERRUPTED, "that is another name; nothing was deleted");
    return STATUS_DONE;
}

// A deleted vault keeps its name taken for days.
static Status offer_purge(Work *work, const Destroyed *what)
{
    const Value *vaults = destroy_vaults(work->arena, work->manager, what->resources);
    for (size_t i = 0; i < vaults->array.count; i++) {
        const Value *vault = vaults->array.items[i];
        Text name = shape_text(vault, "name");
        Failure failure = {0};
        bool purge = work->want->purge;
        Text prompt =
            text_format(work->arena,
                        "Vault '%.*s' can still be brought back, and keeps its name. Purge "
                        "it, with its secrets?",
                        TEXT_ARG(name));
        if (!purge && !work->want->yes && question_possible() &&
            question_yes(work->arena, prompt, &purge) == QUESTION_INTERRUPTED)
            purge = false;
        if (!purge) {
            work_say(work,
                     "Vault '%.*s' can still be brought back (vault: { recover: true } in "
                     "swarm.yaml). To forget it: az keyvault purge --name %.*s",
                     TEXT_ARG(name), TEXT_ARG(name));
        } else if (!destroy_purge(work->arena, work->manager, vault, &failure)) {
            return work_refused(work, &failure);
        } else {
            work_say(work, "Vault '%.*s' is purged.", TEXT_ARG(name));
        }
    }
    return STATUS_DONE;
}

// Whether the group holds the swarm, or nobody said which swarm it is about. After a stack is gone the
// group stays, also when the command is run again.
static bool holds_swarm(const Work *work)
{
    const Value *resources = work->existing.resources;
    bool found = !work->order.swarm.length || work->existing.stack;
    for (size_t i = 0; i < resources->array.count && !found; i++)
        found = text_equal(shape_text(resources->array.items[i], "tags.swarm"), work->order.swarm);
    return found;
}

Status destroy_run(Work *work)
{
    const AzureOptions *want = work->want;
    Failure failure = {0};
    if (!want->yes && !question_possible())
        return work_fail(work, STATUS_USAGE, "nobody is at a terminal to confirm it: say --yes");
    if (!existing_read(work->arena, work->manager, &work->wanted, &work->existing, &failure))
        return work_refused(work, &failure);
    if (!work->existing.group) {
        work_say(work, "There is no resource group '%.*s': nothing is left to delete.",
                 TEXT_ARG(work->group_name));
        return STATUS_DONE;
    }
    if (!holds_swarm(work)) {
        work_say(work,
                 "Nothing in resource group '%.*s' is of the swarm '%.*s': nothing is left to "
                 "delete. The group stays; without it: az group delete --name %.*s",
                 TEXT_ARG(work->group_name), TEXT_ARG(work->order.swarm),
                 TEXT_ARG(work->group_name));
        return STATUS_DONE;
    }
    Destroyed what = {.order = work->order, .resources = work->existing.resources};
    what.order.stack = work->existing.stack != NULL;
    if (what.order.stack) {
        what.order.name = shape_text(work->existing.stack, "name");
        what.resources = managed(work);
    }
    show(work, &what);
    Status status = look_at_locks(work);
    if (status == STATUS_DONE) status = confirm(work, &what);
    if (status != STATUS_DONE) return status;
    Answer answer;
    Ending ending = {0};
    if (!destroy_begin(work->arena, work->manager, &what, &answer, &failure))
        return work_refused(work, &failure);
    if (want->no_wait) {
        work_say(work, "Azure has taken the order.");
        return STATUS_DONE;
    }
    Reporter *reporter =
        report_open(work->arena, report_kind(want->format, want->quiet, want->verbose));
    if (!destroy_follow(work->arena, work->manager, &what, &answer, reporter, &ending, &failure))
        return work_refused(work, &failure);
    if (ending.state == STEP_RUNNING) {
        work_say(work, "It goes on at Azure.");
        return STATUS_INTERRUPTED;
    }
    return ending.state == STEP_DONE ? offer_purge(work, &what) : work_status(&failure);
}
