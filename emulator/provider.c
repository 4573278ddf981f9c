// emulator/provider.c
#include "emulator/provider.h"

#include "compiler/evaluate/shape.h"
#include "emulator/resource.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *type, *path, *from, *text;
} Given;

typedef struct {
    const char *type, *path;
} Rule;

#define GIVEN(type, path, from, text)
#define WRITE_ONLY(type, path)
#define FIXED(type, path, shown)

static const Given givens[] = {
#undef GIVEN
#define GIVEN(type, path, from, text) {type, path, from, text},
#include "emulator/provider.def"
#undef GIVEN
#define GIVEN(type, path, from, text)
};

static const Rule hidden[] = {
#undef WRITE_ONLY
#define WRITE_ONLY(type, path) {type, path},
#include "emulator/provider.def"
#undef WRITE_ONLY
#define WRITE_ONLY(type, path)
};

#define COUNT(table) (sizeof(table) / sizeof *(table))

bool provider_hides(Text type, const char *path)
{
    for (size_t i = 0; i < COUNT(hidden); i++) {
        if (text_alike(type, text_of(hidden[i].type)) &&
            text_alike(text_of(path), text_of(hidden[i].path)))
            return true;
    }
    return false;
}

// ---- what is given

typedef struct {
    const World *world;
    Arena *arena;
    Text id, location, from;
    IdParts parts;
    const char *path;
} Filling;

static Text public_address(Arena *arena, uint64_t hash)
{
    return text_format(arena, "20.%u.%u.%u", (unsigned)(hash >> 16 & 0x7F) + 64,
                       (unsigned)(hash >> 8 & 0xFF), (unsigned)(hash & 0xFF) % 254 + 1);
}

static Text placeholder(const Filling *filling, Text name)
{
    Arena *arena = filling->arena;
    const World *world = filling->world;
    Text url = world->url, id = filling->id;
    uint64_t hash = text_hash(text_lower(arena, id));
    size_t colon = 0;
    while (colon < url.length && url.at[colon] != ':') colon++;
    if (text_is(name, "name")) return filling->parts.last;
    if (text_is(name, "lower")) return text_lower(arena, filling->parts.last);
    if (text_is(name, "id")) return id;
    if (text_is(name, "scope"))
        return filling->parts.scope.length ? filling->parts.scope : TEXT("/");
    if (text_is(name, "location")) return filling->location;
    if (text_is(name, "group")) return id_group(id);
    if (text_is(name, "scheme")) return text_slice(url, 0, colon);
    if (text_is(name, "host")) return text_slice(url, colon + 3, url.length);
    if (text_is(name, "tenant")) return world->tenant;
    if (text_is(name, "now")) return time_text(arena, world->now);
    if (text_is(name, "from")) return filling->from;
    if (text_is(name, "address")) return public_address(arena, hash);
    if (text_is(name, "mac"))
        return text_format(arena, "00-0D-3A-%02X-%02X-%02X", (unsigned)(hash >> 16 & 0xFF),
                           (unsigned)(hash >> 8 & 0xFF), (unsigned)(hash & 0xFF));
    Text guid = guid_of(arena, "%.*s %s", TEXT_ARG(id), filling->path);
    if (text_is(name, "guid")) return guid;
    TextBuffer hex = {.arena = arena};
    for (size_t i = 0; i < guid.length; i++) {
        if (guid.at[i] != '-') buffer_char(&hex, guid.at[i]);
    }
    return buffer_done(&hex);
}

static const Value *fill(const Filling *filling, const char *text)
{
    Arena *arena = filling->arena;
    if (*text == '#') return value_int(arena, atoi(text + 1));
    if (*text == '=') return value_bool(strcmp(text, "=true") == 0);
    TextBuffer out = {.arena = arena};
    buffer_expect(&out, 1);
    while (*text) {
        size_t length = strcspn(text, "}");
        if (*text != '{' || !text[length]) {
            buffer_char(&out, *text++);
            continue;
        }
        buffer_text(&out, placeholder(filling, (Text){text + 1, length - 1}));
        text += length + 1;
    }
    return value_string(arena, buffer_done(&out));
}

static const Value *give(Filling *filling, const Value *value, const Value *earlier)
{
    for (size_t i = 0; i < COUNT(givens); i++) {
        const Given *given = &givens[i];
        if (!text_alike(filling->parts.type, text_of(given->type))) continue;
        filling->from = shape_text(value, given->from);
        if (*given->from && !filling->from.length) continue;
        if (shape_at(value, given->path)) continue;
        filling->path = given->path;
        const Value *had = earlier && !*given->from ? shape_at(earlier, given->path) : NULL;
        value =
            shape_with(filling->arena, value, given->path, had ? had : fill(filling, given->text));
    }
    return value;
}

// ---- parts of networks: named items of lists within properties have IDs of their own

static bool is_part_list(const Value *value)
{
    if (value->kind != VALUE_ARRAY || !value->array.count) return false;
    for (size_t i = 0; i < value->array.count; i++) {
        const Value *item = value->array.items[i];
        if (item->kind != VALUE_OBJECT || !shape_text(item, "name").length) return false;
    }
    return true;
}

static const Value *name_parts(Arena *arena, Text id, const Value *value)
{
    const Value *properties = shape_at(value, "properties");
    if (!properties || properties->kind != VALUE_OBJECT) return value;
    Value *named = value_object(arena);
    for (size_t i = 0; i < properties->object.count; i++) {
        ValueProperty property = properties->object.items[i];
        if (is_part_list(property.value)) {
            Value *items = value_array(arena);
            for (size_t k = 0; k < property.value->array.count; k++) {
                const Value *item = property.value->array.items[k];
                Text part =
                    text_format(arena, "%.*s/%.*s/%.*s", TEXT_ARG(id), TEXT_ARG(property.name),
                                TEXT_ARG(shape_text(item, "name")));
                item = shape_with(arena, item, "id", value_string(arena, part));
                item = shape_with(arena, item, "properties.provisioningState",
                                  value_string(arena, TEXT("Succeeded")));
                value_append(arena, items, item);
            }
            property.value = items;
        }
        list_add(arena, &named->object, property);
    }
    return shape_with(arena, value, "properties", named);
}

const Value *provider_part(const Value *resource, Text id)
{
    const Value *properties = shape_at(resource, "properties");
    for (size_t i = 0;
         properties && properties->kind == VALUE_OBJECT && i < properties->object.count; i++) {
        const Value *list = properties->object.items[i].value;
        if (!is_part_list(list)) continue;
        for (size_t k = 0; k < list->array.count; k++) {
            if (text_alike(shape_text(list->array.items[k], "id"), id)) return list->array.items[k];
        }
    }
    return NULL;
}

// ---- private addresses of network interfaces

static bool read_network(Text prefix, uint32_t *first, unsigned *bits)
{
    unsigned part[4];
    char text[32] = {0};
    if (prefix.length >= sizeof text) return false;
    memcpy(text, prefix.at, prefix.length);
    if (sscanf(text, "%u.%u.%u.%u/%u", &part[0], &part[1], &part[2], &part[3], bits) != 5)
        return false;
    *first = (uint32_t)(part[0] << 24 | part[1] << 16 | part[2] << 8 | part[3]);
    return *bits <= 32;
}

static bool is_taken(const World *world, Text own, Text subnet, Text address)
{
    const Shelf *shelf = &world->shelves[SHELF_RESOURCES];
    for (size_t i = 0; i < shelf->count; i++) {
        const Value *list = shape_at(shelf->items[i]->value, "properties.ipConfigurations");
        if (text_alike(shelf->items[i]->id, own) || !list || list->kind != VALUE_ARRAY) continue;
        for (size_t k = 0; k < list->array.count; k++) {
            const Value *item = list->array.items[k];
            if (text_alike(shape_text(item, "properties.subnet.id"), subnet) &&
                text_equal(shape_text(item, "properties.privateIPAddress"), address))
                return true;
        }
    }
    return false;
}

// The first free one of the subnet; the first four and the last are Azure's.
static Text private_address(const World *world, Arena *arena, Text own, Text subnet)
{
    const Value *network = resource_get(world, arena, subnet);
    const Value *prefixes = shape_at(network, "properties.addressPrefixes");
    Text prefix = shape_text(network, "properties.addressPrefix");
    if (!prefix.length && prefixes && prefixes->kind == VALUE_ARRAY && prefixes->array.count)
        prefix = shape_text(prefixes->array.items[0], "");
    uint32_t first;
    unsigned bits;
    if (!prefix.length || !read_network(prefix, &first, &bits)) return (Text){0};
    uint32_t size = bits ? 1u << (32 - bits) : UINT32_MAX;
    for (uint32_t i = 4; i + 1 < size; i++) {
        uint32_t at = first + i;
        Text address =
            text_format(arena, "%u.%u.%u.%u", at >> 24, at >> 16 & 0xFF, at >> 8 & 0xFF, at & 0xFF);
        if (!is_taken(world, own, subnet, address)) return address;
    }
    return (Text){0};
}

static const Value *give_addresses(const World *world, Arena *arena, Text id, const Value *value,
                                   const Value *earlier)
{
    const Value *list = shape_at(value, "properties.ipConfigurations");
    const Value *old = earlier ? shape_at(earlier, "properties.ipConfigurations") : NULL;
    if (!list || list->kind != VALUE_ARRAY) return value;
    Value *items = value_array(arena);
    for (size_t i = 0; i < list->array.count; i++) {
        const Value *item = list->array.items[i];
        Text address = shape_text(item, "properties.privateIPAddress");
        bool had = old && old->kind == VALUE_ARRAY && i < old->array.count;
        if (!address.length && had)
            address = shape_text(old->array.items[i], "properties.privateIPAddress");
        if (!address.length)
            address = private_address(world, arena, id, shape_text(item, "properties.subnet.id"));
        if (address.length)
            item = shape_with(arena, item, "properties.privateIPAddress",
                              value_string(arena, address));
        value_append(arena, items, item);
    }
    return shape_with(arena, value, "properties.ipConfigurations", items);
}

// ---- identities that machines have

static const Value *give_identity(const World *world, Arena *arena, Text id, const Value *value)
{
    Text type = shape_text(value, "identity.type");
    const Value *assigned = shape_at(value, "identity.userAssignedIdentities");
    if (text_starts_alike(type, "SystemAssigned")) {
        Text principal = guid_of(arena, "%.*s identity", TEXT_ARG(id));
        value = shape_with(arena, value, "identity.principalId", value_string(arena, principal));
        value = shape_with(arena, value, "identity.tenantId", value_string(arena, world->tenant));
    }
    if (!assigned || assigned->kind != VALUE_OBJECT) return value;
    Value *filled = value_object(arena);
    for (size_t i = 0; i < assigned->object.count; i++) {
        Text name = assigned->object.items[i].name;
        const Value *identity = resource_get(world, arena, name);
        value_set(arena, filled, name,
                  shape_make(arena, "{principalId:%t,clientId:%t}",
                             shape_text(identity, "properties.principalId"),
                             shape_text(identity, "properties.clientId")));
    }
    return shape_with(arena, value, "identity.userAssignedIdentities", filled);
}

const Value *provider_complete(const World *world, Arena *arena, Text id, const Value *body,
                               const Value *earlier)
{
    static const char *const kept[] = {"location", "tags", "kind",       "sku",
                                       "zones",    "plan", "identity",   "managedBy",
                                       "scale",    "etag", "properties", "extendedLocation",
                                       "placement"};
    Filling filling = {.world = world, .arena = arena, .id = id};
    id_parts(arena, id, &filling.parts);
    Value *made = value_object(arena);
    value_set(arena, made, TEXT("id"), value_string(arena, id));
    value_set(arena, made, TEXT("name"), value_string(arena, filling.parts.last));
    value_set(arena, made, TEXT("type"), value_string(arena, filling.parts.type));
    for (size_t i = 0; i < COUNT(kept); i++) {
        const Value *given = shape_at(body, kept[i]);
        if (given && given->kind != VALUE_NULL) value_set(arena, made, text_of(kept[i]), given);
    }
    filling.location = location_name(arena, shape_text(body, "location"));
    const Value *value = made;
    if (filling.location.length)
        value = shape_with(arena, value, "location", value_string(arena, filling.location));
    for (size_t i = 0; i < COUNT(hidden); i++) {
        if (text_alike(filling.parts.type, text_of(hidden[i].type)) &&
            shape_at(value, hidden[i].path))
            value = shape_with(arena, value, hidden[i].path, NULL);
    }
    value = give(&filling, value, earlier);
    value = give_identity(world, arena, id, value);
    if (!id_group(id).length || !text_starts_alike(filling.parts.type, "Microsoft.Network/"))
        return value;
    value = name_parts(arena, id, value);
    return give_addresses(world, arena, id, value, earlier);
}
