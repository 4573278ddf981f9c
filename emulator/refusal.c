// emulator/refusal.c
#include "emulator/refusal.h"

#include "compiler/evaluate/shape.h"
#include "emulator/fault.h"
#include "emulator/preflight.h"
#include "emulator/resource.h"

#define GIVEN(type, path, from, text)
#define WRITE_ONLY(type, path)
#define FIXED(type, path, shown) {type, path, shown},

static const struct {
    const char *type, *path, *shown;
} fixed[] = {
#include "emulator/provider.def"
};

static const Value *refusal(Arena *arena, int status, const char *code, Text target, Text message)
{
    return shape_make(arena, "{status:%i,code:%s,target:%t,message:%t}", (int64_t)status, code,
                      target, message);
}

static const Value *changed_property(Arena *arena, Text type, const Value *body,
                                     const Value *wished)
{
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++) {
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
        for (size_t k = 0; k < sizeof paths / sizeof *paths; k++)
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
    bool kept = false;
    for (size_t i = 0; i < deleted->count; i++)
        kept |= text_alike(shape_text(deleted->items[i]->value, "name"), parts.last);
    if (kept != recover)
        return failure_value(
            arena, kept ? TEXT("ConflictError") : TEXT("SoftDeletedVaultDoesNotExist"), id, NULL);
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

// Types that let subnets in, the service that these must have an endpoint for, and how they refuse:
// `before` a code `between` a message.
static const struct {
    const char *type, *service, *code, *before, *between;
} guarded[] = {
    {"Microsoft.KeyVault/vaults", "Microsoft.KeyVault", "VirtualNetworkNotValid",
     "Operation on Virtual Network could not be performed. StatusCode: 400 (BadRequest). Error "
     "Code: ",
     ". Error Message: "},
    {"Microsoft.Storage/storageAccounts", "Microsoft.Storage", "NetworkAclsValidationFailure",
     "Validation of network acls failure: ", ":"},
};

static bool has_endpoint(const Value *subnet, const char *service)
{
    const Value *endpoints = shape_list(subnet, "properties.serviceEndpoints");
    for (size_t i = 0; i < endpoints->array.count; i++) {
        if (text_starts_alike(shape_text(endpoints->array.items[i], "service"), service))
            return true;
    }
    return false;
}

// Why the subnet `id` cannot be let in, `*code` says it in a word; empty if it can.
static Text subnet_problem(const World *world, Arena *arena, Text id, const char *service,
                           const char **code)
{
    const Value *subnet = resource_get(world, arena, id);
    if (!subnet && !world_subscription(world, arena, id_subscription_name(id))) return (Text){0};
    IdParts parts = {0};
    id_parts(arena, id, &parts);
    Text network = id_parent(id);
    *code = "VirtualNetworkNotFound";
    if (!subnet)
        return text_format(arena, "Could not find virtual network %.*s.", TEXT_ARG(network));
    if (has_endpoint(subnet, service)) return (Text){0};
    *code = "SubnetsHaveNoServiceEndpointsConfigured";
    return text_format(arena,
                       "Subnets %.*s of virtual network %.*s do not have ServiceEndpoints for %s "
                       "resources configured. Add %s to subnet's ServiceEndpoints collection "
                       "before trying to ACL %s resources to these subnets.",
                       TEXT_ARG(parts.last), TEXT_ARG(network), service, service, service);
}

static const Value *subnets_refused(const World *world, Arena *arena, Text type, const Value *body)
{
    const Value *rules = shape_list(body, "properties.networkAcls.virtualNetworkRules");
    for (size_t r = 0; r < sizeof guarded / sizeof *guarded; r++) {
        if (!text_alike(type, text_of(guarded[r].type))) continue;
        for (size_t i = 0; i < rules->array.count; i++) {
            const char *code;
            Text why = subnet_problem(world, arena, shape_text(rules->array.items[i], "id"),
                                      guarded[r].service, &code);
            if (!why.length) continue;
            return refusal(arena, 400, guarded[r].code, (Text){0},
                           text_format(arena, "%s%s%s%.*s.", guarded[r].before, code,
                                       guarded[r].between, TEXT_ARG(why)));
        }
    }
    return NULL;
}

const Value *refusal_of_provider(const World *world, Arena *arena, Text id, const Value *body,
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
    if (!refused) refused = subnets_refused(world, arena, parts.type, body);
    if (!refused && text_alike(parts.type, TEXT("Microsoft.Network/publicIPAddresses")))
        refused = label_refused(world, arena, id, body, record);
    return refused ? refused : reference_refused(world, arena, id, parts.type, body);
}
