// deploy/existing.c
#include "deploy/existing.h"

#include "compiler/evaluate/shape.h"

#define RESOURCES "2021-04-01"
#define COMPUTE "2024-07-01"
#define STACKS "2025-07-01"

const Value *existing_find(const Value *list, Text id)
{
    for (size_t i = 0; list && i < list->array.count; i++) {
        if (text_alike(shape_text(list->array.items[i], "id"), id)) return list->array.items[i];
    }
    return NULL;
}

bool existing_runs(const Value *run)
{
    static const char *const ended[] = {"Succeeded", "Failed", "Canceled"};
    Text state = shape_text(run, "properties.provisioningState");
    for (size_t i = 0; i < sizeof ended / sizeof *ended; i++) {
        if (text_alike(state, text_of(ended[i]))) return false;
    }
    return state.length > 0;
}

static bool has_type(const Value *resources, const char *type)
{
    for (size_t i = 0; i < resources->array.count; i++) {
        if (text_alike(shape_text(resources->array.items[i], "type"), text_of(type))) return true;
    }
    return false;
}

// Times of Azure are written alike, so that texts compare as times do.
static Text time_of(const Value *run)
{
    return shape_text(run, "properties.timestamp");
}

static const Value *newest_first(Arena *arena, const Value *all, Text swarm)
{
    Value *found = value_array(arena);
    for (size_t i = 0; i < all->array.count; i++) {
        const Value *run = all->array.items[i];
        if (swarm.length && !text_equal(shape_text(run, "tags.swarm"), swarm)) continue;
        value_append(arena, found, run);
        for (size_t at = found->array.count - 1;
             at > 0 && text_compare(time_of(found->array.items[at - 1]), time_of(run)) < 0; at--) {
            found->array.items[at] = found->array.items[at - 1];
            found->array.items[at - 1] = run;
        }
    }
    return found;
}

bool existing_read_runs(Arena *arena, Manager *manager, const ExistingWanted *wanted,
                        Existing *existing, Failure *failure)
{
    *existing = (Existing){.resources = value_array(arena),
                           .machines = value_array(arena),
                           .sets = value_array(arena),
                           .deployments = value_array(arena)};
    const Value *group = manager_get(manager, wanted->group, RESOURCES, failure);
    if (!group) return failure->status == 404;
    existing->group = true;
    existing->location = shape_text(group, "location");
    Text path = text_format(arena, "%.*s/providers/Microsoft.Resources/deployments",
                            TEXT_ARG(wanted->group));
    const Value *all = manager_list(manager, path, RESOURCES, failure);
    if (!all) return false;
    existing->deployments = newest_first(arena, all, wanted->swarm);
    path = text_format(arena, "%.*s/providers/Microsoft.Resources/deploymentStacks",
                       TEXT_ARG(wanted->group));
    all = manager_list(manager, path, STACKS, failure);
    for (size_t i = 0; all && i < all->array.count; i++) {
        const Value *stack = all->array.items[i];
        bool ours = wanted->stack.length
                        ? text_alike(shape_text(stack, "name"), wanted->stack)
                        : !wanted->swarm.length ||
                              text_equal(shape_text(stack, "tags.swarm"), wanted->swarm);
        if (ours) existing->stack = stack;
    }
    return all != NULL;
}

bool existing_read(Arena *arena, Manager *manager, const ExistingWanted *wanted, Existing *existing,
                   Failure *failure)
{
    if (!existing_read_runs(arena, manager, wanted, existing, failure)) return false;
    if (!existing->group) return true;
    Text path = text_format(arena, "%.*s/resources", TEXT_ARG(wanted->group));
    existing->resources = manager_list(manager, path, RESOURCES, failure);
    if (!existing->resources) return false;
    const struct {
        const char *type;
        const Value **list;
    } kinds[] = {{"Microsoft.Compute/virtualMachines", &existing->machines},
                 {"Microsoft.Compute/virtualMachineScaleSets", &existing->sets}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (!has_type(existing->resources, kinds[i].type)) continue;
        path = text_format(arena, "%.*s/providers/%s", TEXT_ARG(wanted->group), kinds[i].type);
        *kinds[i].list = manager_list(manager, path, COMPUTE, failure);
        if (!*kinds[i].list) return false;
    }
    return true;
}
