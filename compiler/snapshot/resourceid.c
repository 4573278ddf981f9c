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

bool resourceid_of(Arena *arena, Text scope, Text type, Text name, Text *id)
{
    bool tenant = scope.length == 0;
    if (engine_same(type, TEXT("Microsoft.Resources/resourceGroups")) && !tenant) {
        *id = text_format(arena, "%.*s/resourceGroups/%.*s", TEXT_ARG(scope), TEXT_ARG(name));
        return true;
    }
    if (engine_same(type, TEXT("Microsoft.Resources/subscriptions")) && tenant) {
        *id = text_format(arena, "/subscriptions/%.*s", TEXT_ARG(name));
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
    const TemplateContext *context = &template->context;
    switch (template->scope) {
    case SCOPE_GROUP: return group_scope(template->arena, context->subscription, context->group);
    case SCOPE_SUBSCRIPTION: return subscription_scope(template->arena, context->subscription);
    case SCOPE_MANAGEMENT_GROUP:
        return management_group_scope(template->arena, context->management_group);
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
            "https://aka.ms/arm-functions-resources#%.*s for usage details.",
            TEXT_ARG(call->name), TEXT_ARG(kind), segments,
            TEXT_ARG(engine_lower(arena, call->name)));
    Text id;
    resourceid_of(arena, scope, kind, buffer_done(&name), &id);
    return value_string(arena, id);
}

static bool all_texts(const Frame *frame, const Call *call, const Value **arguments)
{
    for (size_t i = 0; i < call->count; i++) {
        if (arguments[i]->kind == VALUE_STRING) continue;
        engine_fail(frame,
                    "Unable to evaluate template language function '%.*s': all function arguments "
                    "must be string literals. Please see "
                    "https://aka.ms/arm-functions-resources#%.*s for usage details.",
                    TEXT_ARG(call->name), TEXT_ARG(engine_lower(engine_arena(frame), call->name)));
        return false;
    }
    return true;
}

static const Value *no_type(const Frame *frame, const Call *call, const Value **arguments)
{
    TextBuffer shown = {.arena = engine_arena(frame)};
    for (size_t i = 0; i < call->count; i++) {
        if (i) buffer_char(&shown, ',');
        buffer_text(&shown, arguments[i]->string);
    }
    return engine_fail(
        frame,
        "Unable to evaluate template language function '%.*s': function requires exactly one "
        "multi-segmented argument which must be resource type including resource provider "
        "namespace. Current function arguments '%.*s'. Please see "
        "https://aka.ms/arm-functions-resources#%.*s for usage details.",
        TEXT_ARG(call->name), TEXT_ARG(buffer_done(&shown)),
        TEXT_ARG(engine_lower(engine_arena(frame), call->name)));
}

static bool any_kept(const Value **arguments, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (call_of(arguments[i])) return true;
    }
    return false;
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
    Text where = scope_count == 2   ? group_scope(arena, scope[0]->string, scope[1]->string)
                 : scope_count == 1 ? subscription_scope(arena, scope[0]->string)
                                    : (Text){0};
    return joined(frame, call, where, arguments, type);
}

const Value *id_resource(const Frame *frame, const Call *call, const Value **arguments)
{
    size_t type = type_at(arguments, call->count);
    if (!all_texts(frame, call, arguments)) return NULL;
    if (type == call->count)
        return any_kept(arguments, call->count) ? engine_keep(frame, call, arguments)
                                                : no_type(frame, call, arguments);
    const Template *words = frame->template->words;
    const Value *scope[2] = {0};
    size_t count = words->scope == SCOPE_GROUP ? 2 : words->scope == SCOPE_SUBSCRIPTION ? 1 : 0;
    if (type > count) return no_type(frame, call, arguments);
    for (size_t i = 0; i < count; i++) {
        size_t given = count - i; // counted from the type
        scope[i] = given <= type ? arguments[type - given]
                   : i == 0      ? own(frame, "subscription", "subscriptionId")
                                 : own(frame, "resourceGroup", "name");
        if (!scope[i]) return NULL;
    }
    return with_scope(frame, call, arguments, type, scope, count);
}

const Value *id_subscription(const Frame *frame, const Call *call, const Value **arguments)
{
    size_t type = type_at(arguments, call->count);
    if (!all_texts(frame, call, arguments)) return NULL;
    if (type == call->count && any_kept(arguments, call->count))
        return engine_keep(frame, call, arguments);
    if (type > 1) return no_type(frame, call, arguments);
    const Value *scope[1] = {type ? arguments[0] : own(frame, "subscription", "subscriptionId")};
    return scope[0] ? with_scope(frame, call, arguments, type, scope, 1) : NULL;
}

const Value *id_tenant(const Frame *frame, const Call *call, const Value **arguments)
{
    if (!all_texts(frame, call, arguments)) return NULL;
    if (type_at(arguments, call->count) != 0) return no_type(frame, call, arguments);
    return joined(frame, call, (Text){0}, arguments, 0);
}

const Value *id_extension(const Frame *frame, const Call *call, const Value **arguments)
{
    if (!all_texts(frame, call, arguments)) return NULL;
    if (type_at(arguments + 1, call->count - 1) != 0) return no_type(frame, call, arguments);
    Text scope = arguments[0]->string;
    while (text_ends(scope, "/")) scope.length--;
    return joined(frame, call, scope, arguments, 1);
}

const Value *id_management_group(const Frame *frame, const Call *call, const Value **arguments)
{
    if (!all_texts(frame, call, arguments)) return NULL;
    if (type_at(arguments, call->count) != 1) return no_type(frame, call, arguments);
    return joined(frame, call, management_group_scope(engine_arena(frame), arguments[0]->string),
                  arguments, 1);
}

// ---- resources of the template

static const Value *kept_id(const Frame *frame, Text type, const Value *name)
{
    Arena *arena = engine_arena(frame);
    size_t segments = 0;
    for (size_t i = 0; i < type.length; i++) segments += type.at[i] == '/';
    const Value **arguments = arena_array(arena, const Value *, segments + 1);
    arguments[0] = value_string(arena, type);
    Text error;
    for (size_t i = 0; i < segments; i++) {
        if (segments == 1 || !call_of(name)) {
            arguments[i + 1] = name;
            continue;
        }
        // As the official engine takes a name apart that it does not know.
        TextBuffer piece = {.arena = arena};
        buffer_string(&piece, "[filter(split(");
        call_write(&piece, name);
        buffer_format(&piece, ", '/'), lambda('x', not(empty(lambdaVariables('x')))))[%zu]]", i);
        const Value *expression = call_read(arena, buffer_done(&piece), &error);
        if (!expression) return engine_fail(frame, "%.*s", TEXT_ARG(error));
        arguments[i + 1] = call_kept(arena, call_of(expression));
    }
    Call call = {.name = frame->template->scope == SCOPE_SUBSCRIPTION
                             ? TEXT("subscriptionResourceId")
                         : frame->template->scope == SCOPE_GROUP ? TEXT("resourceId")
                                                                 : TEXT("tenantResourceId"),
                 .count = segments + 1};
    if (frame->template->scope == SCOPE_GROUP) return id_resource(frame, &call, arguments);
    if (frame->template->scope == SCOPE_SUBSCRIPTION)
        return id_subscription(frame, &call, arguments);
    return engine_keep(frame, &call, arguments);
}

const Value *resourceid_value(const Frame *frame, Text type, const Value *name, const Value *scope)
{
    Arena *arena = engine_arena(frame);
    Template *template = frame->template;
    bool group_known = template->scope != SCOPE_GROUP ||
                       (template->context.subscription.length && template->context.group.length);
    bool known = group_known &&
                 (template->scope != SCOPE_SUBSCRIPTION || template->context.subscription.length) &&
                 !call_of(name) && !(scope && call_of(scope));
    if (!known) return kept_id(frame, type, name);
    Text where = resourceid_scope(template), id;
    if (scope) {
        where = scope->string;
        while (text_ends(where, "/")) where.length--;
        if (where.length && where.at[0] != '/') {
            // Microsoft.A/b/NAME: within the deployment's scope
            where = text_format(arena, "%.*s/providers/%.*s", TEXT_ARG(resourceid_scope(template)),
                                TEXT_ARG(where));
        }
    }
    if (!resourceid_of(arena, where, type, name->string, &id))
        return engine_fail(
            frame,
            "The template resource '%.*s' for type '%.*s' at line '1' and column '1' has incorrect "
            "segment lengths. A nested resource type must have identical number of segments as its "
            "resource name. A root resource type must have segment length one greater than its "
            "resource name. Please see https://aka.ms/arm-syntax-resources for usage details.",
            TEXT_ARG(name->string), TEXT_ARG(type));
    return value_string(arena, id);
}
