// emulator/group.c
#include "emulator/group.h"

#include "compiler/evaluate/shape.h"
#include "emulator/deployment.h"
#include "emulator/handlers.h"
#include "emulator/operation.h"
#include "emulator/resource.h"

#include <ctype.h>
#include <string.h>

enum { NAME_LIMIT = 90, DELETE_SECONDS = 120 };

// Of the route /subscriptions/*/resourcegroups/*.
static Text group_id(Exchange *exchange)
{
    return text_format(exchange->arena, "/subscriptions/%.*s/resourceGroups/%.*s",
                       TEXT_ARG(exchange->words[0]), TEXT_ARG(exchange->words[1]));
}

Record *group_needed(Exchange *exchange, Text scope)
{
    Record *group = world_find(exchange->world, SHELF_GROUPS, scope);
    if (group) return group;
    refuse(exchange, 404, "ResourceGroupNotFound", "Resource group '%.*s' could not be found.",
           TEXT_ARG(id_group(scope)));
    return NULL;
}

// Letters, digits and -_.(), not '.' at the end.
static bool good_name(Text name)
{
    for (size_t i = 0; i < name.length; i++) {
        unsigned char c = (unsigned char)name.at[i];
        if (!isalnum(c) && c < 0x80 && !strchr("-_.()", c)) return false;
    }
    return name.length && name.length <= NAME_LIMIT && name.at[name.length - 1] != '.';
}

static bool is_deleting(const Record *group)
{
    return text_is(shape_text(group->value, "properties.provisioningState"), "Deleting");
}

// PUT and PATCH.
void group_put(Exchange *exchange)
{
    Arena *arena = exchange->arena;
    Text name = exchange->words[1], id = group_id(exchange);
    Record *old = world_find(exchange->world, SHELF_GROUPS, id);
    bool patch = strcmp(exchange->method, "PATCH") == 0;
    Text location = shape_text(exchange->body, "location");
    const Value *tags = shape_at(exchange->body, "tags");
    if (!good_name(name)) {
        refuse(exchange, 400, "InvalidResourceGroup",
               "The provided resource group name '%.*s' has these invalid characters or length.",
               TEXT_ARG(name));
        return;
    }
    if (patch && !group_needed(exchange, id)) return;
    if (!old && !location.length) {
        refuse(exchange, 400, "LocationRequired",
               "The location property is required for this definition.");
        return;
    }
    if (!old && !location_known(location)) {
        refuse(exchange, 400, "LocationNotAvailableForResourceGroup",
               "The provided location '%.*s' is not available for resource group. List of "
               "available regions is 'westeurope,northeurope,eastus,…'.",
               TEXT_ARG(location));
        return;
    }
    Text there = old ? shape_text(old->value, "location") : location_name(arena, location);
    if (old && location.length && !text_alike(location_name(arena, location), there)) {
        refuse(exchange, 409, "InvalidResourceGroupLocation",
               "Invalid resource group location '%.*s'. The Resource group already exists in "
               "location '%.*s'.",
               TEXT_ARG(location), TEXT_ARG(there));
        return;
    }
    if (old && is_deleting(old)) {
        refuse(exchange, 409, "ResourceGroupBeingDeleted",
               "The resource group '%.*s' is in deprovisioning state and cannot perform this "
               "operation.",
               TEXT_ARG(name));
        return;
    }
    if (!tags && old) tags = shape_at(old->value, "tags");
    const Value *value = shape_make(
        arena,
        "{id:%t,name:%t,type:'Microsoft.Resources/resourceGroups',location:%t,tags:%v,managedBy:%v,"
        "properties:{provisioningState:'Succeeded'}}",
        old ? old->id : id, old ? id_group(old->id) : name, there, tags,
        shape_at(exchange->body, "managedBy"));
    int status = old ? 200 : 201; // `value` holds texts of the old record, which goes now
    answer(exchange, status, world_put(exchange->world, SHELF_GROUPS, id, value, NULL)->value);
}

void group_get(Exchange *exchange)
{
    Text id = group_id(exchange);
    if (strcmp(exchange->method, "HEAD") == 0) {
        answer(exchange, world_find(exchange->world, SHELF_GROUPS, id) ? 204 : 404, NULL);
        return;
    }
    Record *group = group_needed(exchange, id);
    if (group) answer(exchange, 200, group->value);
}

void groups_list(Exchange *exchange)
{
    Value *items = value_array(exchange->arena);
    const Shelf *shelf = &exchange->world->shelves[SHELF_GROUPS];
    for (size_t i = 0; i < shelf->count; i++) {
        if (text_alike(id_subscription_name(shelf->items[i]->id), exchange->words[0]))
            value_append(exchange->arena, items, shelf->items[i]->value);
    }
    answer_page(exchange, items, 0);
}

// A lock anywhere in the group keeps it.
static bool is_locked(Exchange *exchange, Text scope)
{
    const Record *lock = resource_lock(exchange->world, scope, true);
    if (!lock) return false;
    refuse(
        exchange, 409, "ScopeLocked",
        "The scope '%.*s' cannot perform delete operation because following scope(s) are locked: "
        "'%.*s'. Please remove the lock and try again.",
        TEXT_ARG(scope), TEXT_ARG(id_lock_scope(lock->id)));
    return true;
}

void group_delete(Exchange *exchange)
{
    Text id = group_id(exchange);
    Record *group = group_needed(exchange, id);
    if (!group || is_locked(exchange, group->id)) return;
    id = text_copy(exchange->arena, group->id);
    const Value *deleting =
        shape_with(exchange->arena, group->value, "properties.provisioningState",
                   value_string(exchange->arena, TEXT("Deleting")));
    world_put(exchange->world, SHELF_GROUPS, id, deleting, NULL);
    operation_begin(exchange, OPERATION_DELETE_GROUP, id, DELETE_SECONDS, NULL, NULL);
}

void group_remove(World *world, Text scope)
{
    for (size_t i = world->deployments->count; i-- > 0;) {
        if (i < world->deployments->count && text_within(world->deployments->items[i]->id, scope))
            deployment_remove(world, world->deployments->items[i]);
    }
    Shelf *resources = &world->shelves[SHELF_RESOURCES];
    for (size_t i = resources->count; i-- > 0;) {
        if (i < resources->count && text_within(resources->items[i]->id, scope))
            resource_remove(world, resources->items[i]->id);
    }
    Shelf *stacks = &world->shelves[SHELF_STACKS];
    for (size_t i = stacks->count; i-- > 0;) {
        if (text_within(stacks->items[i]->id, scope))
            world_remove(world, SHELF_STACKS, stacks->items[i]->id);
    }
    world_remove(world, SHELF_GROUPS, scope);
}
