// emulator/preflight.c: sizes, quotas, names and rights: what is asked before a deployment.
#include "emulator/preflight.h"

#include "compiler/evaluate/shape.h"
#include "emulator/deployment.h"
#include "emulator/fault.h"
#include "emulator/handlers.h"
#include "emulator/resource.h"

#include <ctype.h>
#include <string.h>

typedef struct {
    const char *name, *family;
    int cores, memory, disk;
    const char *cpu, *generations;
} Size;

static const Size sizes[] = {
#define SIZE(name, family, cores, memory, disk, cpu, generations)                                  \
    {name, family, cores, memory, disk, cpu, generations},
#include "emulator/size.def"
#undef SIZE
};
enum { SIZE_COUNT = sizeof sizes / sizeof *sizes };

static const Size *size_named(Text name)
{
    for (size_t i = 0; i < SIZE_COUNT; i++) {
        if (text_alike(name, text_of(sizes[i].name))) return &sizes[i];
    }
    return NULL;
}

// ---- cores

typedef struct {
    Text size;
    double count;
} Machines;

// Of a virtual machine or a scale set; count 0 for everything else.
static Machines machines_of(const Value *resource)
{
    Text type = shape_text(resource, "type");
    Machines machines = {0};
    if (text_alike(type, TEXT("Microsoft.Compute/virtualMachines"))) {
        machines = (Machines){shape_text(resource, "properties.hardwareProfile.vmSize"), 1};
    } else if (text_alike(type, TEXT("Microsoft.Compute/virtualMachineScaleSets"))) {
        machines =
            (Machines){shape_text(resource, "sku.name"), shape_number(resource, "sku.capacity", 0)};
    }
    return machines;
}

// Cores in use of a family, or of all with NULL.
static double cores_used(const World *world, const char *family)
{
    double used = 0;
    const Shelf *shelf = &world->shelves[SHELF_RESOURCES];
    for (size_t i = 0; i < shelf->count; i++) {
        Machines machines = machines_of(shelf->items[i]->value);
        const Size *size = machines.count > 0 ? size_named(machines.size) : NULL;
        if (size && (!family || strcmp(size->family, family) == 0))
            used += machines.count * size->cores;
    }
    return used;
}

// With the fault, what is used now is all that there is.
static double core_limit(const World *world, const char *family)
{
    Text only = {0};
    if (!fault_holds(world, FAULT_QUOTA, &only)) return CORE_LIMIT;
    if (only.length && (!family || !text_alike(only, text_of(family)))) return CORE_LIMIT;
    return cores_used(world, family);
}

static const Value *quota_error(const World *world, Arena *arena, Text location, const char *family,
                                double needed)
{
    double limit = core_limit(world, family), used = cores_used(world, family);
    Text shown = family ? text_format(arena, "%s Cores", family) : TEXT("Total Regional Cores");
    Text message = text_format(
        arena,
        "Operation could not be completed as it results in exceeding approved %.*s quota. "
        "Additional details - Deployment Model: Resource Manager, Location: %.*s, Current Limit: "
        "%.0f, Current Usage: %.0f, Additional Required: %.0f, (Minimum) New Limit Required: %.0f. "
        "Setup Alerts when Quota reaches threshold. Learn more at "
        "https://aka.ms/quotamonitoringalerting . Submit a request for Quota increase at "
        "https://aka.ms/ProdportalCRP/#blade/Microsoft_Azure_Capacity/UsageAndQuota.ReactView .",
        TEXT_ARG(shown), TEXT_ARG(location), limit, used, needed, used + needed);
    return shape_make(arena, "{code:'QuotaExceeded',message:%t}", message);
}

// One error a family at most, then the region's.
static void check_cores(const World *world, Arena *arena, const Machines *all, size_t count,
                        Text location, Value *errors)
{
    double total = 0;
    for (size_t i = 0; i < count; i++) {
        const Size *size = size_named(all[i].size);
        if (!size) continue;
        double family = 0;
        bool first = true;
        for (size_t k = 0; k < count; k++) {
            const Size *other = size_named(all[k].size);
            bool same = other && strcmp(other->family, size->family) == 0;
            first &= !same || k >= i;
            if (same) family += all[k].count * other->cores;
        }
        total += all[i].count * size->cores;
        if (first && cores_used(world, size->family) + family > core_limit(world, size->family))
            value_append(arena, errors, quota_error(world, arena, location, size->family, family));
    }
    if (cores_used(world, NULL) + total > core_limit(world, NULL))
        value_append(arena, errors, quota_error(world, arena, location, NULL, total));
}

static const Value *sold_out(const World *world, Arena *arena, Text size, Text location)
{
    Text restricted = {0};
    if (size_named(size) &&
        !(fault_holds(world, FAULT_SOLD_OUT, &restricted) && text_alike(restricted, size)))
        return NULL;
    return shape_make(
        arena, "{code:'SkuNotAvailable',message:%t}",
        text_format(arena,
                    "The requested VM size for resource 'Following SKUs have failed for Capacity "
                    "Restrictions: %.*s' is currently not available in location '%.*s'. Please try "
                    "another size or deploy to a different location or different zone. See "
                    "https://aka.ms/azureskunotavailable for details.",
                    TEXT_ARG(size), TEXT_ARG(location)));
}

// ---- policies

const Value *preflight_policy(const World *world, Arena *arena, Text id, Text type)
{
    Text policy = fault_policy(world, type);
    IdParts parts = {0};
    if (!policy.at || !id_parts(arena, id, &parts)) return NULL;
    Text assignment = text_format(
        arena, "/subscriptions/%.*s/providers/Microsoft.Authorization/policyAssignments/local",
        TEXT_ARG(id_subscription_name(id)));
    const Value *info = shape_make(
        arena,
        "{policyDefinitionDisplayName:%t,policyAssignmentDisplayName:%t,policyAssignmentId:%t,"
        "policyDefinitionEffect:'deny',evaluationDetails:{evaluatedExpressions:[{result:'True',"
        "expressionKind:'Field',expression:'type',path:'type',expressionValue:%t,targetValue:%t,"
        "operator:'Equals'}]}}",
        policy, policy, assignment, type, type);
    Text message = text_format(
        arena,
        "Resource '%.*s' was disallowed by policy. Policy identifiers: '[{\"policyAssignment\":"
        "{\"name\":\"%.*s\",\"id\":\"%.*s\"}}]'.",
        TEXT_ARG(parts.last), TEXT_ARG(policy), TEXT_ARG(assignment));
    return shape_make(arena,
                      "{status:403,code:'RequestDisallowedByPolicy',target:%t,message:%t,"
                      "additionalInfo:[{type:'PolicyViolation',info:%v}]}",
                      parts.last, message, info);
}

// ---- a template

typedef struct {
    const World *world;
    Arena *arena;
    Text location;
    Machines *machines;
    size_t count, room;
    Value *errors;
} Check;

static void add_machines(Check *self, const TemplateResource *resource, const Value *body)
{
    Machines machines = body ? machines_of(body) : (Machines){0};
    // What runs already has its cores.
    const Record *there = world_find(self->world, SHELF_RESOURCES, resource->id);
    if (there) machines.count -= machines_of(there->value).count;
    if (machines.count <= 0) return;
    const Value *none = sold_out(self->world, self->arena, machines.size, self->location);
    if (none) {
        value_append(self->arena, self->errors, none);
        return;
    }
    if (self->count == self->room) {
        size_t room = self->room ? 2 * self->room : 16;
        self->machines = arena_grow(self->arena, self->machines, self->room * sizeof(Machines),
                                    room * sizeof(Machines));
        self->room = room;
    }
    self->machines[self->count++] = machines;
}

static void check_template(Check *self, Template *template)
{
    size_t count;
    const TemplateResource *resources = template_resources(template, &count);
    for (size_t i = 0; i < count; i++) {
        TemplateProblem problem = {0};
        if (resources[i].existing) continue;
        if (resources[i].nested) {
            Template *nested = template_nested(template, i, NULL, &problem);
            if (nested) check_template(self, nested);
            continue;
        }
        const Value *forbidden =
            preflight_policy(self->world, self->arena, resources[i].id, resources[i].type);
        if (forbidden)
            value_append(self->arena, self->errors,
                         shape_with(self->arena, forbidden, "status", NULL));
        if (text_starts_alike(resources[i].type, "Microsoft.Compute/virtualMachine"))
            add_machines(self, &resources[i], template_body(template, i, NULL, &problem));
    }
}

const Value *preflight_template(World *world, Arena *arena, Template *template, Text location)
{
    Check check = {.world = world, .arena = arena, .location = location};
    check.errors = value_array(arena);
    check_template(&check, template);
    check_cores(world, arena, check.machines, check.count, location, check.errors);
    return check.errors;
}

// ---- Microsoft.Compute: sizes and usage

static const Value *capability(Arena *arena, const char *name, Text value)
{
    return shape_make(arena, "{name:%s,value:%t}", name, value);
}

static const Value *restrictions(const World *world, Arena *arena, const Size *size, Text location)
{
    Text restricted = {0};
    Value *items = value_array(arena);
    if (fault_holds(world, FAULT_SOLD_OUT, &restricted) &&
        text_alike(restricted, text_of(size->name)))
        value_append(arena, items,
                     shape_make(arena,
                                "{type:'Location',values:[%t],restrictionInfo:{locations:[%t]},"
                                "reasonCode:'NotAvailableForSubscription'}",
                                location, location));
    return items;
}

static const Value *sku_value(const World *world, Arena *arena, const Size *size, Text location)
{
    Value *capabilities = value_array(arena);
    bool disk = size->disk > 0;
    const struct {
        const char *name;
        Text value;
    } all[] = {
        {"MaxResourceVolumeMB", text_format(arena, "%d", size->disk)},
        {"OSVhdSizeMB", TEXT("1047552")},
        {"vCPUs", text_format(arena, "%d", size->cores)},
        {"MemoryGB", text_format(arena, "%d", size->memory)},
        {"MaxDataDiskCount", text_format(arena, "%d", size->cores * 2)},
        {"CpuArchitectureType", text_of(size->cpu)},
        {"LowPriorityCapable", TEXT("True")},
        {"PremiumIO", TEXT("True")},
        {"VMDeploymentTypes", TEXT("IaaS")},
        {"vCPUsAvailable", text_format(arena, "%d", size->cores)},
        {"HyperVGenerations", text_of(size->generations)},
        {"EphemeralOSDiskSupported", disk ? TEXT("True") : TEXT("False")},
        {"EncryptionAtHostSupported", TEXT("True")},
        {"AcceleratedNetworkingEnabled", size->cores > 1 ? TEXT("True") : TEXT("False")},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        value_append(arena, capabilities, capability(arena, all[i].name, all[i].value));
    Text tail = text_of(size->name);
    tail = text_slice(tail, strlen("Standard_"), tail.length);
    return shape_make(arena,
                      "{resourceType:'virtualMachines',name:%s,tier:'Standard',size:%t,family:%s,"
                      "locations:[%t],locationInfo:[{location:%t,zones:['1','2','3'],"
                      "zoneDetails:[]}],capabilities:%v,restrictions:%v}",
                      size->name, tail, size->family, location, location, capabilities,
                      restrictions(world, arena, size, location));
}

// "location eq 'westeurope'"; without a filter, of one region only: Azure's answer has 60 MB.
void skus_list(Exchange *exchange)
{
    Arena *arena = exchange->arena;
    Text filter = exchange_query(exchange, "$filter"), location = TEXT("westeurope");
    const char *from = filter.length ? memchr(filter.at, '\'', filter.length) : NULL;
    if (from) {
        Text rest = text_slice(filter, (size_t)(from - filter.at) + 1, filter.length);
        const char *to = memchr(rest.at, '\'', rest.length);
        if (to) location = location_name(arena, text_slice(rest, 0, (size_t)(to - rest.at)));
    }
    Value *items = value_array(arena);
    for (size_t i = 0; i < SIZE_COUNT && location_known(location); i++)
        value_append(arena, items, sku_value(exchange->world, arena, &sizes[i], location));
    answer_page(exchange, items, 0);
}

static const Value *usage(const World *world, Arena *arena, const char *family)
{
    Text shown = family ? text_format(arena, "%s vCPUs", family) : TEXT("Total Regional vCPUs");
    return shape_make(arena,
                      "{limit:%i,unit:'Count',currentValue:%i,name:{value:%s,localizedValue:%t}}",
                      (int64_t)core_limit(world, family), (int64_t)cores_used(world, family),
                      family ? family : "cores", shown);
}

void compute_usages(Exchange *exchange)
{
    Arena *arena = exchange->arena;
    Value *items = value_array(arena);
    value_append(arena, items, usage(exchange->world, arena, NULL));
    for (size_t i = 0; i < SIZE_COUNT; i++) {
        bool first = i == 0 || strcmp(sizes[i].family, sizes[i - 1].family) != 0;
        if (first) value_append(arena, items, usage(exchange->world, arena, sizes[i].family));
    }
    answer_page(exchange, items, 0);
}

static double count_of(const World *world, const char *type)
{
    double count = 0;
    const Shelf *shelf = &world->shelves[SHELF_RESOURCES];
    for (size_t i = 0; i < shelf->count; i++)
        count += text_alike(shape_text(shelf->items[i]->value, "type"), text_of(type));
    return count;
}

void network_usages(Exchange *exchange)
{
    static const struct {
        const char *name, *shown, *type;
        int limit;
    } rows[] = {
        {"VirtualNetworks", "Virtual Networks", "Microsoft.Network/virtualNetworks", 1000},
        {"NetworkSecurityGroups", "Network Security Groups",
         "Microsoft.Network/networkSecurityGroups", 5000},
        {"PublicIPAddresses", "Public IP Addresses", "Microsoft.Network/publicIPAddresses", 1000},
        {"StandardSkuPublicIpAddresses", "Public IPv4 Addresses - Standard",
         "Microsoft.Network/publicIPAddresses", 20},
        {"LoadBalancers", "Load Balancers", "Microsoft.Network/loadBalancers", 1000},
        {"NatGateways", "Nat Gateways", "Microsoft.Network/natGateways", 200},
        {"NetworkInterfaces", "Network Interfaces", "Microsoft.Network/networkInterfaces", 65536},
    };
    Arena *arena = exchange->arena;
    Value *items = value_array(arena);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        value_append(arena, items,
                     shape_make(arena,
                                "{limit:%i,unit:'Count',currentValue:%i,name:{value:%s,"
                                "localizedValue:%s}}",
                                (int64_t)rows[i].limit,
                                (int64_t)count_of(exchange->world, rows[i].type), rows[i].name,
                                rows[i].shown));
    answer_page(exchange, items, 0);
}

// ---- names

static bool name_in_use(const World *world, Text type, Text name)
{
    const Shelf *shelf = &world->shelves[SHELF_RESOURCES];
    for (size_t i = 0; i < shelf->count; i++) {
        if (text_alike(shape_text(shelf->items[i]->value, "type"), type) &&
            text_alike(shape_text(shelf->items[i]->value, "name"), name))
            return true;
    }
    const Shelf *deleted = &world->shelves[SHELF_DELETED];
    for (size_t i = 0; i < deleted->count; i++) {
        if (text_alike(type, TEXT("Microsoft.KeyVault/vaults")) &&
            text_alike(shape_text(deleted->items[i]->value, "name"), name))
            return true;
    }
    return fault_holds(world, FAULT_NAME_TAKEN, NULL);
}

static bool good_name(Text name, bool hyphens)
{
    for (size_t i = 0; i < name.length; i++) {
        char c = name.at[i];
        bool letter = isdigit((unsigned char)c) || (c >= 'a' && c <= 'z');
        if (!letter && !(hyphens && (c == '-' || (c >= 'A' && c <= 'Z')))) return false;
    }
    return name.length >= 3 && name.length <= 24;
}

// Of vaults and of storage accounts: {name, type}.
void name_check(Exchange *exchange)
{
    Text name = shape_text(exchange->body, "name");
    Text vaults = text_format(exchange->arena, "/subscriptions/%.*s/providers/Microsoft.KeyVault",
                              TEXT_ARG(exchange->words[0]));
    bool vault = text_within(exchange->path, vaults);
    Text type =
        vault ? TEXT("Microsoft.KeyVault/vaults") : TEXT("Microsoft.Storage/storageAccounts");
    bool good = good_name(name, vault), taken = name_in_use(exchange->world, type, name);
    const char *reason = !good ? "AccountNameInvalid" : taken ? "AlreadyExists" : NULL;
    Text message =
        !good   ? TEXT("The name must be 3 to 24 characters, letters and digits.")
        : taken ? text_format(exchange->arena, "The name '%.*s' is already in use.", TEXT_ARG(name))
                : (Text){0};
    answer(exchange, 200,
           shape_make(exchange->arena, "{nameAvailable:%b,reason:%s,message:%t}", good && !taken,
                      reason, message));
}

// ?domainNameLabel=
void dns_check(Exchange *exchange)
{
    Text label = exchange_query(exchange, "domainnamelabel");
    bool taken = fault_holds(exchange->world, FAULT_NAME_TAKEN, NULL);
    const Shelf *shelf = &exchange->world->shelves[SHELF_RESOURCES];
    for (size_t i = 0; i < shelf->count && !taken; i++) {
        const Value *value = shelf->items[i]->value;
        taken = text_alike(shape_text(value, "properties.dnsSettings.domainNameLabel"), label) &&
                text_alike(shape_text(value, "location"), exchange->words[1]);
    }
    answer(exchange, 200, shape_make(exchange->arena, "{available:%b}", !taken));
}

// ---- rights

void permissions_list(Exchange *exchange)
{
    bool contributor = fault_holds(exchange->world, FAULT_DENY, NULL);
    answer(exchange, 200,
           shape_make(exchange->arena,
                      contributor
                          ? "{value:[{actions:['*'],notActions:['Microsoft.Authorization/*/Delete',"
                            "'Microsoft.Authorization/*/Write',"
                            "'Microsoft.Authorization/elevateAccess/Action'],dataActions:[],"
                            "notDataActions:[]}]}"
                          : "{value:[{actions:['*'],notActions:[],dataActions:[],"
                            "notDataActions:[]}]}"));
}

// ---- providers

typedef struct {
    const char *name;
    bool registered;
    const char *types;
} Namespace;

static const Namespace namespaces[] = {
#define NAMESPACE(name, registered, types) {name, registered, types},
#include "emulator/namespace.def"
#undef NAMESPACE
};
enum { NAMESPACE_COUNT = sizeof namespaces / sizeof *namespaces };

// All subscriptions have the same ones registered.
static Text provider_id(const World *world, Arena *arena, const char *name)
{
    return text_format(arena, "/subscriptions/%.*s/providers/%s", TEXT_ARG(world->subscriptions[0]),
                       name);
}

static const Value *provider_value(const World *world, Arena *arena, const Namespace *provider)
{
    Text id = provider_id(world, arena, provider->name);
    bool registered = provider->registered || world_find(world, SHELF_PROVIDERS, id);
    Value *types = value_array(arena);
    for (const char *at = provider->types; *at;) {
        size_t length = strcspn(at, " ");
        value_append(
            arena, types,
            shape_make(arena,
                       "{resourceType:%t,locations:['West Europe','North Europe','East US'],"
                       "apiVersions:['2026-04-01','2025-07-01','2024-03-01','2022-09-01',"
                       "'2021-04-01'],zoneMappings:[],capabilities:'SupportsTags, "
                       "SupportsLocation'}",
                       (Text){at, length}));
        at += length + (at[length] == ' ');
    }
    return shape_make(arena,
                      "{id:%t,namespace:%s,registrationState:%s,registrationPolicy:"
                      "'RegistrationRequired',resourceTypes:%v}",
                      id, provider->name, registered ? "Registered" : "NotRegistered", types);
}

static const Namespace *namespace_needed(Exchange *exchange)
{
    for (size_t i = 0; i < NAMESPACE_COUNT; i++) {
        if (text_alike(exchange->words[1], text_of(namespaces[i].name))) return &namespaces[i];
    }
    refuse(exchange, 404, "InvalidResourceNamespace", "The resource namespace '%.*s' is invalid.",
           TEXT_ARG(exchange->words[1]));
    return NULL;
}

void providers_list(Exchange *exchange)
{
    Value *items = value_array(exchange->arena);
    for (size_t i = 0; i < NAMESPACE_COUNT; i++)
        value_append(exchange->arena, items,
                     provider_value(exchange->world, exchange->arena, &namespaces[i]));
    answer_page(exchange, items, 0);
}

void provider_get(Exchange *exchange)
{
    const Namespace *provider = namespace_needed(exchange);
    if (provider) answer(exchange, 200, provider_value(exchange->world, exchange->arena, provider));
}

void preflight_register(World *world, Arena *arena, Text type)
{
    for (size_t i = 0; i < NAMESPACE_COUNT; i++) {
        Text id = provider_id(world, arena, namespaces[i].name);
        if (!namespaces[i].registered && text_within(type, text_of(namespaces[i].name)) &&
            !world_find(world, SHELF_PROVIDERS, id))
            world_put(world, SHELF_PROVIDERS, id, value_object(arena), NULL);
    }
}

void provider_register(Exchange *exchange)
{
    const Namespace *provider = namespace_needed(exchange);
    if (!provider) return;
    preflight_register(exchange->world, exchange->arena,
                       text_format(exchange->arena, "%s/", provider->name));
    answer(exchange, 200, provider_value(exchange->world, exchange->arena, provider));
}
