// compiler/snapshot/resourceid.c
#include "compiler/snapshot/resourceid.h"

#include "compiler/snapshot/builtin.h"
#include "compiler/snapshot/inner.h"

#include <string.h>

// ---- texts

// The part of a path before the next '/', taken off its front.
static Text part(Text *path)
{
    size_t end = 0;
    while (end < path->length && path->at[end] != '/') end++;
    Text first = text_slice(*path, 0, end);
    *path = text_slice(*path, end < path->length ? end + 1 : end, path->length);
    return first;
}

static bool is_subscription(Text scope)
{
    Text start = TEXT("/subscriptions/");
    return scope.length > start.length && text_starts(scope, "/subscriptions/") &&
           !memchr(scope.at + start.length, '/', scope.length - start.length);
}

// SCOPE/providers/A/b/NAME/c/NAME for the type A/b/c and the name NAME/NAME; resource groups,
// subscriptions and management groups have forms of their own. False if their parts do not match.
static bool id_of(Arena *arena, Text scope, Text type, Text name, Text *id)
{
    if (text_alike(type, TEXT("Microsoft.Resources/resourceGroups")) && is_subscription(scope)) {
        *id = text_format(arena, "%.*s/resourceGroups/%.*s", TEXT_ARG(scope), TEXT_ARG(name));
        return true;
    }
    TextBuffer out = {.arena = arena};
    buffer_text(&out, scope);
    buffer_string(&out, "/providers/");
    buffer_text(&out, part(&type));
    while (type.length && name.length) {
        buffer_char(&out, '/');
        buffer_text(&out, part(&type));
        buffer_char(&out, '/');
        buffer_text(&out, part(&name));
    }
    *id = buffer_done(&out);
    return !type.length && !name.length;
}

static Text group_scope(Arena *arena, Text subscription, Text group)
{
    return text_format(arena, "/subscriptions/%.*s/resourceGroups/%.*s", TEXT_ARG(subscription),
                       TEXT_ARG(group));
}

static Text management_group_scope(Arena *arena, Text name)
{
    return text_format(arena, "/providers/Microsoft.Management/managementGroups/%.*s",
                       TEXT_ARG(name));
}

static Text subscription_scope(Arena *arena, Text name)
{
    return text_format(arena, "/subscriptions/%.*s", TEXT_ARG(name));
}

Text resourceid_scope(const Template *template)
{
    Text subscription = template->subscription->string, group = template->group->string;
    switch (template->scope) {
    case SCOPE_GROUP: return group_scope(template->arena, subscription, group);
    case SCOPE_SUBSCRIPTION: return subscription_scope(template->arena, subscription);
    case SCOPE_MANAGEMENT_GROUP:
        return management_group_scope(template->arena, template->management_group->string);
    case SCOPE_TENANT: break;
    }
    return (Text){0};
}

// ---- functions

static const Value *call_without(const Frame *frame, const char *name)
{
    Call call = {.name = text_of(name)};
    return scope_known(frame, &call, NULL);
}

// What a scope function says of itself: a text, or a call that stays.
static const Value *own(const Frame *frame, const char *function, const char *property)
{
    const Value *object = call_without(frame, function);
    return object
               ? engine_access(frame, object, value_string(engine_arena(frame), text_of(property)))
               : NULL;
}

// Where the type stands among the arguments: the first with a '/'; `count` if there is none.
static size_t type_at(const Value **arguments, size_t count)
{
    size_t at = 0;
    while (at < count && (arguments[at]->kind != VALUE_STRING || call_of(arguments[at]) ||
                          !memchr(arguments[at]->string.at, '/', arguments[at]->string.length)))
        at++;
    return at;
}

// `scope`, a type, and its names.
static const Value *joined(const Frame *frame, const Call *call, Text scope,
                           const Value **arguments, size_t type)
{
    Arena *arena = engine_arena(frame);
    TextBuffer name = {.arena = arena};
    for (size_t i = type + 1; i < call->count; i++) {
        if (i > type + 1) buffer_char(&name, '/');
        buffer_text(&name, arguments[i]->string);
    }
    size_t segments = 0;
    Text kind = arguments[type]->string;
    for (size_t i = 0; i < kind.length; i++) segments += kind.at[i] == '/';
    if (segments != call->count - type - 1)
        return engine_fail(
            frame,
            "Unable to evaluate template language function '%.*s': the type '%.*s' requires '%zu' "
            "resource name argument(s). Please see "
            "https://aka.ms/arm-resource-functions/#%.*s for usage details.",
            TEXT_ARG(call->name), TEXT_ARG(kind), segments,
            TEXT_ARG(text_lower(arena, call->name)));
    Text id;
    id_of(arena, scope, kind, buffer_done(&name), &id);
    return value_string(arena, id);
}

static bool all_texts(const Frame *frame, const Call *call, const Value **arguments)
{
    static const char *const places[] = {"first", "second", "third", "fourth", "fifth"};
    for (size_t i = 0; i < call->count; i++) {
        if (arguments[i]->kind == VALUE_STRING) continue;
        engine_fail(frame,
                    "The template language function '%.*s' expects its %s parameter to be of type "
                    "'String'. The provided value is of type '%s'. Please see "
                    "https://aka.ms/arm-functions for usage details.",
                    TEXT_ARG(call->name), places[i < 5 ? i : 4], engine_kind(arguments[i]));
        return false;
    }
    return true;
}

// `most`: the place where the type may stand at the latest, counted from one.
static const Value *no_type(const Frame *frame, const Call *call, const Value **arguments,
                            size_t most)
{
    Arena *arena = engine_arena(frame);
    size_t at = type_at(arguments, call->count);
    if (at < call->count)
        return engine_fail(
            frame,
            "Unable to evaluate template language function '%.*s': function requires "
            "fully qualified resource type '%.*s' as one of first %zu arguments. "
            "Please see https://aka.ms/arm-resource-functions/#%.*s for usage "
            "details.",
            TEXT_ARG(call->name), TEXT_ARG(arguments[at]->string), most,
            TEXT_ARG(text_lower(arena, call->name)));
    TextBuffer shown = {.arena = arena};
    for (size_t i = 0; i < call->count; i++)
        buffer_format(&shown, "%s%.*s", i ? "," : "", TEXT_ARG(arguments[i]->string));
    return engine_fail(frame,
                       "Unable to evaluate template language function '%.*s': function requires "
                       "exactly one multi-segmented argument which must be resource type including "
                       "resource provider namespace. Current function arguments '%.*s'. Please see "
                       "https://aka.ms/arm-resource-functions/#%.*s for usage details.",
                       TEXT_ARG(call->name), TEXT_ARG(buffer_done(&shown)),
                       TEXT_ARG(text_lower(arena, call->name)));
}

static bool any_kept(const Value **arguments, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (call_of(arguments[i])) return true;
    }
    return false;
}

static bool is_guid(Text text)
{
    if (text.length != 36) return false;
    for (size_t i = 0; i < text.length; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        char c = (char)(text.at[i] | 32);
        bool hex = (c >= 'a' && c <= 'f') || (text.at[i] >= '0' && text.at[i] <= '9');
        if (dash ? text.at[i] != '-' : !hex) return false;
    }
    return true;
}

// The call with the scope's IDs in front; kept if one of them, or a name, is unknown.
static const Value *with_scope(const Frame *frame, const Call *call, const Value **arguments,
                               size_t type, const Value **scope, size_t scope_count)
{
    Arena *arena = engine_arena(frame);
    Call *whole = arena_new(arena, Call);
    *whole = (Call){.name = call->name, .count = call->count - type + scope_count};
    whole->arguments = arena_array(arena, const Value *, whole->count);
    for (size_t i = 0; i < scope_count; i++) whole->arguments[i] = scope[i];
    for (size_t i = type; i < call->count; i++)
        whole->arguments[scope_count + i - type] = arguments[i];
    if (any_kept(whole->arguments, whole->count)) return call_kept(arena, whole);
    if (scope_count && !is_guid(scope[0]->string))
        return engine_fail(frame,
                           "The provided value '%.*s' is not valid subscription identifier. Please "
                           "see https://aka.ms/arm-resource-functions/#%.*s for usage details.",
                           TEXT_ARG(scope[0]->string), TEXT_ARG(text_lower(arena, call->name)));
    Text where = scope_count == 2   ? group_scope(arena, scope[0]->string, scope[1]->string)
                 : scope_count == 1 ? subscription_scope(arena, scope[0]->string)
                                    : (Text){0};
    return joined(frame, call, where, arguments, type);
}

const Value *id_resource(const Frame *frame, const Call *call, const Value **arguments)
{
    if (!all_texts(frame, call, arguments)) return NULL;
    size_t type = type_at(arguments, call->count);
    if (type == call->count && any_kept(arguments, call->count))
        return engine_keep(frame, call, arguments);
    if (type == call->count || type > 2) return no_type(frame, call, arguments, 3);
    TemplateScope where = frame->template->words->scope;
    size_t count = where == SCOPE_GROUP ? 2 : type == 0 ? where == SCOPE_SUBSCRIPTION : type;
    const Value *scope[2] = {0};
    for (size_t i = 0; i < count; i++) {
        size_t given = count - i; // counted back from the type
        scope[i] = given <= type ? arguments[type - given]
                   : i == 0      ? own(frame, "subscription", "subscriptionId")
                                 : own(frame, "resourceGroup", "name");
        if (!scope[i]) return NULL;
    }
    Call named = *call; // messages about one ID are of this function
    if (count == 1 && type == 1) named.name = TEXT("subscriptionResourceId");
    return with_scope(frame, &named, arguments, type, scope, count);
}

const Value *id_subscription(const Frame *frame, const Call *call, const Value **arguments)
{
    size_t type = type_at(arguments, call->count);
    if (!all_texts(frame, call, arguments)) return NULL;
    if (type == call->count && any_kept(arguments, call->count))
        return engine_keep(frame, call, arguments);
    if (type > 1) return no_type(frame, call, arguments, 2);
    const Value *scope[1] = {type ? arguments[0] : own(frame, "subscription", "subscriptionId")};
    return scope[0] ? with_scope(frame, call, arguments, type, scope, 1) : NULL;
}

const Value *id_tenant(const Frame *frame, const Call *call, const Value **arguments)
{
    if (!all_texts(frame, call, arguments)) return NULL;
    if (type_at(arguments, call->count) != 0) return no_type(frame, call, arguments, 1);
    return joined(frame, call, (Text){0}, arguments, 0);
}

const Value *id_extension(const Frame *frame, const Call *call, const Value **arguments)
{
    if (!all_texts(frame, call, arguments)) return NULL;
    if (type_at(arguments + 1, call->count - 1) != 0) return no_type(frame, call, arguments, 2);
    if (!text_starts(arguments[0]->string, "/"))
        return engine_fail(
            frame,
            "Unable to evaluate template language function 'extensionResourceId': the "
            "provided parent resource id '%.*s' is not a valid uri. Please see "
            "https://aka.ms/arm-resource-functions/#extensionresourceid for usage "
            "details.",
            TEXT_ARG(arguments[0]->string));
    Text scope = arguments[0]->string;
    while (text_ends(scope, "/")) scope.length--;
    return joined(frame, call, scope, arguments, 1);
}

const Value *id_management_group(const Frame *frame, const Call *call, const Value **arguments)
{
    if (!all_texts(frame, call, arguments)) return NULL;
    if (type_at(arguments, call->count) != 1) return no_type(frame, call, arguments, 2);
    return joined(frame, call, management_group_scope(engine_arena(frame), arguments[0]->string),
                  arguments, 1);
}

// ---- resources of the template

// The type, and the segments of the name; one that is not known is taken apart as the official
// engine does.
static size_t type_and_names(Arena *arena, Text type, const Value *name, const Value **arguments)
{
    size_t count = 0;
    for (size_t i = 0; i < type.length; i++) count += type.at[i] == '/';
    arguments[0] = value_string(arena, type);
    Text rest = name->string, error;
    for (size_t i = 1; i <= count; i++) {
        if (!call_of(name)) arguments[i] = value_string(arena, part(&rest));
        if (call_of(name)) arguments[i] = name;
        if (!call_of(name) || count == 1) continue;
        TextBuffer out = {.arena = arena};
        buffer_string(&out, "[filter(split(");
        call_write(&out, name);
        buffer_format(&out, ", '/'), lambda('x', not(empty(lambdaVariables('x')))))[%zu]]", i - 1);
        const Value *expression = call_read(arena, buffer_done(&out), &error);
        if (expression) arguments[i] = call_kept(arena, call_of(expression));
    }
    return count + 1;
}

// concat(the deployment's scope, '/providers/', scope); a management group takes the ID of another one
// as it is.
static const Value *relative_scope(const Frame *frame, const Value *scope)
{
    Arena *arena = engine_arena(frame);
    const Template *template = frame->template;
    const Value *providers = value_string(arena, TEXT("/providers/")), *parts[5];
    size_t count = 0;
    if (template->scope == SCOPE_GROUP || template->scope == SCOPE_SUBSCRIPTION) {
        parts[count++] = value_string(arena, TEXT("/subscriptions/"));
        parts[count++] = template->subscription;
    }
    if (template->scope == SCOPE_GROUP) {
        parts[count++] = value_string(arena, TEXT("/resourceGroups/"));
        parts[count++] = template->group;
    }
    Text groups = TEXT("Microsoft.Management/managementGroups");
    if (template->scope == SCOPE_MANAGEMENT_GROUP) {
        parts[count++] =
            value_string(arena, TEXT("/providers/Microsoft.Management/managementGroups/"));
        parts[count++] = template->management_group;
    }
    const Value *whole[6];
    for (size_t i = 0; i < count; i++) whole[i] = parts[i];
    whole[count] = providers;
    whole[count + 1] = scope;
    const Value *relative = call_on(arena, "concat", whole, count + 2);
    if (template->scope != SCOPE_MANAGEMENT_GROUP) return relative;
    const Value *test[] = {scope, value_string(arena, groups)}, *tenant[] = {providers, scope};
    const Value *choice[] = {call_on(arena, "startsWith", test, 2),
                             call_on(arena, "concat", tenant, 2), relative};
    return call_on(arena, "if", choice, 3);
}

// if(equals(scope, '/'), tenantResourceId(…), extensionResourceId(if(startsWith(scope, '/'), scope,
// concat(…)), …)), of which is evaluated what can be.
static const Value *scoped_id(const Frame *frame, Text type, const Value *name, const Value *scope)
{
    Arena *arena = engine_arena(frame);
    size_t room = type.length + 3;
    const Value **tenant = arena_array(arena, const Value *, room);
    const Value **extension = arena_array(arena, const Value *, room);
    size_t count = type_and_names(arena, type, name, tenant);
    const Value *slash = value_string(arena, TEXT("/"));
    const Value *tests[2][2] = {{scope, slash}, {scope, slash}};
    const Value *absolute[] = {call_on(arena, "startsWith", tests[0], 2), scope,
                               relative_scope(frame, scope)};
    extension[0] = call_on(arena, "if", absolute, 3);
    for (size_t i = 0; i < count; i++) extension[i + 1] = tenant[i];
    const Value *choice[] = {call_on(arena, "equals", tests[1], 2),
                             call_on(arena, "tenantResourceId", tenant, count),
                             call_on(arena, "extensionResourceId", extension, count + 1)};
    const Value *id = engine_call(frame, call_on(arena, "if", choice, 3));
    return id;
}

static const Value *unscoped_id(const Frame *frame, Text type, const Value *name)
{
    static const char *const functions[] = {"resourceId", "subscriptionResourceId",
                                            "managementGroupResourceId", "tenantResourceId"};
    Arena *arena = engine_arena(frame);
    TemplateScope where = frame->template->scope;
    const Value **arguments = arena_array(arena, const Value *, type.length + 3);
    bool group = where == SCOPE_MANAGEMENT_GROUP;
    if (group) arguments[0] = frame->template->management_group;
    size_t count = type_and_names(arena, type, name, arguments + group) + group;
    return engine_call(frame, call_on(arena, functions[where], arguments, count));
}

static const Value *wrong_segments(const Frame *frame, Text type, Text name)
{
    size_t names = 1, types = 0;
    for (size_t i = 0; i < name.length; i++) names += name.at[i] == '/';
    for (size_t i = 0; i < type.length; i++) types += type.at[i] == '/';
    return engine_fail(
        frame,
        "The template resource '%.*s' of type '%.*s' at %s has an invalid name. "
        "The name '%.*s' contains '%zu' name segment(s) separated by '/', but '%zu' segment(s) "
        "were expected. Please see https://aka.ms/arm-syntax-resources for usage details.",
        TEXT_ARG(name), TEXT_ARG(type), engine_at(frame, NULL), TEXT_ARG(name), names, types);
}

const Value *resourceid_in_group(const Frame *frame, Text type, const Value *name,
                                 const Value *subscription, const Value *group)
{
    Arena *arena = engine_arena(frame);
    const Value **arguments = arena_array(arena, const Value *, type.length + 3);
    arguments[0] = subscription;
    if (group) arguments[1] = group;
    size_t scope = group ? 2 : 1;
    Call call = {.name = group ? TEXT("resourceId") : TEXT("subscriptionResourceId"),
                 .count = type_and_names(arena, type, name, arguments + scope) + scope};
    return with_scope(frame, &call, arguments, scope, arguments, scope);
}

const Value *resourceid_value(const Frame *frame, Text type, const Value *name, const Value *scope)
{
    Arena *arena = engine_arena(frame);
    const Template *template = frame->template;
    bool group = template->scope == SCOPE_GROUP,
         below = group || template->scope == SCOPE_SUBSCRIPTION;
    bool known =
        !(group && call_of(template->group)) &&
        !(template->scope == SCOPE_MANAGEMENT_GROUP && call_of(template->management_group)) &&
        !(below && call_of(template->subscription)) && !call_of(name);
    size_t names = 1, types = 0;
    for (size_t i = 0; i < name->string.length; i++) names += name->string.at[i] == '/';
    for (size_t i = 0; i < type.length; i++) types += type.at[i] == '/';
    if (!call_of(name) && names != types) return wrong_segments(frame, type, name->string);
    if (scope && (call_of(scope) || !known)) return scoped_id(frame, type, name, scope);
    if (!known) return unscoped_id(frame, type, name);
    Text where = resourceid_scope(template), id;
    if (scope) {
        // Microsoft.A/b/NAME: within the deployment's scope
        bool absolute = text_starts(scope->string, "/");
        bool of_tenant = template->scope == SCOPE_MANAGEMENT_GROUP &&
                         text_starts(scope->string, "Microsoft.Management/managementGroups");
        if (of_tenant) where = (Text){0};
        where = absolute ? scope->string
                         : text_format(arena, "%.*s/providers/%.*s", TEXT_ARG(where),
                                       TEXT_ARG(scope->string));
        while (text_ends(where, "/")) where.length--;
    }
    if (!id_of(arena, where, type, name->string, &id))
        return wrong_segments(frame, type, name->string);
    return value_string(arena, id);
}
