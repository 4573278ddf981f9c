// deploy/preflight.c: a table of checks; those of machines are in sizes.c.
#include "deploy/preflight.h"

#include "deploy/checks.h"
#include "deploy/interrupt.h"

#include <ctype.h>

// ---- tools

Finding *check_found(Preflight *self, bool fatal, Text what, Text todo)
{
    list_add(self->arena, &self->findings, ((Finding){.what = what, .todo = todo, .fatal = fatal}));
    return &self->findings.items[self->findings.count - 1];
}

bool check_type(const TemplateResource *resource, const char *type)
{
    return text_alike(resource->type, text_of(type));
}

const Value *check_ask(Preflight *self, Text path, const char *version)
{
    Failure failure = {0};
    return manager_get(self->manager, path, version, &failure);
}

const Value *check_list(Preflight *self, Text path, const char *version)
{
    Failure failure = {0};
    return manager_list(self->manager, path, version, &failure);
}

static bool is_there(const Preflight *self, const TemplateResource *resource)
{
    return existing_find(self->wanted->existing->resources, resource->id) != NULL;
}

// Bodies as far as they are known before anything is made.
static void read_template(Preflight *self)
{
    self->resources = template_resources(self->wanted->known, &self->count);
    self->bodies = arena_array(self->arena, const Value *, self->count);
    for (size_t i = 0; i < self->count; i++) {
        TemplateProblem problem;
        if (self->resources[i].existing || self->resources[i].nested) continue;
        self->bodies[i] = template_body(self->wanted->known, i, NULL, &problem);
    }
    check_machines(self);
}

// ---- the group

static void look_at_region(Preflight *self)
{
    Text is = self->wanted->existing->location, asked = self->wanted->asked;
    if (!is.length || !asked.length || text_alike(is, asked)) return;
    check_found(self, false,
                SENTENCE("the resource group is in %.*s, not in %.*s, and stays there",
                         TEXT_ARG(is), TEXT_ARG(asked)),
                SENTENCE("leave --location out; or -p location=%.*s makes what is new there",
                         TEXT_ARG(asked)));
}

static void look_at_locks(Preflight *self)
{
    Text path =
        SENTENCE("%.*s/providers/Microsoft.Authorization/locks", TEXT_ARG(self->wanted->group));
    const Value *locks = check_list(self, path, "2020-05-01");
    for (size_t i = 0; locks && i < locks->array.count; i++) {
        const Value *lock = locks->array.items[i];
        if (!text_alike(shape_text(lock, "properties.level"), TEXT("ReadOnly"))) continue;
        check_found(self, true,
                    SENTENCE("the lock '%.*s' forbids changes", TEXT_ARG(shape_text(lock, "name"))),
                    SENTENCE("az lock delete --ids %.*s", TEXT_ARG(shape_text(lock, "id"))));
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
    for (size_t i = 0; i < patterns->array.count; i++) {
        Text pattern = shape_text(patterns->array.items[i], "");
        if (matches(pattern.at, pattern.at + pattern.length, action)) return true;
    }
    return false;
}

static void look_at_rights(Preflight *self)
{
    static const char action[] = "Microsoft.Authorization/roleAssignments/write";
    bool gives = false;
    for (size_t i = 0; i < self->count; i++)
        gives |= check_type(&self->resources[i], "Microsoft.Authorization/roleAssignments");
    Text path = SENTENCE("%.*s/providers/Microsoft.Authorization/permissions",
                         TEXT_ARG(self->wanted->group));
    const Value *rights = gives ? check_list(self, path, "2022-04-01") : NULL;
    bool may = !rights;
    for (size_t i = 0; rights && i < rights->array.count; i++) {
        const Value *right = rights->array.items[i];
        may |= any_matches(shape_list(right, "actions"), action) &&
               !any_matches(shape_list(right, "notActions"), action);
    }
    if (may) return;
    check_found(
        self, true,
        TEXT("you may not give roles here, and the machines need some to read their secrets"),
        SENTENCE("let an owner run: az role assignment create --assignee %.*s --role 'Role "
                 "Based Access Control Administrator' --scope %.*s",
                 TEXT_ARG(manager_object(self->manager)), TEXT_ARG(self->wanted->group)));
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
    const Value *providers = self->count ? check_list(self, path, "2021-04-01") : NULL;
    for (size_t i = 0; providers && i < providers->array.count; i++) {
        const Value *provider = providers->array.items[i];
        Text name = shape_text(provider, "namespace");
        Text state = shape_text(provider, "registrationState");
        bool used = false;
        for (size_t r = 0; r < self->count && !used; r++)
            used = text_alike(provider_of(&self->resources[r]), name);
        if (!used || text_alike(state, TEXT("Registered"))) continue;
        Finding *finding = check_found(
            self, false, SENTENCE("the subscription is not registered for %.*s", TEXT_ARG(name)),
            SENTENCE("az provider register --wait --namespace %.*s", TEXT_ARG(name)));
        finding->fix = FIX_REGISTER;
        finding->target = name;
    }
}

// ---- names that must be free

static void look_at_vaults(Preflight *self)
{
    for (size_t i = 0; i < self->count; i++) {
        const TemplateResource *resource = &self->resources[i];
        const Value *body = self->bodies[i];
        Text mode = shape_text(body, "properties.createMode");
        if (!body || !check_type(resource, "Microsoft.KeyVault/vaults") || is_there(self, resource))
            continue;
        bool recover = text_alike(mode, TEXT("recover"));
        Text path = SENTENCE("%.*s/providers/Microsoft.KeyVault/locations/%.*s/deletedVaults/%.*s",
                             TEXT_ARG(self->subscription), TEXT_ARG(shape_text(body, "location")),
                             TEXT_ARG(resource->name));
        Failure failure = {0};
        bool deleted = manager_get(self->manager, path, "2023-07-01", &failure) != NULL;
        if (recover && !deleted && failure.status == 404)
            check_found(self, true,
                        SENTENCE("there is no deleted vault of the name %.*s to bring back",
                                 TEXT_ARG(resource->name)),
                        TEXT("take vault: { recover: true } out of swarm.yaml"));
        if (recover || !deleted) continue;
        Finding *finding =
            check_found(self, true,
                        SENTENCE("there is a deleted vault of the name %.*s, so none can be made",
                                 TEXT_ARG(resource->name)),
                        SENTENCE("bring it back with its secrets: vault: { recover: true } in "
                                 "swarm.yaml; or forget it: az keyvault purge --name %.*s",
                                 TEXT_ARG(resource->name)));
        finding->fix = FIX_RECOVER;
        finding->target = resource->id;
        finding->location = shape_text(body, "location");
    }
}

static void look_at_host_names(Preflight *self)
{
    for (size_t i = 0; i < self->count; i++) {
        const TemplateResource *resource = &self->resources[i];
        const Value *body = self->bodies[i];
        Text label = shape_text(body, "properties.dnsSettings.domainNameLabel");
        if (!label.length || !check_type(resource, "Microsoft.Network/publicIPAddresses") ||
            is_there(self, resource))
            continue;
        Text path = SENTENCE(
            "%.*s/providers/Microsoft.Network/locations/%.*s/CheckDnsNameAvailability?"
            "domainNameLabel=%.*s&api-version=2024-05-01",
            TEXT_ARG(self->subscription), TEXT_ARG(shape_text(body, "location")), TEXT_ARG(label));
        const Value *answer = check_ask(self, path, NULL);
        if (!shape_at(answer, "available") || shape_bool(answer, "available")) continue;
        check_found(self, true,
                    SENTENCE("%.*s: the host name '%.*s' is taken in %.*s",
                             TEXT_ARG(resource->symbol), TEXT_ARG(label),
                             TEXT_ARG(shape_text(body, "location"))),
                    TEXT("choose another dnsLabel in swarm.yaml"));
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
            known = text_alike(self->resources[i].id, text_slice(id, 0, at));
        for (size_t i = 0; i < ids->count && !known; i++) known = text_alike(ids->items[i], id);
        if (!known) list_add(self->arena, ids, id);
    }
}

static bool names_subnet(const Value *body, Text id)
{
    const Value *rules = shape_list(body, "properties.networkAcls.virtualNetworkRules");
    for (size_t i = 0; i < rules->array.count; i++) {
        if (text_alike(shape_text(rules->array.items[i], "id"), id)) return true;
    }
    return false;
}

// Services that a subnet has an endpoint for, each behind a space; `has`: `wanted` is one of them.
static Text endpoints_of(Arena *arena, const Value *subnet, Text wanted, bool *has)
{
    TextBuffer out = {.arena = arena};
    const Value *list = shape_list(subnet, "properties.serviceEndpoints");
    *has = false;
    for (size_t i = 0; i < list->array.count; i++) {
        Text service = shape_text(list->array.items[i], "service");
        *has |= text_alike(service, wanted);
        buffer_format(&out, " %.*s", TEXT_ARG(service));
    }
    return buffer_done(&out);
}

// What lets only some subnets in wants them to have an endpoint for its service.
static void look_at_endpoints(Preflight *self, Text id, const Value *subnet)
{
    static const struct {
        const char *type, *service, *setting;
    } rules[] = {{"Microsoft.KeyVault/vaults", "Microsoft.KeyVault", "vault"},
                 {"Microsoft.Storage/storageAccounts", "Microsoft.Storage", "storage"}};
    for (size_t i = 0; i < self->count; i++) {
        for (size_t r = 0; r < sizeof rules / sizeof *rules; r++) {
            if (!self->bodies[i] || !check_type(&self->resources[i], rules[r].type) ||
                !names_subnet(self->bodies[i], id))
                continue;
            bool has;
            Text others = endpoints_of(self->arena, subnet, text_of(rules[r].service), &has);
            if (has) continue;
            check_found(
                self, true,
                SENTENCE("%.*s lets in the subnet %.*s, which has no service endpoint "
                         "for %s",
                         TEXT_ARG(self->resources[i].symbol), TEXT_ARG(id), rules[r].service),
                SENTENCE("az network vnet subnet update --service-endpoints%.*s %s --ids "
                         "%.*s; or another %s.network in swarm.yaml",
                         TEXT_ARG(others), rules[r].service, TEXT_ARG(id), rules[r].setting));
        }
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
        const Value *subnet = manager_get(self->manager, ids.items[i], "2024-05-01", &failure);
        if (subnet) look_at_endpoints(self, ids.items[i], subnet);
        if (subnet || failure.status != 404) continue;
        check_found(self, true, SENTENCE("there is no subnet %.*s", TEXT_ARG(ids.items[i])),
                    TEXT("make it, or correct network in swarm.yaml: name, resourceGroup "
                         "and subnets"));
    }
}

// ---- all together

static void (*const checks[])(Preflight *self) = {
    look_at_region, look_at_locks,  look_at_rights,     look_at_providers, check_sizes,
    check_quotas,   look_at_vaults, look_at_host_names, look_at_subnets,
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
        if (text_alike(shape_text(provider, "registrationState"), TEXT("Registered"))) return true;
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
