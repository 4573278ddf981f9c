// emulator/resource.c
#include "emulator/resource.h"

#include "compiler/evaluate/shape.h"
#include "emulator/provider.h"
#include "emulator/refusal.h"
#include "emulator/vault.h"

#include <string.h>

typedef struct {
    const char *type;
    double from, to;
} Time;

static const Time times[] = {
#define TIME(type, from, to) {type, from, to},
#include "emulator/time.def"
#undef TIME
};

// ---- time

double resource_seconds(Text type, Text id, bool exists)
{
    const Time *time = times;
    for (; time->type[0]; time++) { // the last row fits all
        Text wanted = text_of(time->type);
        bool all = text_ends(wanted, "/"); // types of that provider
        if (all ? text_starts_alike(type, time->type) : text_alike(type, wanted)) break;
    }
    double share = (double)(text_hash(id) % 1000) / 1000;
    double seconds = time->from + share * (time->to - time->from);
    return exists ? seconds / 2 : seconds;
}

// ---- reading

const Value *resource_not_found(Arena *arena, Text id)
{
    IdParts parts = {0};
    id_parts(arena, id, &parts);
    Text message = text_format(arena,
                               "The Resource '%.*s/%.*s' under resource group '%.*s' was not "
                               "found. For more details please "
                               "go to https://aka.ms/ARMResourceNotFoundFix",
                               TEXT_ARG(parts.type), TEXT_ARG(parts.name), TEXT_ARG(id_group(id)));
    return shape_make(arena, "{code:'ResourceNotFound',message:%t}", message);
}

static const Value *built_in(const World *world, Arena *arena, Text id)
{
    IdParts parts = {0};
    Text name = id_subscription_name(id);
    if (name.length && text_ends(id, text_string(arena, name)))
        return world_subscription(world, arena, name);
    if (!id_parts(arena, id, &parts)) return NULL;
    if (text_alike(parts.type, TEXT("Microsoft.Management/managementGroups")))
        return shape_make(arena, "{id:%t,name:%t,type:%t,properties:{tenantId:%t,displayName:%t}}",
                          id, parts.name, parts.type, world->tenant, parts.name);
    if (!text_alike(parts.type, TEXT("Microsoft.Authorization/roleDefinitions"))) return NULL;
    return shape_make(arena, "{id:%t,name:%t,type:%t,properties:{type:'BuiltInRole',roleName:%t}}",
                      id, parts.name, parts.type, parts.name);
}

const Value *resource_get(const World *world, Arena *arena, Text id)
{
    const Record *record = world_find(world, SHELF_RESOURCES, id);
    if (!record) record = world_find(world, SHELF_GROUPS, id);
    if (record) return shape_copy(arena, record->value);
    const Record *whole = world_find(world, SHELF_RESOURCES, id_parent(id));
    const Value *part = whole ? provider_part(whole->value, id) : NULL;
    return part ? shape_copy(arena, part) : built_in(world, arena, id);
}

// ---- keys, which are made up

static Text made_up_key(Arena *arena, Text id, const char *name)
{
    TextBuffer key = {.arena = arena};
    for (int i = 0; i < 4; i++) {
        Text guid = guid_of(arena, "%.*s %s %d", TEXT_ARG(id), name, i);
        for (size_t k = 0; k < guid.length; k++) {
            if (guid.at[k] != '-' && key.count < 86) buffer_char(&key, guid.at[k]);
        }
    }
    buffer_string(&key, "==");
    return buffer_done(&key);
}

const Value *resource_list(const World *world, Arena *arena, Text id, Text function)
{
    const Record *record = world_find(world, SHELF_RESOURCES, id);
    IdParts parts = {0};
    if (!record || !id_parts(arena, id, &parts)) return NULL;
    Text first = made_up_key(arena, record->id, "1"), second = made_up_key(arena, record->id, "2");
    if (text_alike(parts.type, TEXT("Microsoft.OperationalInsights/workspaces")))
        return shape_make(arena, "{primarySharedKey:%t,secondarySharedKey:%t}", first, second);
    if (text_alike(parts.type, TEXT("Microsoft.ContainerRegistry/registries")))
        return shape_make(arena,
                          "{username:%t,passwords:[{name:'password',value:%t},{name:'password2',"
                          "value:%t}]}",
                          parts.last, first, second);
    if (text_alike(function, TEXT("listAccountSas")))
        return shape_make(arena, "{accountSasToken:%t}",
                          text_format(arena, "sv=2022-11-02&sig=%.*s", TEXT_ARG(first)));
    if (text_alike(function, TEXT("listServiceSas")))
        return shape_make(arena, "{serviceSasToken:%t}",
                          text_format(arena, "sv=2022-11-02&sig=%.*s", TEXT_ARG(first)));
    return shape_make(
        arena,
        "{keys:[{keyName:'key1',value:%t,permissions:'FULL'},{keyName:'key2',value:%t,"
        "permissions:'FULL'}],primaryKey:%t,secondaryKey:%t,key1:%t,key2:%t}",
        first, second, first, second, first, second);
}

// ---- changing

static const Value *refusal(Arena *arena, int status, const char *code, Text message)
{
    return shape_make(arena, "{status:%i,code:%s,message:%t}", (int64_t)status, code, message);
}

const Value *resource_scope_refused(const World *world, Arena *arena, Text id)
{
    Text subscription = id_subscription_name(id), group = id_group_scope(id);
    if (subscription.length && !world_subscription(world, arena, subscription))
        return refusal(arena, 404, "SubscriptionNotFound",
                       text_format(arena, "The subscription '%.*s' could not be found.",
                                   TEXT_ARG(subscription)));
    if (!group.length || world_find(world, SHELF_GROUPS, group)) return NULL;
    return refusal(
        arena, 404, "ResourceGroupNotFound",
        text_format(arena, "Resource group '%.*s' could not be found.", TEXT_ARG(id_group(id))));
}

// The group and the parent that a resource needs.
static const Value *place_refused(const World *world, Arena *arena, Text id)
{
    Text parent = id_parent(id);
    const Value *refused = resource_scope_refused(world, arena, id);
    if (refused) return refused;
    if (!parent.length || resource_get(world, arena, parent)) return NULL;
    IdParts parts = {0};
    id_parts(arena, id, &parts);
    return refusal(arena, 404, "ParentResourceNotFound",
                   text_format(arena,
                               "Failed to perform 'write' on resource(s) of type '%.*s', because "
                               "the parent resource '%.*s' could not be found.",
                               TEXT_ARG(parts.type), TEXT_ARG(parent)));
}

static bool is_vault(Arena *arena, Text id)
{
    IdParts parts = {0};
    return id_parts(arena, id, &parts) && text_alike(parts.type, TEXT("Microsoft.KeyVault/vaults"));
}

static bool is_secret(Arena *arena, Text id)
{
    IdParts parts = {0};
    return id_parts(arena, id, &parts) &&
           text_alike(parts.type, TEXT("Microsoft.KeyVault/vaults/secrets"));
}

// A lock of level ReadOnly keeps what is below it as it is.
static const Value *lock_refused(const World *world, Arena *arena, Text id)
{
    const Shelf *shelf = &world->shelves[SHELF_RESOURCES];
    for (size_t i = 0; i < shelf->count; i++) {
        Text on = id_lock_scope(shelf->items[i]->id);
        if (!on.length || !text_within(id, on) || id_lock_scope(id).length ||
            !text_alike(shape_text(shelf->items[i]->value, "properties.level"), TEXT("ReadOnly")))
            continue;
        return refusal(arena, 409, "ScopeLocked",
                       text_format(arena,
                                   "The scope '%.*s' cannot perform write operation because "
                                   "following scope(s) are locked: '%.*s'. Please remove the lock "
                                   "and try again.",
                                   TEXT_ARG(id), TEXT_ARG(on)));
    }
    return NULL;
}

// A resource group that a deployment makes.
static const Value *put_group(World *world, Arena *arena, Text id, const Value *body)
{
    const Record *record = world_find(world, SHELF_GROUPS, id);
    Text location = location_name(arena, shape_text(body, "location"));
    if (!location.length || !location_known(location))
        return refusal(arena, 400, "LocationNotAvailableForResourceGroup",
                       text_format(arena,
                                   "The provided location '%.*s' is not available for resource "
                                   "group.",
                                   TEXT_ARG(location)));
    if (record && !text_alike(location, shape_text(record->value, "location")))
        return refusal(arena, 409, "InvalidResourceGroupLocation",
                       text_format(arena,
                                   "Invalid resource group location '%.*s'. The Resource group "
                                   "already exists in location '%.*s'.",
                                   TEXT_ARG(location),
                                   TEXT_ARG(shape_text(record->value, "location"))));
    const Value *value = shape_make(
        arena,
        "{id:%t,name:%t,type:'Microsoft.Resources/resourceGroups',location:%t,tags:%v,managedBy:%v,"
        "properties:{provisioningState:'Succeeded'}}",
        id, id_group(id), location, shape_at(body, "tags"), shape_at(body, "managedBy"));
    world_put(world, SHELF_GROUPS, id, value, body);
    return NULL;
}

const Value *resource_put(World *world, Arena *arena, Text id, Text api_version, const Value *body)
{
    if (text_alike(id_group_scope(id), id)) return put_group(world, arena, id, body);
    const Record *record = world_find(world, SHELF_RESOURCES, id);
    const Value *refused = place_refused(world, arena, id);
    if (!refused) refused = lock_refused(world, arena, id);
    if (!refused) refused = refusal_of_provider(world, arena, id, body, record);
    if (refused) return refused;
    bool fresh = !record;
    if (record) id = text_copy(arena, record->id);
    const Value *earlier = record ? shape_copy(arena, record->value) : NULL;
    const Value *value = provider_complete(world, arena, id, body, earlier);
    if (is_secret(arena, id)) value = vault_write_resource(world, arena, id, body, value);
    value = shape_with(arena, value, "properties.provisioningState",
                       value_string(arena, fresh ? TEXT("Creating") : TEXT("Updating")));
    if (api_version.length && !shape_at(body, "apiVersion"))
        body = shape_with(arena, body, "apiVersion", value_string(arena, api_version));
    world_put(world, SHELF_RESOURCES, id, value, body);
    if (fresh && is_vault(arena, id)) vault_made(world, arena, id);
    return NULL;
}

void resource_settle(World *world, Text id, Text state)
{
    Arena work = {0};
    Record *record = world_find(world, SHELF_RESOURCES, id);
    if (!state.length) {
        resource_remove(world, id);
    } else if (record) {
        const Value *value = shape_with(&work, record->value, "properties.provisioningState",
                                        value_string(&work, state));
        const Value *wished = record->wished ? shape_copy(&work, record->wished) : NULL;
        world_put(world, SHELF_RESOURCES, text_copy(&work, record->id), value, wished);
    }
    arena_free(&work);
}

void resource_remove(World *world, Text id)
{
    Arena work = {0};
    Shelf *shelf = &world->shelves[SHELF_RESOURCES];
    id = text_copy(&work, id);
    if (is_vault(&work, id)) vault_deleted(world, &work, id);
    for (size_t i = shelf->count; i-- > 0;) {
        if (i < shelf->count && text_within(shelf->items[i]->id, id))
            world_remove(world, SHELF_RESOURCES, shelf->items[i]->id);
    }
    arena_free(&work);
}

// ---- locks

Text id_lock_scope(Text id)
{
    static const char word[] = "/providers/Microsoft.Authorization/locks/";
    for (size_t i = 0; i < id.length; i++) {
        if (text_starts_alike(text_slice(id, i, id.length), word)) return text_slice(id, 0, i);
    }
    return (Text){0};
}

const Record *resource_lock(const World *world, Text scope, bool below)
{
    const Shelf *shelf = &world->shelves[SHELF_RESOURCES];
    for (size_t i = 0; i < shelf->count; i++) {
        Text on = id_lock_scope(shelf->items[i]->id);
        if (on.length && (text_within(scope, on) || (below && text_within(on, scope))))
            return shelf->items[i];
    }
    return NULL;
}
