// deploy/preflight.c: a table of checks.
#include "deploy/preflight.h"

#include "compiler/evaluate/shape.h"
#include "deploy/interrupt.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

// A machine or a scale set of the template.
typedef struct {
    Text symbol, size, location;
    const Value *zones; // NULL: none
    int64_t now, most;  // machines that are to be there; more than today, and at most
    bool spot;
    const Value *sku; // as Azure describes the size; NULL: not known
} Machines;

typedef struct {
    Machines *items;
    size_t count, room;
} MachineList;

typedef struct {
    Arena *arena;
    Manager *manager;
    const PreflightWanted *wanted;
    Text subscription; // ID: /subscriptions/…
    const TemplateResource *resources;
    const Value **bodies;
    size_t count;
    MachineList machines;
    Findings findings;
} Preflight;

// ---- tools

static void find(Preflight *self, Finding finding)
{
    list_add(self->arena, &self->findings, finding);
}

#define SENTENCE(...) text_format(self->arena, __VA_ARGS__)

static bool is_type(const TemplateResource *resource, const char *type)
{
    return existing_same(resource->type, text_of(type));
}

static bool is_there(const Preflight *self, const TemplateResource *resource)
{
    return existing_find(self->wanted->existing->resources, resource->id) != NULL;
}

// NULL if Azure does not answer; that is no finding.
static const Value *ask(Preflight *self, Text path, const char *version)
{
    Failure failure = {0};
    return manager_get(self->manager, path, version, &failure);
}

static const Value *ask_list(Preflight *self, Text path, const char *version)
{
    Failure failure = {0};
    return manager_list(self->manager, path, version, &failure);
}

static bool has_text(const Value *list, Text text)
{
    for (size_t i = 0; list && list->kind == VALUE_ARRAY && i < list->array.count; i++) {
        const Value *item = list->array.items[i];
        if (item->kind == VALUE_STRING && existing_same(item->string, text)) return true;
    }
    return false;
}

static int64_t integer_of(const Value *value)
{
    if (value && value->kind == VALUE_INT) return value->integer;
    if (value && value->kind == VALUE_STRING) return atoll(value->string.at); // "10"
    return 0;
}

// ---- what the template wants

// The most machines that autoscale may make of the set.
static int64_t most_of(const Preflight *self, Text set, int64_t now)
{
    int64_t most = now;
    for (size_t i = 0; i < self->count; i++) {
        const Value *body = self->bodies[i];
        if (!is_type(&self->resources[i], "Microsoft.Insights/autoscaleSettings") ||
            !existing_same(shape_text(body, "properties.targetResourceUri"), set))
            continue;
        const Value *profiles = shape_at(body, "properties.profiles");
        for (size_t p = 0; profiles && p < profiles->array.count; p++) {
            Text maximum = shape_text(profiles->array.items[p], "capacity.maximum");
            int64_t number = maximum.length ? atoll(text_string(self->arena, maximum)) : 0;
            if (number > most) most = number;
        }
    }
    return most;
}

static void add_machine(Preflight *self, const TemplateResource *resource, const Value *body)
{
    bool there = existing_find(self->wanted->existing->machines, resource->id) != NULL;
    Machines machines = {.symbol = resource->symbol,
                         .size = shape_text(body, "properties.hardwareProfile.vmSize"),
                         .location = shape_text(body, "location"),
                         .zones = shape_at(body, "zones"),
                         .now = !there,
                         .most = !there};
    list_add(self->arena, &self->machines, machines);
}

static void add_set(Preflight *self, const TemplateResource *resource, const Value *body)
{
    const Value *set = existing_find(self->wanted->existing->sets, resource->id);
    int64_t runs = integer_of(shape_at(set, "sku.capacity"));
    int64_t now = integer_of(shape_at(body, "sku.capacity"));
    Text priority = shape_text(body, "properties.virtualMachineProfile.priority");
    Machines machines = {.symbol = resource->symbol,
                         .size = shape_text(body, "sku.name"),
                         .location = shape_text(body, "location"),
                         .zones = shape_at(body, "zones"),
                         .now = now - runs,
                         .most = most_of(self, resource->id, now) - runs,
                         .spot = existing_same(priority, TEXT("Spot"))};
    list_add(self->arena, &self->machines, machines);
}

static void read_template(Preflight *self)
{
    self->resources = template_resources(self->wanted->known, &self->count);
    self->bodies = arena_array(self->arena, const Value *, self->count);
    for (size_t i = 0; i < self->count; i++) {
        TemplateProblem problem;
        if (self->resources[i].existing || self->resources[i].nested) continue;
        self->bodies[i] = template_body(self->wanted->known, i, NULL, &problem);
    }
    for (size_t i = 0; i < self->count; i++) {
        const TemplateResource *resource = &self->resources[i];
        if (!self->bodies[i]) continue;
        if (is_type(resource, "Microsoft.Compute/virtualMachines"))
            add_machine(self, resource, self->bodies[i]);
        if (is_type(resource, "Microsoft.Compute/virtualMachineScaleSets"))
            add_set(self, resource, self->bodies[i]);
    }
}

// Where the machines are made; all are in one place.
static Text place(const Preflight *self)
{
    Text location = self->machines.count ? self->machines.items[0].location : (Text){0};
    return location.length ? location : self->wanted->location;
}

// ---- the group

static bool same_place(Text a, Text b)
{
    size_t i = 0, j = 0;
    for (;;) { // "West Europe" is westeurope
        while (i < a.length && a.at[i] == ' ') i++;
        while (j < b.length && b.at[j] == ' ') j++;
        if (i == a.length || j == b.length) return i == a.length && j == b.length;
        if (tolower((unsigned char)a.at[i++]) != tolower((unsigned char)b.at[j++])) return false;
    }
}

static void look_at_region(Preflight *self)
{
    Text is = self->wanted->existing->location, asked = self->wanted->asked;
    if (!is.length || !asked.length || same_place(is, asked)) return;
    find(self,
         (Finding){SENTENCE("the resource group is in %.*s, not in %.*s, and stays there",
                            TEXT_ARG(is), TEXT_ARG(asked)),
                   SENTENCE("leave --location out; or -p location=%.*s makes what is new there",
                            TEXT_ARG(asked)),
                   false,
                   FIX_NONE,
                   {0},
                   {0}});
}

static void look_at_locks(Preflight *self)
{
    Text path =
        SENTENCE("%.*s/providers/Microsoft.Authorization/locks", TEXT_ARG(self->wanted->group));
    const Value *locks = ask_list(self, path, "2020-05-01");
    for (size_t i = 0; locks && i < locks->array.count; i++) {
        const Value *lock = locks->array.items[i];
        if (!existing_same(shape_text(lock, "properties.level"), TEXT("ReadOnly"))) continue;
        find(self,
             (Finding){
                 SENTENCE("the lock '%.*s' forbids changes", TEXT_ARG(shape_text(lock, "name"))),
                 SENTENCE("az lock delete --ids %.*s", TEXT_ARG(shape_text(lock, "id"))),
                 true,
                 FIX_NONE,
                 {0},
                 {0}});
    }
}

// ---- the right to give roles

// Azure's patterns: '*' is any text.
static bool matches(const char *pattern, const char *end, const char *action)
{
    for (; pattern < end && *pattern != '*'; pattern++, action++) {
        if (tolower((unsigned char)*pattern) != tolower((unsigned char)*action)) return false;
    }
    if (pattern == end) return !*action;
    do {
        if (matches(pattern + 1, end, action)) return true;
    } while (*action++);
    return false;
}

static bool any_matches(const Value *patterns, const char *action)
{
    for (size_t i = 0; patterns && i < patterns->array.count; i++) {
        Text pattern = patterns->array.items[i]->string;
        if (matches(pattern.at, pattern.at + pattern.length, action)) return true;
    }
    return false;
}

static void look_at_rights(Preflight *self)
{
    static const char action[] = "Microsoft.Authorization/roleAssignments/write";
    bool gives = false;
    for (size_t i = 0; i < self->count; i++)
        gives |= is_type(&self->resources[i], "Microsoft.Authorization/roleAssignments");
    Text path = SENTENCE("%.*s/providers/Microsoft.Authorization/permissions",
                         TEXT_ARG(self->wanted->group));
    const Value *rights = gives ? ask_list(self, path, "2022-04-01") : NULL;
    bool may = !rights;
    for (size_t i = 0; rights && i < rights->array.count; i++) {
        const Value *right = rights->array.items[i];
        may |= any_matches(shape_at(right, "actions"), action) &&
               !any_matches(shape_at(right, "notActions"), action);
    }
    if (may) return;
    find(self,
         (Finding){
             TEXT("you may not give roles here, and the machines need some to read their secrets"),
             SENTENCE("let an owner run: az role assignment create --assignee %.*s --role 'Role "
                      "Based Access Control Administrator' --scope %.*s",
                      TEXT_ARG(manager_object(self->manager)), TEXT_ARG(self->wanted->group)),
             true,
             FIX_NONE,
             {0},
             {0}});
}

// ---- providers

static Text provider_of(const TemplateResource *resource)
{
    size_t length = 0;
    while (length < resource->type.length && resource->type.at[length] != '/') length++;
    return text_slice(resource->type, 0, length);
}

// Resource Manager registers what a template needs by itself, if who deploys may do so.
static void look_at_providers(Preflight *self)
{
    Text path = SENTENCE("%.*s/providers", TEXT_ARG(self->subscription));
    const Value *providers = self->count ? ask_list(self, path, "2021-04-01") : NULL;
    for (size_t i = 0; providers && i < providers->array.count; i++) {
        const Value *provider = providers->array.items[i];
        Text name = shape_text(provider, "namespace");
        Text state = shape_text(provider, "registrationState");
        bool used = false;
        for (size_t r = 0; r < self->count && !used; r++)
            used = existing_same(provider_of(&self->resources[r]), name);
        if (!used || existing_same(state, TEXT("Registered"))) continue;
        find(self,
             (Finding){SENTENCE("the subscription is not registered for %.*s", TEXT_ARG(name)),
                       SENTENCE("az provider register --wait --namespace %.*s", TEXT_ARG(name)),
                       false,
                       FIX_REGISTER,
                       name,
                       {0}});
    }
}

// ---- sizes

static Text zones_of(Preflight *self, const Value *zones)
{
    TextBuffer out = {.arena = self->arena};
    for (size_t i = 0; zones && i < zones->array.count; i++)
        buffer_format(&out, "%s%.*s", i ? ", " : "", TEXT_ARG(zones->array.items[i]->string));
    return buffer_done(&out);
}

// Whether the subscription may not use the size there: in the region, or in that zone.
static bool restricted(const Value *sku, const Text *zone)
{
    const Value *restrictions = shape_at(sku, "restrictions");
    for (size_t i = 0; restrictions && i < restrictions->array.count; i++) {
        const Value *one = restrictions->array.items[i];
        bool whole = existing_same(shape_text(one, "type"), TEXT("Location"));
        if (!zone && whole) return true;
        if (zone && !whole && has_text(shape_at(one, "restrictionInfo.zones"), *zone)) return true;
    }
    return false;
}

static void look_at_zones(Preflight *self, const Machines *machines)
{
    const Value *where = shape_at(machines->sku, "locationInfo");
    const Value *offered =
        where && where->array.count ? shape_at(where->array.items[0], "zones") : NULL;
    for (size_t i = 0; machines->zones && i < machines->zones->array.count; i++) {
        Text zone = machines->zones->array.items[i]->string;
        if (has_text(offered, zone) && !restricted(machines->sku, &zone)) continue;
        Text known = zones_of(self, offered);
        find(self,
             (Finding){SENTENCE("%.*s: size %.*s is not offered to you in zone %.*s of %.*s",
                                TEXT_ARG(machines->symbol), TEXT_ARG(machines->size),
                                TEXT_ARG(zone), TEXT_ARG(place(self))),
                       known.length ? SENTENCE("it has zones %.*s: say so under zones, or choose "
                                               "another size",
                                               TEXT_ARG(known))
                                    : SENTENCE("zones: [] makes machines without zones"),
                       true,
                       FIX_NONE,
                       {0},
                       {0}});
    }
}

static void look_at_sizes(Preflight *self)
{
    Text path =
        SENTENCE("%.*s/providers/Microsoft.Compute/skus?api-version=2021-07-01&$filter=location"
                 "%%20eq%%20'%.*s'",
                 TEXT_ARG(self->subscription), TEXT_ARG(place(self)));
    const Value *skus = self->machines.count ? ask_list(self, path, NULL) : NULL;
    if (!skus || !skus->array.count) return;
    for (size_t m = 0; m < self->machines.count; m++) {
        Machines *machines = &self->machines.items[m];
        for (size_t i = 0; i < skus->array.count && !machines->sku; i++) {
            const Value *sku = skus->array.items[i];
            bool same = existing_same(shape_text(sku, "name"), machines->size) &&
                        existing_same(shape_text(sku, "resourceType"), TEXT("virtualMachines"));
            if (same) machines->sku = sku;
        }
        if (machines->sku && !restricted(machines->sku, NULL)) {
            look_at_zones(self, machines);
            continue;
        }
        find(self, (Finding){SENTENCE("%.*s: size %.*s is not offered to you in %.*s",
                                      TEXT_ARG(machines->symbol), TEXT_ARG(machines->size),
                                      TEXT_ARG(place(self))),
                             SENTENCE("choose another size or region: az vm list-skus -l %.*s "
                                      "--resource-type virtualMachines -o table",
                                      TEXT_ARG(place(self))),
                             true,
                             FIX_NONE,
                             {0},
                             {0}});
    }
}

// ---- quotas

static int64_t cores_of(const Value *sku)
{
    const Value *all = shape_at(sku, "capabilities");
    for (size_t i = 0; all && i < all->array.count; i++) {
        const Value *one = all->array.items[i];
        if (existing_same(shape_text(one, "name"), TEXT("vCPUs")))
            return integer_of(shape_at(one, "value"));
    }
    return 0;
}

// Cores that count against the quota of that name: a family, all ("cores"), or Spot.
static int64_t cores_for(const Preflight *self, Text quota, bool most)
{
    int64_t cores = 0;
    for (size_t i = 0; i < self->machines.count; i++) {
        const Machines *machines = &self->machines.items[i];
        bool family = existing_same(shape_text(machines->sku, "family"), quota);
        bool counts =
            machines->spot ? text_is(quota, "lowPriorityCores") : family || text_is(quota, "cores");
        if (counts) cores += (most ? machines->most : machines->now) * cores_of(machines->sku);
    }
    return cores;
}

static void look_at_quotas(Preflight *self)
{
    Text path = SENTENCE("%.*s/providers/Microsoft.Compute/locations/%.*s/usages",
                         TEXT_ARG(self->subscription), TEXT_ARG(place(self)));
    const Value *usages = self->machines.count ? ask_list(self, path, "2024-07-01") : NULL;
    for (size_t i = 0; usages && i < usages->array.count; i++) {
        const Value *usage = usages->array.items[i];
        Text name = shape_text(usage, "name.value"),
             shown = shape_text(usage, "name.localizedValue");
        int64_t left =
            integer_of(shape_at(usage, "limit")) - integer_of(shape_at(usage, "currentValue"));
        int64_t now = cores_for(self, name, false), most = cores_for(self, name, true);
        if (now <= left && most <= left) continue;
        Text todo =
            SENTENCE("ask for more: https://aka.ms/ProdportalCRP/#blade/Microsoft_Azure_Capacity/"
                     "UsageAndQuota.ReactView, or choose smaller or other sizes");
        Text what = now > left
                        ? SENTENCE("quota '%.*s' in %.*s: %lld cores are left, %lld are needed",
                                   TEXT_ARG(shown.length ? shown : name), TEXT_ARG(place(self)),
                                   (long long)left, (long long)now)
                        : SENTENCE("quota '%.*s' in %.*s: %lld cores are left; enough for now, but "
                                   "autoscale may want %lld",
                                   TEXT_ARG(shown.length ? shown : name), TEXT_ARG(place(self)),
                                   (long long)left, (long long)most);
        find(self, (Finding){what, todo, now > left, FIX_NONE, {0}, {0}});
    }
}

// ---- names that must be free

static void look_at_vaults(Preflight *self)
{
    for (size_t i = 0; i < self->count; i++) {
        const TemplateResource *resource = &self->resources[i];
        const Value *body = self->bodies[i];
        Text mode = shape_text(body, "properties.createMode");
        if (!body || !is_type(resource, "Microsoft.KeyVault/vaults") || is_there(self, resource) ||
            existing_same(mode, TEXT("recover")))
            continue;
        Text path = SENTENCE("%.*s/providers/Microsoft.KeyVault/locations/%.*s/deletedVaults/%.*s",
                             TEXT_ARG(self->subscription), TEXT_ARG(shape_text(body, "location")),
                             TEXT_ARG(resource->name));
        if (!ask(self, path, "2023-07-01")) continue;
        find(self,
             (Finding){SENTENCE("there is a deleted vault of the name %.*s, so none can be made",
                                TEXT_ARG(resource->name)),
                       SENTENCE("bring it back with its secrets: vault: { recover: true } in "
                                "swarm.yaml; or forget it: az keyvault purge --name %.*s",
                                TEXT_ARG(resource->name)),
                       true, FIX_RECOVER, resource->id, shape_text(body, "location")});
    }
}

static void look_at_host_names(Preflight *self)
{
    for (size_t i = 0; i < self->count; i++) {
        const TemplateResource *resource = &self->resources[i];
        const Value *body = self->bodies[i];
        Text label = shape_text(body, "properties.dnsSettings.domainNameLabel");
        if (!label.length || !is_type(resource, "Microsoft.Network/publicIPAddresses") ||
            is_there(self, resource))
            continue;
        Text path = SENTENCE(
            "%.*s/providers/Microsoft.Network/locations/%.*s/CheckDnsNameAvailability?"
            "domainNameLabel=%.*s&api-version=2024-05-01",
            TEXT_ARG(self->subscription), TEXT_ARG(shape_text(body, "location")), TEXT_ARG(label));
        const Value *answer = ask(self, path, NULL);
        if (!shape_at(answer, "available") || shape_bool(answer, "available")) continue;
        find(self, (Finding){SENTENCE("%.*s: the host name '%.*s' is taken in %.*s",
                                      TEXT_ARG(resource->symbol), TEXT_ARG(label),
                                      TEXT_ARG(shape_text(body, "location"))),
                             TEXT("choose another dnsLabel in swarm.yaml"),
                             true,
                             FIX_NONE,
                             {0},
                             {0}});
    }
}

// ---- what others must have made

typedef struct {
    Text *items;
    size_t count, room;
} Ids;

// Offset of `part`; the length if it is not there.
static size_t offset_of(Text text, const char *part)
{
    size_t at = 0;
    while (at < text.length && !text_starts(text_slice(text, at, text.length), part)) at++;
    return at;
}

// IDs of subnets in `value` that are none of this template's, each once.
static void collect_subnets(Preflight *self, const Value *value, Ids *ids)
{
    if (value->kind == VALUE_OBJECT) {
        for (size_t i = 0; i < value->object.count; i++)
            collect_subnets(self, value->object.items[i].value, ids);
    } else if (value->kind == VALUE_ARRAY) {
        for (size_t i = 0; i < value->array.count; i++)
            collect_subnets(self, value->array.items[i], ids);
    } else if (value->kind == VALUE_STRING && text_starts(value->string, "/subscriptions/")) {
        Text id = value->string;
        size_t at = offset_of(id, "/subnets/");
        bool known = at == id.length || offset_of(id, "/virtualNetworks/") > at;
        for (size_t i = 0; i < self->count && !known; i++)
            known = existing_same(self->resources[i].id, text_slice(id, 0, at));
        for (size_t i = 0; i < ids->count && !known; i++) known = existing_same(ids->items[i], id);
        if (!known) list_add(self->arena, ids, id);
    }
}

static void look_at_subnets(Preflight *self)
{
    Ids ids = {0};
    for (size_t i = 0; i < self->count; i++) {
        if (self->bodies[i]) collect_subnets(self, self->bodies[i], &ids);
    }
    for (size_t i = 0; i < ids.count; i++) {
        Failure failure = {0};
        if (manager_get(self->manager, ids.items[i], "2024-05-01", &failure) ||
            failure.status != 404)
            continue;
        find(self, (Finding){SENTENCE("there is no subnet %.*s", TEXT_ARG(ids.items[i])),
                             TEXT("make it, or correct network in swarm.yaml: name, resourceGroup "
                                  "and subnets"),
                             true,
                             FIX_NONE,
                             {0},
                             {0}});
    }
}

// ---- all together

static void (*const checks[])(Preflight *self) = {
    look_at_region, look_at_locks,  look_at_rights,     look_at_providers, look_at_sizes,
    look_at_quotas, look_at_vaults, look_at_host_names, look_at_subnets,
};

Findings preflight(Arena *arena, Manager *manager, const PreflightWanted *wanted)
{
    Preflight self = {.arena = arena, .manager = manager, .wanted = wanted};
    self.subscription =
        text_format(arena, "/subscriptions/%.*s", TEXT_ARG(manager_subscription(manager)));
    read_template(&self);
    for (size_t i = 0; i < sizeof checks / sizeof *checks && !interrupt_asked(); i++)
        checks[i](&self);
    return self.findings;
}

static bool register_provider(Arena *arena, Manager *manager, Text name, Failure *failure)
{
    Answer answer;
    Text path = text_format(arena, "/subscriptions/%.*s/providers/%.*s",
                            TEXT_ARG(manager_subscription(manager)), TEXT_ARG(name));
    Call call = {.method = "POST",
                 .path = text_format(arena, "%.*s/register", TEXT_ARG(path)),
                 .api_version = "2021-04-01",
                 .safe = true};
    if (!manager_call(manager, &call, &answer, failure)) return false;
    for (int tries = 0; tries < 90; tries++) { // minutes at the most
        const Value *provider = manager_get(manager, path, "2021-04-01", failure);
        if (!provider) return false;
        if (existing_same(shape_text(provider, "registrationState"), TEXT("Registered")))
            return true;
        if (!interrupt_wait(tries < 5 ? 0.5 : 5)) break;
    }
    *failure =
        (Failure){.kind = interrupt_asked() ? FAILURE_INTERRUPTED : FAILURE_AZURE,
                  .code = TEXT("ProviderNotRegistered"),
                  .message = text_format(arena, "%.*s is still not registered", TEXT_ARG(name))};
    return false;
}

// The vault as it was, in the place it was in; the deployment then changes what is to change.
static bool recover_vault(Arena *arena, Manager *manager, Text id, Text location, Failure *failure)
{
    Answer answer;
    const Value *result;
    Call call = {.method = "PUT",
                 .path = id,
                 .api_version = "2023-07-01",
                 .body =
                     shape_make(arena,
                                "{location:%t,properties:{createMode:'recover',tenantId:%t,"
                                "sku:{family:'A',name:'standard'},enableRbacAuthorization:true}}",
                                location, manager_tenant(manager))};
    return manager_call(manager, &call, &answer, failure) &&
           (!answer.operation.length || manager_finish(manager, &answer, &result, failure));
}

bool preflight_fix(Arena *arena, Manager *manager, const Finding *finding, Failure *failure)
{
    switch (finding->fix) {
    case FIX_REGISTER: return register_provider(arena, manager, finding->target, failure);
    case FIX_RECOVER:
        return recover_vault(arena, manager, finding->target, finding->location, failure);
    case FIX_NONE: break;
    }
    return true;
}
