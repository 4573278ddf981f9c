// compiler/snapshot/nested.c
#include "compiler/snapshot/nested.h"

#include "compiler/snapshot/declared.h"
#include "compiler/snapshot/reading.h"

// What says how, not what is deployed.
static bool is_of_template(Text name)
{
    static const char *const names[] = {"copy",     "condition",      "dependsOn",     "comments",
                                        "existing", "@options",       "resources",     "metadata",
                                        "scope",    "subscriptionId", "resourceGroup", "name",
                                        "type",     "apiVersion",     "import"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (engine_same(name, text_of(names[i]))) return true;
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
        bool stays = engine_same(property->name, TEXT("template"));
        const Value *value = stays ? property->value : engine_json(frame, property->value);
        if (!value) return NULL;
        list_add(arena, &made->object, ((ValueProperty){property->name, value, NULL}));
    }
    return made;
}

static const Value *make_body(const Frame *frame, const Item *item)
{
    Arena *arena = engine_arena(frame);
    Frame own = declared_frame(frame->template, item, frame->runtime, frame->problem);
    Value *body = value_object(arena);
    value_set(arena, body, TEXT("type"), value_string(arena, item->shown.type));
    value_set(arena, body, TEXT("apiVersion"), value_string(arena, item->shown.api_version));
    value_set(arena, body, TEXT("name"), item->name);
    for (size_t i = 0; i < item->json->object.count; i++) {
        const ValueProperty *property = &item->json->object.items[i];
        if (is_of_template(property->name)) continue;
        bool deployment = item->shown.nested && property->value->kind == VALUE_OBJECT &&
                          engine_same(property->name, TEXT("properties"));
        const Value *value = deployment ? deployment_properties(&own, property->value)
                                        : engine_json(&own, property->value);
        if (!value) return NULL;
        list_add(arena, &body->object, ((ValueProperty){property->name, value, NULL}));
    }
    return body;
}

const Value *nested_body(const Frame *frame, Item *item)
{
    if (frame->runtime) return make_body(frame, item);
    if (item->body) return item->body;
    if (item->busy)
        return engine_fail(frame, "The resource '%.*s' refers to itself.",
                           TEXT_ARG(item->shown.id));
    item->busy = true;
    item->body = make_body(frame, item);
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

static bool is_inner(const Value *properties)
{
    const Value *scope = member(member(properties, "expressionEvaluationOptions"), "scope");
    return scope && scope->kind == VALUE_STRING && engine_same(scope->string, TEXT("inner"));
}

// Where it deploys to: its own scope, or that of the template around it.
static TemplateContext context_of(const Template *template, const Item *item, const Value *body)
{
    TemplateContext context = template->context;
    context.name = item->shown.name;
    const Value *location = member(body, "location");
    if (location && location->kind == VALUE_STRING) context.location = location->string;
    Text scope = item->scope ? item->scope->string : (Text){0};
    if (!item->scope) return context;
    context.group_object = NULL;
    context.group = context.subscription = context.management_group = (Text){0};
    static const char *const starts[] = {"/subscriptions/", "/resourceGroups/"};
    Text *const fields[] = {&context.subscription, &context.group};
    for (size_t i = 0; i < 2; i++) {
        Text start = text_of(starts[i]);
        if (scope.length <= start.length || !engine_same(text_slice(scope, 0, start.length), start))
            break;
        size_t end = start.length;
        while (end < scope.length && scope.at[end] != '/') end++;
        *fields[i] = text_slice(scope, start.length, end);
        scope = text_slice(scope, end, scope.length);
    }
    if (!engine_same(context.subscription, template->context.subscription))
        context.subscription_object = NULL;
    Text groups = TEXT("Microsoft.Management/managementGroups/");
    size_t at = 0;
    while (at + groups.length < scope.length &&
           !engine_same(text_slice(scope, at, at + groups.length), groups))
        at++;
    if (at + groups.length < scope.length)
        context.management_group = text_slice(scope, at + groups.length, scope.length);
    return context;
}

Template *nested_template(const Frame *frame, Item *item)
{
    if (item->inner) return item->inner;
    const Value *body = nested_body(frame, item);
    if (!body) return NULL;
    const Value *properties = member(body, "properties"), *json = member(properties, "template");
    if (!json || json->kind != VALUE_OBJECT) {
        bool linked = member(properties, "templateLink") != NULL;
        engine_fail(frame,
                    linked ? "The nested deployment '%.*s' has a template link, which cannot be "
                             "followed here: put the template itself into 'template'."
                           : "The nested deployment '%.*s' has no template.",
                    TEXT_ARG(item->shown.id));
        return NULL;
    }
    Template *template = frame->template;
    TemplateContext context = context_of(template, item, body);
    bool inner = is_inner(properties);
    item->inner =
        reading_template(template->arena, json, member(properties, "parameters"), &context,
                         template, inner ? NULL : template->words, frame->problem);
    return item->inner;
}
