// emulator/provider.c
#include "emulator/provider.h"

#include "compiler/evaluate/shape.h"
#include "emulator/fault.h"
#include "emulator/preflight.h"
#include "emulator/resource.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *type, *path, *from, *text;
} Given;

typedef struct {
    const char *type, *path, *shown;
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
#define WRITE_ONLY(type, path) {type, path, NULL},
#include "emulator/provider.def"
#undef WRITE_ONLY
#define WRITE_ONLY(type, path)
};

static const Rule fixed[] = {
#undef FIXED
#define FIXED(type, path, shown) {type, path, shown},
#include "emulator/provider.def"
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

// ---- what is refused

static const Value *refusal(Arena *arena, int status, const char *code, Text target, Text message)
{
    return shape_make(arena, "{status:%i,code:%s,target:%t,message:%t}", (int64_t)status, code,
                      target, message);
}

static const Value *changed_property(Arena *arena, Text type, const Value *body,
                                     const Value *wished)
{
    for (size_t i = 0; i < COUNT(fixed); i++) {
        if (!text_alike(type, text_of(fixed[i].type))) continue;
        const Value *before = shape_at(wished, fixed[i].path), *now = shape_at(body, fixed[i].path);
        if (!before || !now || value_equal(before, now)) continue; // left out means unchanged
        Text shown = text_of(fixed[i].shown);
        return refusal(
            arena, 409, "PropertyChangeNotAllowed", shown,
            text_format(arena, "Changing property '%s' is not allowed.", fixed[i].shown));
    }
    return NULL;
}

static const Value *other_place(Arena *arena, Text id, const Value *body, const Value *value)
{
    Text before = shape_text(value, "location");
    Text now = location_name(arena, shape_text(body, "location"));
    if (!before.length || !now.length || text_alike(before, now)) return NULL;
    IdParts parts = {0};
    id_parts(arena, id, &parts);
    return refusal(
        arena, 409, "InvalidResourceLocation", (Text){0},
        text_format(arena,
                    "The resource '%.*s' already exists in location '%.*s' in resource group "
                    "'%.*s'. A resource with the same name cannot be created in location '%.*s'. "
                    "Please select a new resource name.",
                    TEXT_ARG(parts.last), TEXT_ARG(before), TEXT_ARG(id_group(id)), TEXT_ARG(now)));
}

static const Value *unknown_place(Arena *arena, Text type, const Value *body)
{
    Text location = shape_text(body, "location");
    bool known =
        !location.length || location_known(location) || text_alike(location, TEXT("global"));
    if (known) return NULL;
    return refusal(arena, 400, "LocationNotAvailableForResourceType", (Text){0},
                   text_format(arena,
                               "The provided location '%.*s' is not available for resource type "
                               "'%.*s'.",
                               TEXT_ARG(location), TEXT_ARG(type)));
}

// The same principal and role at the same scope under another name, or another under this one.
static const Value *assignment_refused(const World *world, Arena *arena, Text id, const Value *body,
                                       const Record *record)
{
    static const char *const paths[] = {"properties.principalId", "properties.roleDefinitionId"};
    if (fault_holds(world, FAULT_DENY, NULL))
        return failure_value(arena, TEXT("AuthorizationFailed"), id, NULL);
    IdParts parts = {0}, other = {0};
    id_parts(arena, id, &parts);
    const Shelf *shelf = &world->shelves[SHELF_RESOURCES];
    for (size_t i = 0; i < shelf->count; i++) {
        const Record *there = shelf->items[i];
        if (!id_parts(arena, there->id, &other) || !text_alike(other.type, parts.type)) continue;
        if (!text_alike(other.scope, parts.scope)) continue;
        bool same = true;
        for (size_t k = 0; k < COUNT(paths); k++)
            same &= text_alike(shape_text(there->value, paths[k]), shape_text(body, paths[k]));
        if (same && there != record)
            return refusal(arena, 409, "RoleAssignmentExists", (Text){0},
                           text_format(arena,
                                       "The role assignment already exists. The ID of the existing "
                                       "role assignment is %.*s.",
                                       TEXT_ARG(other.last)));
        if (!same && there == record)
            return refusal(
                arena, 400, "RoleAssignmentUpdateNotPermitted", (Text){0},
                TEXT("Tenant ID, application ID, principal ID, and scope are not allowed "
                     "to be updated."));
    }
    return NULL;
}

static const Value *vault_refused(const World *world, Arena *arena, Text id, const Value *body,
                                  const Record *record)
{
    IdParts parts = {0}, other = {0};
    id_parts(arena, id, &parts);
    if (record) return NULL;
    if (fault_holds(world, FAULT_NAME_TAKEN, NULL))
        return failure_value(arena, TEXT("VaultAlreadyExists"), id, NULL);
    bool recover = text_alike(shape_text(body, "properties.createMode"), TEXT("recover"));
    const Shelf *deleted = &world->shelves[SHELF_DELETED];
    for (size_t i = 0; i < deleted->count; i++) {
        if (!recover && text_alike(shape_text(deleted->items[i]->value, "name"), parts.last))
            return failure_value(arena, TEXT("ConflictError"), id, NULL);
    }
    const Shelf *shelf = &world->shelves[SHELF_RESOURCES];
    for (size_t i = 0; i < shelf->count; i++) {
        if (id_parts(arena, shelf->items[i]->id, &other) && text_alike(other.type, parts.type) &&
            text_alike(other.last, parts.last))
            return failure_value(arena, TEXT("VaultAlreadyExists"), id, NULL);
    }
    return NULL;
}

static const Value *label_refused(const World *world, Arena *arena, Text id, const Value *body,
                                  const Record *record)
{
    Text label = shape_text(body, "properties.dnsSettings.domainNameLabel");
    if (!label.length) return NULL;
    bool taken = !record && fault_holds(world, FAULT_NAME_TAKEN, NULL);
    const Shelf *shelf = &world->shelves[SHELF_RESOURCES];
    for (size_t i = 0; i < shelf->count && !taken; i++) {
        const Record *there = shelf->items[i];
        taken =
            there != record &&
            text_alike(shape_text(there->value, "properties.dnsSettings.domainNameLabel"), label) &&
            text_alike(shape_text(there->value, "location"),
                       location_name(arena, shape_text(body, "location")));
    }
    if (!taken) return NULL;
    return refusal(
        arena, 400, "DnsRecordInUse", id,
        text_format(arena,
                    "DNS record %.*s.%.*s.cloudapp.azure.com is already used by another public IP.",
                    TEXT_ARG(label), TEXT_ARG(location_name(arena, shape_text(body, "location")))));
}

// An `id` in the body of something of this subscription that is not there.
static Text missing_reference(const World *world, Arena *arena, Text own, const Value *value)
{
    Text missing = {0};
    if (value->kind == VALUE_ARRAY) {
        for (size_t i = 0; i < value->array.count && !missing.length; i++)
            missing = missing_reference(world, arena, own, value->array.items[i]);
    }
    if (value->kind != VALUE_OBJECT) return missing;
    for (size_t i = 0; i < value->object.count && !missing.length; i++) {
        ValueProperty property = value->object.items[i];
        if (!text_alike(property.name, TEXT("id")) || property.value->kind != VALUE_STRING) {
            missing = missing_reference(world, arena, own, property.value);
            continue;
        }
        Text id = property.value->string;
        bool ours =
            world_subscription(world, arena, id_subscription_name(id)) && id_group(id).length;
        if (ours && !text_within(id, own) && !resource_get(world, arena, id)) missing = id;
    }
    return missing;
}

static const Value *reference_refused(const World *world, Arena *arena, Text id, Text type,
                                      const Value *body)
{
    if (!text_starts_alike(type, "Microsoft.Network/") &&
        !text_starts_alike(type, "Microsoft.Compute/"))
        return NULL;
    const Value *properties = shape_at(body, "properties");
    Text missing = properties ? missing_reference(world, arena, id, properties) : (Text){0};
    if (!missing.length) return NULL;
    return refusal(
        arena, 400, "InvalidResourceReference", (Text){0},
        text_format(arena,
                    "Resource %.*s referenced by resource %.*s was not found. Please make "
                    "sure that the referenced resource exists, and that both resources "
                    "are in the same region.",
                    TEXT_ARG(missing), TEXT_ARG(id)));
}

const Value *provider_refuses(const World *world, Arena *arena, Text id, const Value *body,
                              const Record *record)
{
    IdParts parts = {0};
    id_parts(arena, id, &parts);
    const Value *refused = preflight_policy(world, arena, id, parts.type);
    if (!refused) refused = unknown_place(arena, parts.type, body);
    if (!refused && record) refused = other_place(arena, id, body, record->value);
    if (!refused && record && record->wished)
        refused = changed_property(arena, parts.type, body, record->wished);
    if (!refused && text_alike(parts.type, TEXT("Microsoft.Authorization/roleAssignments")))
        refused = assignment_refused(world, arena, id, body, record);
    if (!refused && text_alike(parts.type, TEXT("Microsoft.KeyVault/vaults")))
        refused = vault_refused(world, arena, id, body, record);
    if (!refused && text_alike(parts.type, TEXT("Microsoft.Network/publicIPAddresses")))
        refused = label_refused(world, arena, id, body, record);
    return refused ? refused : reference_refused(world, arena, id, parts.type, body);
}
