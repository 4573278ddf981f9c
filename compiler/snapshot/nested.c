// compiler/snapshot/nested.c
#include "compiler/snapshot/nested.h"

#include "compiler/snapshot/budget.h"
#include "compiler/snapshot/declared.h"
#include "compiler/snapshot/reading.h"
#include "compiler/snapshot/settle.h"

// What says how, not what is deployed.
static bool is_of_template(Text name)
{
    static const char *const names[] = {"copy",     "condition",      "dependsOn",     "comments",
                                        "existing", "@options",       "resources",     "metadata",
                                        "scope",    "subscriptionId", "resourceGroup", "name",
                                        "type",     "apiVersion",     "import"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (text_alike(name, text_of(names[i]))) return true;
    }
    return false;
}

// The properties of a nested deployment; its template stays as it is.
static const Value *deployment_properties(const Frame *frame, const Value *properties)
{
    Arena *arena = engine_arena(frame);
    Value *made = value_object(arena);
    for (size_t i = 0; i < properties->object.count; i++) {
        const ValueProperty *property = &properties->object.items[i];
        bool stays = text_alike(property->name, TEXT("template"));
        const Value *value = stays ? property->value : engine_json(frame, property->value);
        if (!value) return NULL;
        list_add(arena, &made->object, ((ValueProperty){property->name, value, NULL}));
    }
    return made;
}

// {apiVersion, properties, type}
static const Value *make_foreign(const Frame *frame, const Item *item)
{
    Arena *arena = engine_arena(frame);
    Value *body = value_object(arena);
    const Value *properties = value_find(item->json, TEXT("properties"));
    if (item->shown.api_version.length)
        value_set(arena, body, TEXT("apiVersion"), value_string(arena, item->shown.api_version));
    properties = properties ? engine_json(frame, properties) : value_object(arena);
    if (!properties) return NULL;
    value_set(arena, body, TEXT("properties"), properties);
    value_set(arena, body, TEXT("type"), value_string(arena, item->shown.type));
    return body;
}

static const Value *make_body(const Frame *frame, const Item *item)
{
    Arena *arena = engine_arena(frame);
    Frame own = declared_frame(frame->template, item, frame->runtime, frame->problem);
    if (item->foreign) return make_foreign(&own, item);
    Value *body = value_object(arena);
    value_set(arena, body, TEXT("type"), value_string(arena, item->shown.type));
    value_set(arena, body, TEXT("apiVersion"), value_string(arena, item->shown.api_version));
    value_set(arena, body, TEXT("name"), item->name);
    for (size_t i = 0; i < item->json->object.count; i++) {
        const ValueProperty *property = &item->json->object.items[i];
        if (is_of_template(property->name)) continue;
        bool deployment = item->shown.nested && property->value->kind == VALUE_OBJECT &&
                          text_alike(property->name, TEXT("properties"));
        const Value *value = deployment ? deployment_properties(&own, property->value)
                                        : engine_json(&own, property->value);
        if (!value) return NULL;
        list_add(arena, &body->object, ((ValueProperty){property->name, value, NULL}));
    }
    return budget_counts(frame, body) ? body : NULL;
}

static const Value *made_or_said(const Frame *frame, const Item *item)
{
    const Value *body = make_body(frame, item);
    return body || frame->runtime
               ? body
               : engine_within(frame, "resource", declared_label(engine_arena(frame), item),
                               item->json);
}

const Value *nested_evaluated(const Frame *frame, Item *item)
{
    if (!item->evaluated) item->evaluated = made_or_said(frame, item);
    return item->evaluated;
}

// Only the properties are looked into again, as officially.
static const Value *with_settled(const Frame *frame, const Value *body)
{
    const Value *properties = value_find(body, TEXT("properties"));
    if (!properties) return body;
    const Value *settled = settle(frame, properties);
    if (!settled || settled == properties) return settled ? body : NULL;
    Arena *arena = engine_arena(frame);
    Value *copy = value_object(arena);
    for (size_t i = 0; i < body->object.count; i++) {
        ValueProperty property = body->object.items[i];
        if (property.value == properties) property.value = settled;
        list_add(arena, &copy->object, property);
    }
    return copy;
}

const Value *nested_body(const Frame *frame, Item *item)
{
    if (frame->runtime) return made_or_said(frame, item);
    if (item->body) return item->body;
    if (item->busy)
        return engine_fail(frame, "The resource '%.*s' refers to itself.",
                           TEXT_ARG(item->shown.id));
    const Value *evaluated = nested_evaluated(frame, item);
    if (!evaluated) return NULL;
    Frame own = declared_frame(frame->template, item, NULL, frame->problem);
    item->busy = true;
    item->body = with_settled(&own, evaluated);
    item->busy = false;
    return item->body;
}

const Value *nested_properties(const Frame *frame, Item *item)
{
    if (item->predicted || item->shown.existing || item->absent || item->busy)
        return item->predicted;
    const Value *body = nested_body(frame, item);
    const Value *properties = body ? value_find(body, TEXT("properties")) : NULL;
    if (!properties || properties->kind != VALUE_OBJECT || !item->shown.nested)
        return item->predicted = properties;
    Template *inner = nested_template(frame, item);
    const Value *outputs = inner ? template_outputs(inner, NULL, frame->problem) : NULL;
    if (!outputs) return NULL;
    Arena *arena = engine_arena(frame);
    Value *whole = value_object(arena);
    for (size_t i = 0; i < properties->object.count; i++)
        list_add(arena, &whole->object, properties->object.items[i]);
    list_add(arena, &whole->object, ((ValueProperty){TEXT("Outputs"), outputs, NULL}));
    return item->predicted = whole;
}

// ---- templates within templates

static const Value *member(const Value *object, const char *name)
{
    return object && object->kind == VALUE_OBJECT ? value_find(object, text_of(name)) : NULL;
}

static bool is_inner(const Value *properties, bool by_default)
{
    const Value *scope = member(member(properties, "expressionEvaluationOptions"), "scope");
    return !scope ? by_default
                  : scope->kind == VALUE_STRING && text_alike(scope->string, TEXT("inner"));
}

// The management group of a scope; empty if it is none.
static Text management_group_of(Text scope)
{
    Text groups = TEXT("Microsoft.Management/managementGroups/");
    for (size_t at = 0; at + groups.length < scope.length; at++) {
        if (text_alike(text_slice(scope, at, at + groups.length), groups))
            return text_slice(scope, at + groups.length, scope.length);
    }
    return (Text){0};
}

// The resource group as the runtime knows it; NULL if it does not.
static const Value *group_object(const Frame *frame, const Item *item)
{
    if (!frame->runtime || !frame->runtime->resource || !item->group) return NULL;
    return frame->runtime->resource(frame->runtime->self, engine_arena(frame), item->shown.scope,
                                    (Text){0});
}

static TemplateScope scope_of(const Template *template, const Item *item)
{
    if (item->group) return SCOPE_GROUP;
    if (item->subscription) return SCOPE_SUBSCRIPTION;
    if (!item->scope || call_of(item->scope)) return template->scope;
    Text scope = item->scope->string;
    if (text_is(scope, "/")) return SCOPE_TENANT;
    bool below = template->scope == SCOPE_GROUP || template->scope == SCOPE_SUBSCRIPTION;
    bool of_group = management_group_of(scope).length && (!below || text_starts(scope, "/"));
    return of_group ? SCOPE_MANAGEMENT_GROUP : template->scope;
}

// Where it deploys to: its own scope, or that of the template around it.
static void place(const Frame *frame, const Item *item, const Value *body, Reading *reading)
{
    const Template *template = frame->template;
    TemplateContext *context = &reading->context;
    *context = template->context;
    context->name = item->shown.name;
    reading->subscription = item->subscription ? item->subscription : template->subscription;
    reading->group = template->group;
    reading->scope = scope_of(template, item);
    reading->told = template->told && !item->group && !item->subscription;
    if (item->group) {
        reading->group = item->group;
        context->group_object = group_object(frame, item);
    }
    if (item->subscription) context->subscription_object = NULL;
    if (item->group || item->subscription) context->location = (Text){0};
    if (item->scope) context->management_group = management_group_of(item->scope->string);
    const Value *location = member(body, "location");
    if (location && location->kind == VALUE_STRING) context->location = location->string;
}

const Value *nested_both(const Frame *frame, const Value *outer, const Value *own)
{
    const Value *conditions[] = {outer, own};
    if (!outer || !own) return outer ? outer : own;
    return call_made(engine_arena(frame), "and", conditions, 2);
}

// "<target> Warning NestedDeploymentShortCircuited: …", as the official snapshot says it.
static void skip(const Frame *frame, Item *item, const char *target, Text why)
{
    Arena *arena = engine_arena(frame);
    item->skipped = text_format(
        arena,
        "%s Warning NestedDeploymentShortCircuited: The nested deployment '%.*s' at line '1' and "
        "column '1' could not be expanded because %.*s.",
        target, TEXT_ARG(item->shown.id), TEXT_ARG(why));
    *frame->problem = (TemplateProblem){0};
}

static Template *linked(const Frame *frame, Item *item, bool by_link)
{
    engine_fail(frame,
                by_link
                    ? "The nested deployment '%.*s' has a template link, which cannot be followed "
                      "here: put the template itself into 'template'."
                    : "The nested deployment '%.*s' has no template.",
                TEXT_ARG(item->shown.id));
    if (by_link && frame->template->context.partial)
        skip(frame, item, text_string(engine_arena(frame), item->shown.id),
             TEXT("the template failed to download with the following message: 'The nested "
                  "deployment uses a template or parameters link, but not link resolver was "
                  "supplied.'. Please see https://aka.ms/WhatIfEvalStopped for more guidance"));
    return NULL;
}

// A loop whose count is not known yet is nobody's mistake.
static void forgive(const Frame *frame, Item *item)
{
    Template *template = frame->template;
    if (!template->endless || frame->runtime) return;
    template->endless = false;
    skip(
        frame, item, "",
        text_format(engine_arena(frame),
                    "it contains one or more copy count expressions that cannot be evaluated prior "
                    "to the start of the deployment: '%.*s'",
                    TEXT_ARG(frame->problem->message)));
}

Template *nested_template(const Frame *frame, Item *item)
{
    if (!frame->runtime && (item->inner || item->skipped.length)) return item->inner;
    const Value *body = nested_body(frame, item);
    if (!body) return NULL;
    const Value *properties = member(body, "properties"), *json = member(properties, "template");
    if (!json || json->kind != VALUE_OBJECT)
        return linked(frame, item, member(properties, "templateLink") != NULL);
    Template *template = frame->template;
    if (template->symbolic && !is_inner(properties, true)) {
        engine_fail(frame, "Template language version '2.0' does not support 'Outer' expression "
                           "evaluation. Ensure you have set expressionEvaluationOptions.scope to "
                           "'Inner'.");
        return NULL;
    }
    Reading reading = {.json = json,
                       .parameters = member(properties, "parameters"),
                       .around = template,
                       .runtime = frame->runtime != NULL,
                       .words = is_inner(properties, template->symbolic) ? NULL : template->words,
                       .condition = nested_both(frame, template->condition, item->condition)};
    place(frame, item, body, &reading);
    Template *inner = reading_template(template->arena, &reading, frame->problem);
    if (!inner) forgive(frame, item);
    if (!frame->runtime) item->inner = inner;
    return inner;
}
