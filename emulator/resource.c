// emulator/resource.c
#include "emulator/resource.h"

#include "emulator/shape.h"

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
        if (text_ends(wanted, "/") ? starts_with(type, wanted) : same_text(type, wanted)) break;
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

const Value *resource_get(const World *world, Arena *arena, Text id)
{
    const Record *record = world_find(world, SHELF_RESOURCES, id);
    if (!record) record = world_find(world, SHELF_GROUPS, id);
    return record ? shape_copy(arena, record->value) : NULL;
}

const Value *resource_list(const World *world, Arena *arena, Text id, Text function)
{
    (void)world, (void)arena, (void)id, (void)function;
    return NULL;
}

// ---- changing

const Value *resource_put(World *world, Arena *arena, Text id, Text api_version, const Value *body)
{
    (void)api_version;
    IdParts parts = {0};
    id_parts(arena, id, &parts);
    const Record *old = world_find(world, SHELF_RESOURCES, id);
    Value *value = value_object(arena);
    value_set(arena, value, TEXT("id"), value_string(arena, old ? text_copy(arena, old->id) : id));
    value_set(arena, value, TEXT("name"), value_string(arena, parts.last));
    value_set(arena, value, TEXT("type"), value_string(arena, parts.type));
    static const char *const kept[] = {"location", "tags", "kind",      "sku",
                                       "zones",    "plan", "identity",  "managedBy",
                                       "scale",    "etag", "properties"};
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        const Value *given = shape_at(body, kept[i]);
        if (given) value_set(arena, value, text_of(kept[i]), given);
    }
    const Value *state = value_string(arena, old ? TEXT("Updating") : TEXT("Creating"));
    const Value *made = shape_with(arena, value, "properties.provisioningState", state);
    world_put(world, SHELF_RESOURCES, id, made, body);
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
    for (size_t i = shelf->count; i-- > 0;) {
        if (i < shelf->count && is_within(shelf->items[i]->id, id))
            world_remove(world, SHELF_RESOURCES, shelf->items[i]->id);
    }
    arena_free(&work);
}

// ---- locks

Text id_lock_scope(Text id)
{
    Text word = TEXT("/providers/Microsoft.Authorization/locks/");
    for (size_t i = 0; i < id.length; i++) {
        if (starts_with(text_slice(id, i, id.length), word)) return text_slice(id, 0, i);
    }
    return (Text){0};
}

const Record *resource_lock(const World *world, Text scope, bool below)
{
    const Shelf *shelf = &world->shelves[SHELF_RESOURCES];
    for (size_t i = 0; i < shelf->count; i++) {
        Text on = id_lock_scope(shelf->items[i]->id);
        if (on.length && (is_within(scope, on) || (below && is_within(on, scope))))
            return shelf->items[i];
    }
    return NULL;
}
