// emulator/resourcecalls.c: the calls of resources by their IDs, and lists of them.
#include "compiler/evaluate/shape.h"
#include "emulator/deployment.h"
#include "emulator/fault.h"
#include "emulator/group.h"
#include "emulator/handlers.h"
#include "emulator/operation.h"
#include "emulator/provider.h"
#include "emulator/resource.h"
#include "emulator/stack.h"

#include <stdlib.h>
#include <string.h>

enum { PAGE = 100 };

static const Record *needed(Exchange *exchange)
{
    const Record *record = world_find(exchange->world, SHELF_RESOURCES, exchange->path);
    Text group = id_group_scope(exchange->path);
    if (record) return record;
    if (!group.length || group_needed(exchange, group))
        refuse_with(exchange, 404, resource_not_found(exchange->arena, exchange->path));
    return NULL;
}

// $expand=userData is the one way to see it.
static const Value *expanded(Exchange *exchange, const Record *record)
{
    Text expand = exchange_query(exchange, "$expand");
    const Value *data = shape_at(record->wished, "properties.userData");
    if (!text_starts_alike(expand, "userData") || !data) return record->value;
    return shape_with(exchange->arena, record->value, "properties.userData", data);
}

static void resources_of_type(Exchange *exchange);

void resource_read(Exchange *exchange)
{
    IdParts parts = {0};
    if (!id_parts(exchange->arena, exchange->path, &parts)) {
        resources_of_type(exchange);
        return;
    }
    const Record *record = world_find(exchange->world, SHELF_RESOURCES, exchange->path);
    bool head = strcmp(exchange->method, "HEAD") == 0;
    const Value *value = record ? expanded(exchange, record)
                                : resource_get(exchange->world, exchange->arena, exchange->path);
    if (value)
        answer(exchange, head ? 204 : 200, head ? NULL : value);
    else
        needed(exchange);
}

static void answer_refusal(Exchange *exchange, const Value *refused)
{
    refuse_with(exchange, (int)shape_number(refused, "status", 409),
                shape_with(exchange->arena, refused, "status", NULL));
}

static void put(Exchange *exchange, const Value *body)
{
    Arena *arena = exchange->arena;
    World *world = exchange->world;
    bool exists = world_find(world, SHELF_RESOURCES, exchange->path) != NULL;
    Text id = exchange->path;
    IdParts parts = {0};
    id_parts(arena, id, &parts);
    const Value *refused =
        resource_put(world, arena, id, exchange_query(exchange, "api-version"), body);
    if (refused) {
        answer_refusal(exchange, refused);
        return;
    }
    const Record *record = world_find(world, SHELF_RESOURCES, id);
    const Value *value = shape_copy(arena, record->value);
    const Value *result = shape_with(arena, value, "properties.provisioningState",
                                     value_string(arena, TEXT("Succeeded")));
    operation_begin(exchange, OPERATION_RESOURCE, record->id,
                    resource_seconds(parts.type, id, exists), result, NULL);
    answer(exchange, exists ? 200 : 201, value);
}

void resource_write(Exchange *exchange)
{
    IdParts parts = {0};
    if (!exchange->body || !id_parts(exchange->arena, exchange->path, &parts)) {
        refuse(exchange, 400, "InvalidRequestContent",
               "The request content was invalid: a body is needed, at the ID of a resource.");
        return;
    }
    put(exchange, exchange->body);
}

// Objects are merged, everything else replaced; null takes away (RFC 7396).
static const Value *merged(Arena *arena, const Value *old, const Value *change)
{
    if (change->kind != VALUE_OBJECT || !old || old->kind != VALUE_OBJECT) return change;
    const Value *result = old;
    for (size_t i = 0; i < change->object.count; i++) {
        ValueProperty property = change->object.items[i];
        const Value *before = value_find(old, property.name);
        const Value *after =
            property.value->kind == VALUE_NULL ? NULL : merged(arena, before, property.value);
        Value *copy = value_object(arena);
        bool found = false;
        for (size_t k = 0; k < result->object.count; k++) {
            ValueProperty kept = result->object.items[k];
            if (text_alike(kept.name, property.name)) {
                found = true;
                kept.value = after;
            }
            if (kept.value) list_add(arena, &copy->object, kept);
        }
        if (!found && after)
            list_add(arena, &copy->object, ((ValueProperty){property.name, after, NULL}));
        result = copy;
    }
    return result;
}

void resource_patch(Exchange *exchange)
{
    const Record *record = needed(exchange);
    if (!record) return;
    const Value *change = exchange->body ? exchange->body : value_object(exchange->arena);
    const Value *wished = record->wished ? record->wished : record->value;
    put(exchange, shape_copy(exchange->arena, merged(exchange->arena, wished, change)));
}

// What stands in the way of a deletion; NULL after which nothing does.
static const Record *user_of(const World *world, Arena *arena, Text id)
{
    const Shelf *shelf = &world->shelves[SHELF_RESOURCES];
    for (size_t i = 0; i < shelf->count; i++) {
        const Record *other = shelf->items[i];
        if (text_within(other->id, id)) continue;
        bool network = text_starts_alike(shape_text(other->value, "type"), "Microsoft.Network/");
        bool compute = text_starts_alike(shape_text(other->value, "type"), "Microsoft.Compute/");
        if (!network && !compute) continue;
        Text text = text_lower(arena, shape_json(arena, other->value));
        const char *wanted = text_format(arena, "\"%.*s", TEXT_ARG(text_lower(arena, id))).at;
        const char *found = strstr(text_string(arena, text), wanted);
        if (found && (found[strlen(wanted)] == '"' || found[strlen(wanted)] == '/')) return other;
    }
    return NULL;
}

void resource_delete(Exchange *exchange)
{
    World *world = exchange->world;
    const Record *record = world_find(world, SHELF_RESOURCES, exchange->path);
    if (!record) {
        Text group = id_group_scope(exchange->path);
        if (!group.length || group_needed(exchange, group)) answer(exchange, 204, NULL);
        return;
    }
    IdParts parts = {0};
    id_parts(exchange->arena, record->id, &parts);
    const Record *stack = stack_denies(world, record->id);
    if (stack) {
        refuse(
            exchange, 403, "DenyAssignmentAuthorizationFailed",
            "The client '%.*s' has permission to perform action '%.*s/delete' on scope '%.*s'; "
            "however, the access is denied because of the deny assignment of the deployment stack "
            "'%.*s'.",
            TEXT_ARG(world->client), TEXT_ARG(parts.type), TEXT_ARG(record->id),
            TEXT_ARG(stack->id));
        return;
    }
    const Record *lock = resource_lock(world, record->id, true);
    bool is_lock = text_alike(parts.type, TEXT("Microsoft.Authorization/locks"));
    if (lock && !is_lock) {
        refuse(exchange, 409, "ScopeLocked",
               "The scope '%.*s' cannot perform delete operation because following scope(s) are "
               "locked: '%.*s'. Please remove the lock and try again.",
               TEXT_ARG(record->id), TEXT_ARG(id_lock_scope(lock->id)));
        return;
    }
    bool network = text_starts_alike(parts.type, "Microsoft.Network/");
    const Record *user = network ? user_of(world, exchange->arena, record->id) : NULL;
    if (user) {
        refuse(exchange, 400, "InUseResourceCannotBeDeleted",
               "Resource %.*s is in use by %.*s and cannot be deleted.", TEXT_ARG(record->id),
               TEXT_ARG(user->id));
        return;
    }
    double seconds = resource_seconds(parts.type, record->id, true);
    Text id = text_copy(exchange->arena, record->id);
    resource_settle(world, id, TEXT("Deleting"));
    operation_begin(exchange, OPERATION_RESOURCE, id, seconds, NULL, NULL);
}

// POST …/ID/action.
void resource_action(Exchange *exchange)
{
    Text action = exchange->words[0], id = exchange->scope;
    const Record *record = world_find(exchange->world, SHELF_RESOURCES, id);
    if (!record) {
        refuse_with(exchange, 404, resource_not_found(exchange->arena, id));
        return;
    }
    const Value *result = text_starts_alike(action, "list")
                              ? resource_list(exchange->world, exchange->arena, id, action)
                              : NULL;
    if (result)
        answer(exchange, 200, result);
    else // start, restart, deallocate …: it takes its time, nothing else changes here
        operation_begin(exchange, OPERATION_RESULT, record->id, 30, NULL, NULL);
}

// ---- lists

// "name eq 'value'" within the filter; {NULL} if it does not say.
static Text filter_value(Exchange *exchange, const char *name)
{
    Text filter = exchange_query(exchange, "$filter");
    Text key = text_format(exchange->arena, "%s eq '", name);
    for (size_t i = 0; i + key.length <= filter.length; i++) {
        Text rest = text_slice(filter, i, filter.length);
        if (!text_alike(text_slice(rest, 0, key.length), key)) continue;
        rest = text_slice(rest, key.length, rest.length);
        const char *end = memchr(rest.at, '\'', rest.length);
        return end ? text_slice(rest, 0, (size_t)(end - rest.at)) : (Text){0};
    }
    return (Text){0};
}

static bool tag_fits(Exchange *exchange, const Value *resource)
{
    Text name = filter_value(exchange, "tagName"), value = filter_value(exchange, "tagValue");
    if (!name.at) return true;
    const Value *tags = shape_at(resource, "tags");
    const Value *tag = tags && tags->kind == VALUE_OBJECT ? value_find(tags, name) : NULL;
    return tag && (!value.at || (tag->kind == VALUE_STRING && text_equal(tag->string, value)));
}

// Of the whole subscription or a group: top-level resources, without properties.
void resources_list(Exchange *exchange)
{
    Arena *arena = exchange->arena;
    Text scope = text_slice(exchange->path, 0, exchange->path.length - strlen("/resources"));
    Text type = filter_value(exchange, "resourceType"), name = filter_value(exchange, "name");
    Text group = filter_value(exchange, "resourceGroup");
    if (id_group(scope).length && !group_needed(exchange, scope)) return;
    Value *items = value_array(arena);
    const Shelf *shelf = &exchange->world->shelves[SHELF_RESOURCES];
    for (size_t i = 0; i < shelf->count; i++) {
        const Record *record = shelf->items[i];
        const Value *value = record->value;
        Text its = shape_text(value, "type");
        bool extension = text_starts_alike(its, "Microsoft.Authorization/") ||
                         text_alike(its, TEXT("Microsoft.KeyVault/vaults/secrets")) ||
                         text_alike(its, TEXT("Microsoft.Insights/diagnosticSettings")) ||
                         text_alike(its, TEXT("Microsoft.Insights/dataCollectionRuleAssociations"));
        if (extension || !text_within(record->id, scope) || (type.at && !text_alike(type, its)) ||
            (name.at && !text_alike(name, shape_text(value, "name"))) ||
            (group.at && !text_alike(group, id_group(record->id))) || !tag_fits(exchange, value))
            continue;
        const Value *shown = shape_with(arena, value, "properties", NULL);
        Text expand = exchange_query(exchange, "$expand");
        if (expand.length)
            shown = shape_make(
                arena,
                "{id:%t,name:%v,type:%t,location:%v,tags:%v,sku:%v,kind:%v,identity:%v,zones:%v,"
                "provisioningState:%t}",
                record->id, shape_at(value, "name"), its, shape_at(value, "location"),
                shape_at(value, "tags"), shape_at(value, "sku"), shape_at(value, "kind"),
                shape_at(value, "identity"), shape_at(value, "zones"),
                shape_text(value, "properties.provisioningState"));
        value_append(arena, items, shown);
    }
    Text top = exchange_query(exchange, "$top");
    size_t size = (size_t)strtoul(text_string(arena, top), NULL, 10);
    answer_page(exchange, items, size && size < PAGE ? size : PAGE);
}

// '…/providers/Microsoft.Compute/virtualMachines', also of a parent's children: with properties.
static void resources_of_type(Exchange *exchange)
{
    Arena *arena = exchange->arena;
    Text path = exchange->path;
    IdParts parts = {0};
    Text probe = text_format(arena, "%.*s/x", TEXT_ARG(path));
    if (!id_parts(arena, probe, &parts)) {
        refuse(exchange, 404, "InvalidResourceType", "'%.*s' is neither a resource nor a type.",
               TEXT_ARG(path));
        return;
    }
    Text parent = id_parent(probe);
    if (parent.length && !resource_get(exchange->world, arena, parent)) {
        refuse_with(exchange, 404, resource_not_found(arena, parent));
        return;
    }
    Value *items = value_array(arena);
    const Shelf *shelf = &exchange->world->shelves[SHELF_RESOURCES];
    for (size_t i = 0; i < shelf->count; i++) {
        const Record *record = shelf->items[i];
        bool below = parent.length ? text_within(record->id, parent)
                                   : text_within(record->id, parts.scope) || !parts.scope.length;
        if (below && text_alike(shape_text(record->value, "type"), parts.type))
            value_append(arena, items, record->value);
    }
    answer_page(exchange, items, PAGE);
}

// The instances of a scale set, as many as its capacity says.
void instances_list(Exchange *exchange)
{
    Arena *arena = exchange->arena;
    Text id = text_slice(exchange->path, 0, exchange->path.length - strlen("/virtualMachines"));
    const Record *set = world_find(exchange->world, SHELF_RESOURCES, id);
    if (!set) {
        refuse_with(exchange, 404, resource_not_found(arena, id));
        return;
    }
    Text prefix =
        shape_text(set->value, "properties.virtualMachineProfile.osProfile.computerNamePrefix");
    Value *items = value_array(arena);
    double capacity = shape_number(set->value, "sku.capacity", 0);
    for (int i = 0; i < capacity; i++) {
        Text own = text_format(arena, "%.*s/virtualMachines/%d", TEXT_ARG(set->id), i);
        value_append(
            arena, items,
            shape_make(arena,
                       "{id:%t,name:%t,instanceId:%t,location:%v,sku:%v,properties:{vmId:%t,"
                       "provisioningState:'Succeeded',osProfile:{computerName:%t}}}",
                       own,
                       text_format(arena, "%.*s_%d", TEXT_ARG(shape_text(set->value, "name")), i),
                       text_format(arena, "%d", i), shape_at(set->value, "location"),
                       shape_at(set->value, "sku"), guid_of(arena, "%.*s", TEXT_ARG(own)),
                       text_format(arena, "%.*s%06d", TEXT_ARG(prefix), i)));
    }
    answer_page(exchange, items, PAGE);
}

// ---- a group as a template

void group_export(Exchange *exchange)
{
    Arena *arena = exchange->arena;
    Text scope = text_slice(exchange->path, 0, exchange->path.length - strlen("/exportTemplate"));
    if (!group_needed(exchange, scope)) return;
    Value *items = value_array(arena);
    const Shelf *shelf = &exchange->world->shelves[SHELF_RESOURCES];
    for (size_t i = 0; i < shelf->count; i++) {
        const Record *record = shelf->items[i];
        IdParts parts = {0};
        id_parts(arena, record->id, &parts);
        if (!text_within(record->id, scope)) continue;
        const Value *version = shape_at(record->wished, "apiVersion");
        value_append(
            arena, items,
            shape_make(arena,
                       "{type:%t,apiVersion:%v,name:%t,location:%v,tags:%v,sku:%v,kind:%v,zones:%v,"
                       "properties:%v}",
                       parts.type, version, parts.name, shape_at(record->value, "location"),
                       shape_at(record->value, "tags"), shape_at(record->value, "sku"),
                       shape_at(record->value, "kind"), shape_at(record->value, "zones"),
                       shape_at(record->value, "properties")));
    }
    answer(
        exchange, 200,
        shape_make(arena,
                   "{template:{'$schema':'https://schema.management.azure.com/schemas/2019-04-01/"
                   "deploymentTemplate.json#',contentVersion:'1.0.0.0',parameters:{},variables:{},"
                   "resources:%v}}",
                   items));
}
