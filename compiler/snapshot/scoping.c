// compiler/snapshot/scoping.c: what a deployment knows of where it is: resourceGroup(),
// subscription(), environment() …
#include "compiler/snapshot/scoping.h"
#include "compiler/evaluate/calls.h"
#include "compiler/snapshot/builtin.h"
#include "compiler/snapshot/inner.h"

const Value *scoping_unknown(Arena *arena, Text function, Text property)
{
    Call *call = arena_new(arena, Call);
    call->name = function;
    if (property.length) {
        call->accesses = arena_array(arena, const Value *, 1);
        call->accesses[call->access_count++] = value_string(arena, property);
    }
    return call_kept(arena, call);
}

// As Microsoft's reference of template functions shows it for the public cloud.
static const char public_cloud[] =
    "{\"name\":\"AzureCloud\",\"gallery\":\"https://gallery.azure.com/\",\"graph\":\"https://"
    "graph.windows.net/\",\"portal\":\"https://portal.azure.com\",\"graphAudience\":\"https://"
    "graph.windows.net/\",\"activeDirectoryDataLake\":\"https://datalake.azure.net/"
    "\",\"batch\":\"https://batch.core.windows.net/\",\"media\":\"https://rest.media.azure.net\","
    "\"sqlManagement\":\"https://management.core.windows.net:8443/\",\"vmImageAliasDoc\":\"https://"
    "raw.githubusercontent.com/Azure/azure-rest-api-specs/master/arm-compute/quickstart-templates/"
    "aliases.json\",\"resourceManager\":\"https://management.azure.com/"
    "\",\"authentication\":{\"loginEndpoint\":\"https://login.microsoftonline.com/"
    "\",\"audiences\":[\"https://management.core.windows.net/\",\"https://management.azure.com/"
    "\"],\"tenant\":\"common\",\"identityProvider\":\"AAD\"},\"suffixes\":{\"acrLoginServer\":\"."
    "azurecr.io\",\"azureDatalakeAnalyticsCatalogAndJob\":\"azuredatalakeanalytics.net\","
    "\"azureDatalakeStore\":\"azuredatalakestore.net\",\"azureFrontDoorEndpointSuffix\":\"azurefd."
    "net\",\"keyvaultDns\":\".vault.azure.net\",\"sqlServerHostname\":\".database.windows.net\","
    "\"storage\":\"core.windows.net\"}}";

static const Value *text_or_unknown(Arena *arena, Text text, const char *name, const char *property)
{
    return text.length ? value_string(arena, text)
                       : scoping_unknown(arena, text_of(name), text_of(property));
}

static void set(Arena *arena, Value *object, const char *name, const Value *value)
{
    value_set(arena, object, text_of(name), value);
}

static void set_text(Arena *arena, Value *object, const char *name, Text text)
{
    set(arena, object, name, value_string(arena, text));
}

// What is not given: in a partial context it stays a call, else it is made up, or left out.
static void set_rest(const Template *words, Value *object, const char *function,
                     const char *property, const char *made_up)
{
    if (words->context.partial) {
        set(words->arena, object, property,
            scoping_unknown(words->arena, text_of(function), text_of(property)));
    } else if (made_up) {
        set_text(words->arena, object, property, text_of(made_up));
    }
}

static const Value *group_id(Template *words)
{
    Arena *arena = words->arena;
    const Value *subscription = words->subscription, *group = words->group;
    if (!call_of(group) && !call_of(subscription))
        return value_string(arena,
                            text_format(arena, "/subscriptions/%.*s/resourceGroups/%.*s",
                                        TEXT_ARG(subscription->string), TEXT_ARG(group->string)));
    if (words->told) return scoping_unknown(arena, TEXT("resourceGroup"), TEXT("id"));
    const Value *parts[] = {subscription,
                            value_string(arena, TEXT("Microsoft.Resources/resourceGroups")), group};
    return call_made(arena, "subscriptionResourceId", parts, 3);
}

static const Value *group(Template *words)
{
    const TemplateContext *context = &words->context;
    Arena *arena = words->arena;
    Value *object = value_object(arena);
    set(arena, object, "id", group_id(words));
    set(arena, object, "name", words->group);
    set_text(arena, object, "type", TEXT("Microsoft.Resources/resourceGroups"));
    set(arena, object, "location",
        text_or_unknown(arena, words->told ? context->location : (Text){0}, "resourceGroup",
                        "location"));
    set_rest(words, object, "resourceGroup", "tags", NULL);
    if (words->told) set_rest(words, object, "resourceGroup", "managedBy", NULL);
    set_rest(words, object, "resourceGroup", "properties", NULL);
    if (!context->partial) {
        Value *properties = value_object(arena);
        set_text(arena, properties, "provisioningState", TEXT("Succeeded"));
        set(arena, object, "properties", properties);
    }
    return object;
}

static const Value *subscription(Template *words)
{
    Arena *arena = words->arena;
    Value *object = value_object(arena);
    const Value *own = words->subscription;
    const Value *parts[] = {value_string(arena, TEXT("/subscriptions/")), own};
    set(arena, object, "id",
        call_of(own) ? call_made(arena, "concat", parts, 2)
                     : value_string(arena, text_format(arena, "/subscriptions/%.*s",
                                                       TEXT_ARG(own->string))));
    set(arena, object, "subscriptionId", own);
    set(arena, object, "tenantId",
        text_or_unknown(arena, words->context.tenant, "tenant", "tenantId"));
    set_rest(words, object, "subscription", "displayName", "Subscription");
    return object;
}

static const Value *management_group(Template *words)
{
    Arena *arena = words->arena;
    Value *object = value_object(arena);
    const Value *name = words->management_group;
    const Value *parts[] = {value_string(arena, TEXT("Microsoft.Management/managementGroups")),
                            name};
    bool known = !call_of(name);
    set(arena, object, "id",
        known
            ? value_string(
                  arena, text_format(arena, "/providers/Microsoft.Management/managementGroups/%.*s",
                                     TEXT_ARG(name->string)))
            : call_made(arena, "tenantResourceId", parts, 2));
    set(arena, object, "name", name);
    if (known) set_text(arena, object, "type", TEXT("Microsoft.Management/managementGroups"));
    set_rest(words, object, "managementGroup", "properties", NULL);
    if (!known)
        set_text(arena, object, "type", TEXT("/providers/Microsoft.Management/managementGroups"));
    return object;
}

static const Value *tenant(Template *words)
{
    Arena *arena = words->arena;
    Value *object = value_object(arena);
    set_rest(words, object, "tenant", "countryCode", "DE");
    set_rest(words, object, "tenant", "displayName", "Tenant");
    set_text(arena, object, "id",
             text_format(arena, "/tenants/%.*s", TEXT_ARG(words->context.tenant)));
    set_text(arena, object, "tenantId", words->context.tenant);
    return object;
}

static const Value *deployment(Template *words)
{
    const TemplateContext *context = &words->context;
    Arena *arena = words->arena;
    Value *object = value_object(arena), *properties = value_object(arena);
    set(arena, object, "name", text_or_unknown(arena, context->name, "deployment", "name"));
    const Value *version = value_find(words->json, TEXT("contentVersion"));
    Value *content = value_object(arena);
    if (version) set(arena, content, "contentVersion", version);
    set(arena, properties, "template", context->partial ? content : words->json);
    if (!context->partial) {
        set_text(arena, properties, "mode", TEXT("Incremental"));
        set_text(arena, properties, "provisioningState", TEXT("Accepted"));
    }
    if (words->scope != SCOPE_GROUP)
        set(arena, object, "location",
            text_or_unknown(arena, context->location, "deployment", "location"));
    set(arena, object, "properties", properties);
    return object;
}

static const Value *environment(Template *words)
{
    Text error;
    return value_read_json(words->arena, text_of(public_cloud), &error);
}

static const Value *deployer(Template *words)
{
    Value *object = value_object(words->arena);
    set_text(words->arena, object, "objectId", TEXT("00000000-0000-0000-0000-000000000000"));
    set_text(words->arena, object, "tenantId", words->context.tenant);
    set_text(words->arena, object, "userPrincipalName", TEXT("deployer@example.com"));
    return object;
}

typedef struct {
    const char *name;
    size_t text;  // the context's text that must be given for it to be known; 0: always
    size_t given; // offset of the value that the context may have
    const Value *(*make)(Template *words);
    unsigned scopes; // bits of TemplateScope where it may be called
} Known;

#define CONTEXT(field) offsetof(TemplateContext, field)
#define ALL_SCOPES 15
#define ALWAYS (SIZE_MAX - 1)
static const Known known[] = {
    {"deployer", SIZE_MAX, CONTEXT(deployer), deployer, ALL_SCOPES},
    {"deployment", ALWAYS, SIZE_MAX, deployment, ALL_SCOPES},
    {"environment", SIZE_MAX, CONTEXT(environment), environment, ALL_SCOPES},
    {"managementGroup", ALWAYS, SIZE_MAX, management_group, 1 << SCOPE_MANAGEMENT_GROUP},
    {"resourceGroup", ALWAYS, CONTEXT(group_object), group, 1 << SCOPE_GROUP},
    {"subscription", ALWAYS, CONTEXT(subscription_object), subscription,
     1 << SCOPE_GROUP | 1 << SCOPE_SUBSCRIPTION},
    {"tenant", CONTEXT(tenant), SIZE_MAX, tenant, ALL_SCOPES},
};

// resourceGroup('name') and their like: of another than this one.
static const Value *other(const Frame *frame, const Call *call, const Value **arguments)
{
    Arena *arena = engine_arena(frame);
    Value *object = value_object(arena);
    for (size_t i = 0; i < call->count; i++) {
        if (arguments[i]->kind != VALUE_STRING)
            return engine_fail(
                frame,
                "The template language function '%.*s' expects its parameters to be of "
                "type 'String'. Please see https://aka.ms/arm-functions for usage "
                "details.",
                TEXT_ARG(call->name));
    }
    if (text_alike(call->name, TEXT("managementGroup"))) {
        Text name = arguments[0]->string;
        set_text(arena, object, "id",
                 text_format(arena, "/providers/Microsoft.Management/managementGroups/%.*s",
                             TEXT_ARG(name)));
        set_text(arena, object, "name", name);
        set_text(arena, object, "type", TEXT("/providers/Microsoft.Management/managementGroups"));
        return object;
    }
    Template *words = frame->template->words;
    const Value *subscription = words->subscription, *name = arguments[call->count - 1];
    bool group = text_alike(call->name, TEXT("resourceGroup"));
    if (!group || call->count > 1) subscription = arguments[0];
    if (group && call->count < 2 && words->scope > SCOPE_SUBSCRIPTION)
        return engine_fail(frame, "The deployment metadata 'subscription' is not valid.");
    const Value *parts[] = {subscription,
                            value_string(arena, TEXT("Microsoft.Resources/resourceGroups")), name};
    const Value *id = group ? engine_call(frame, call_on(arena, "subscriptionResourceId", parts, 3))
                            : value_string(arena, text_format(arena, "/subscriptions/%.*s",
                                                              TEXT_ARG(name->string)));
    if (!id) return NULL;
    set(arena, object, "id", id);
    set(arena, object, group ? "name" : "subscriptionId", name);
    if (group) set_text(arena, object, "type", TEXT("Microsoft.Resources/resourceGroups"));
    return object;
}

const Value *scope_known(const Frame *frame, const Call *call, const Value **arguments)
{
    if (call->count) return other(frame, call, arguments);
    Template *words = frame->template->words;
    const char *context = (const char *)&words->context;
    size_t i = 0;
    while (!text_alike(call->name, text_of(known[i].name))) i++;
    if (!(known[i].scopes >> words->scope & 1))
        return engine_fail(frame, "The deployment metadata '%s' is not valid.", known[i].name);
    if (known[i].given != SIZE_MAX) {
        const Value *given = *(const Value *const *)(const void *)(context + known[i].given);
        if (given) return given;
    }
    size_t text = known[i].text;
    bool is_known = !words->context.partial || text == ALWAYS ||
                    (text != SIZE_MAX && ((const Text *)(const void *)(context + text))->length);
    return is_known ? known[i].make(words)
                    : scoping_unknown(words->arena, text_of(known[i].name), (Text){0});
}

// ---- what differs from one deployment to the next

static const Value *only_in_defaults(const Frame *frame, const Call *call)
{
    return engine_fail(
        frame,
        "The template function '%.*s' is not expected at this location. The function "
        "can only be used with parameter default value expresions. Please see "
        "https://aka.ms/arm-functions for usage details.",
        TEXT_ARG(call->name));
}

const Value *scope_new_guid(const Frame *frame, const Call *call, const Value **arguments)
{
    if (!(frame->flags & FRAME_DEFAULT)) return only_in_defaults(frame, call);
    Template *root = frame->template;
    if (root->context.partial) return engine_keep(frame, call, arguments);
    while (root->around) root = root->around;
    Arena *arena = engine_arena(frame);
    const Value *seed =
        value_string(arena, text_format(arena, "%llu/%zu", (unsigned long long)root->context.seed,
                                        root->guids++));
    FunctionCall function = {arena, &frame->template->diags, {0}};
    return hash_guid(&function, &seed, 1);
}

const Value *scope_utc_now(const Frame *frame, const Call *call, const Value **arguments)
{
    if (!(frame->flags & FRAME_DEFAULT)) return only_in_defaults(frame, call);
    Template *template = frame->template;
    if (template->context.partial) return engine_keep(frame, call, arguments);
    Arena *arena = engine_arena(frame);
    FunctionCall function = {arena, &template->diags, {0}};
    const Value *now = value_int(arena, template->context.now);
    const Value *given[] = {date_from_epoch(&function, &now, 1), value_string(arena, TEXT("PT0S")),
                            call->count ? arguments[0]
                                        : value_string(arena, TEXT("yyyyMMddTHHmmssZ"))};
    const Value *text = given[0] ? date_add(&function, given, 3) : NULL;
    return text ? text : engine_fail(frame, "The format of utcNow() is not valid.");
}
