// compiler/snapshot/declared.c
#include "compiler/snapshot/declared.h"

#include "compiler/snapshot/copy.h"
#include "compiler/snapshot/resourceid.h"

#include <string.h>

// What an expression gives, as messages show it.
static Text shown(Arena *arena, const Value *value)
{
    if (value->kind == VALUE_STRING && !value->call) return value->string;
    if (value->kind == VALUE_NULL) return TEXT("null");
    TextBuffer out = {.arena = arena};
    call_write(&out, value);
    return buffer_done(&out);
}

const Value *declared_wrong_result(const Frame *frame, const Value *value, const char *wanted)
{
    return engine_fail(
        frame,
        "Evaluation result of language expression '%.*s' is type '%s', expected type "
        "is '%s'.",
        TEXT_ARG(shown(engine_arena(frame), value)), engine_kind(value), wanted);
}

// An empty text if there is no such property, or null; an expression that is a name must not be null.
static const Value *text_property(const Frame *frame, const Value *json, const char *name)
{
    const Value *written = value_find(json, text_of(name));
    bool none = !written || written->kind == VALUE_NULL;
    const Value *value = none ? &value_null : engine_json(frame, written);
    if (!value) return NULL;
    if (value->kind == VALUE_NULL && (none || strcmp(name, "name") != 0))
        return value_string(engine_arena(frame), (Text){0});
    return value->kind == VALUE_STRING ? value : declared_wrong_result(frame, value, "String");
}

// How messages name a resource before its name is known: its symbol, or its name as it stands.
static Text label(Arena *arena, const Value *json, Text symbol)
{
    Text error;
    const Value *name = json->kind == VALUE_OBJECT ? value_find(json, TEXT("name")) : NULL;
    if (symbol.length || !name || name->kind != VALUE_STRING) return symbol;
    if (!call_is_expression(name->string)) return name->string;
    const Value *expression = call_read(arena, name->string, &error);
    if (!expression) return name->string;
    TextBuffer out = {.arena = arena};
    buffer_char(&out, '[');
    call_write(&out, expression);
    buffer_char(&out, ']');
    return buffer_done(&out);
}

Text declared_label(Arena *arena, const Item *item)
{
    return label(arena, item->json, item->shown.symbol);
}

Frame declared_frame(Template *template, const Item *item, const TemplateRuntime *runtime,
                     TemplateProblem *problem)
{
    return (Frame){.template = template,
                   .flags = FRAME_BODY | FRAME_RESOURCE | FRAME_COPY,
                   .loops = item->loops,
                   .runtime = runtime,
                   .problem = problem,
                   .at = item->json};
}

Item *declared_find(const Template *template, Text name)
{
    Text key = text_lower(template->arena, name);
    Item *item = map_get(&template->symbols, key);
    return item ? item : map_get(&template->ids, key);
}

// ---- one resource

// `outer` in front of a nested resource's own type or name.
static Text within(Arena *arena, Text outer, Text own)
{
    return text_format(arena, "%.*s/%.*s", TEXT_ARG(outer), TEXT_ARG(own));
}

static bool name_and_type(const Frame *frame, Item *item)
{
    Arena *arena = engine_arena(frame);
    const Value *type = text_property(frame, item->json, "type");
    item->name = type ? text_property(frame, item->json, "name") : NULL;
    if (!item->name) return false;
    const Item *parent = item->parent;
    item->shown.type = type->string;
    if (parent && (!text_within(type->string, parent->shown.type) ||
                   text_alike(type->string, parent->shown.type))) {
        item->shown.type = within(arena, parent->shown.type, type->string);
        if (!call_of(item->name) && !call_of(parent->name))
            item->name =
                value_string(arena, within(arena, parent->name->string, item->name->string));
    }
    item->shown.name = item->name->string;
    if (item->shown.name.length) return true;
    engine_fail(frame,
                "The template resource '%.*s' of type '%.*s' at %s is not "
                "valid. The name property cannot be null or empty. Please see "
                "https://aka.ms/arm-syntax-resources for usage details.",
                TEXT_ARG(label(arena, item->json, item->shown.symbol)), TEXT_ARG(item->shown.type),
                engine_at(frame, item->json));
    return false;
}

static const Value *given(const Frame *frame, const Item *item, const char *name)
{
    const Value *value = text_property(frame, item->json, name);
    return !value || value->string.length || value->call ? value : NULL;
}

// An extension's scope; the group and subscription that a nested deployment goes to.
static bool read_scope(const Frame *frame, Item *item)
{
    Template *template = frame->template;
    bool deploys = item->shown.nested || item->shown.existing;
    if (value_find(item->json, TEXT("scope")))
        item->scope = text_property(frame, item->json, "scope");
    item->subscription = deploys ? given(frame, item, "subscriptionId") : NULL;
    bool grouped = item->subscription || template->scope <= SCOPE_SUBSCRIPTION;
    item->group = deploys && grouped ? given(frame, item, "resourceGroup") : NULL;
    if (frame->problem->message.length) return false;
    if (!item->group && !item->subscription) {
        item->shown.scope = item->scope ? item->scope->string : resourceid_scope(template);
        item->id = resourceid_value(frame, item->shown.type, item->name, item->scope);
        return item->id != NULL;
    }
    const Value *subscription = item->subscription ? item->subscription : template->subscription;
    item->id = resourceid_in_group(frame, item->shown.type, item->name, subscription, item->group);
    if (!item->id) return false;
    if (!call_of(item->id)) {
        Text in_subscription =
            text_format(engine_arena(frame), "/subscriptions/%.*s", TEXT_ARG(subscription->string));
        item->shown.scope =
            !item->group ? in_subscription
                         : text_format(engine_arena(frame), "%.*s/resourceGroups/%.*s",
                                       TEXT_ARG(in_subscription), TEXT_ARG(item->group->string));
    }
    return true;
}

// Deployments to a resource group have the location of the group, others one of their own.
static bool good_location(const Frame *frame, const Item *item)
{
    bool in_group = item->group || (frame->template->scope == SCOPE_GROUP && !item->subscription);
    if (item->scope && !call_of(item->scope))
        in_group = in_group && !text_is(item->scope->string, "/") &&
                   !text_starts(item->scope->string, "/providers/");
    bool given = value_find(item->json, TEXT("location")) != NULL;
    if (!item->shown.nested || given != in_group) return true;
    engine_fail(frame,
                in_group ? "The 'location' property is not allowed for '%.*s' at resource group "
                           "scope. Please see https://aka.ms/arm-deployment-subscription for usage "
                           "details."
                         : "The 'location' property must be specified for '%.*s'. Please see "
                           "https://aka.ms/arm-deployment-subscription for usage details.",
                TEXT_ARG(item->shown.id));
    return false;
}

static bool decide(const Frame *frame, Item *item)
{
    const Value *condition = value_find(item->json, TEXT("condition"));
    if (condition) condition = engine_json(frame, condition);
    if (frame->problem->message.length) return false;
    if (!condition || condition->kind == VALUE_NULL) return true;
    if (condition->kind == VALUE_BOOL) {
        item->absent = !condition->boolean;
        return true;
    }
    item->condition = condition;
    if (call_of(condition) || frame->template->context.partial) return true;
    declared_wrong_result(frame, condition, "Boolean");
    return false;
}

static void know(Template *template, Text name, Item *item)
{
    Text key = text_lower(template->arena, name);
    if (!map_has(&template->symbols, key)) map_put(template->arena, &template->symbols, key, item);
}

static bool read_version(const Frame *frame, Item *item)
{
    const Value *version = text_property(frame, item->json, "apiVersion");
    if (!version) return false;
    item->shown.api_version = version->string;
    if (version->string.length) return true;
    engine_fail(
        frame,
        "The template resource '%.*s' is not valid. The api-version property at %s "
        "is not defined. The api-profile '<null>' for the template does not match "
        "any valid api-version for the resource type '%.*s'.  Either explicitly specify the "
        "api-version for the resource or specify the correct api-profile for the template.. "
        "Please see https://aka.ms/arm-syntax-resources for usage details.",
        TEXT_ARG(label(engine_arena(frame), item->json, item->shown.symbol)),
        engine_at(frame, item->json), TEXT_ARG(item->shown.type));
    return false;
}

static bool read_resource(const Frame *frame, const Value *json, Text symbol, Text key,
                          Item *parent);

static bool read_children(const Frame *frame, Item *item)
{
    const Value *children = value_find(item->json, TEXT("resources"));
    if (!children) return true;
    for (size_t i = 0; children->kind == VALUE_ARRAY && i < children->array.count; i++) {
        if (!read_resource(frame, children->array.items[i], (Text){0}, (Text){0}, item))
            return false;
    }
    for (size_t i = 0; children->kind == VALUE_OBJECT && i < children->object.count; i++) {
        Text name = children->object.items[i].name;
        Text symbol = item->shown.symbol.length
                          ? text_format(engine_arena(frame), "%.*s::%.*s",
                                        TEXT_ARG(item->shown.symbol), TEXT_ARG(name))
                          : name;
        if (!read_resource(frame, children->object.items[i].value, symbol, symbol, item))
            return false;
    }
    return true;
}

// Into the maps by which others find it; false if another resource is the same.
static bool register_item(const Frame *frame, Item *item)
{
    Template *template = frame->template;
    list_add(template->arena, &template->items, item);
    if (item->shown.symbol.length) know(template, item->shown.symbol, item);
    if (item->key.length) know(template, item->key, item);
    if (!template->symbolic) know(template, item->shown.name, item);
    Text id = text_lower(template->arena, item->shown.id);
    Item *other = map_get(&template->ids, id);
    if (!other || other->absent) map_put(template->arena, &template->ids, id, item);
    bool same = other && !other->absent && !item->absent && !other->shown.existing &&
                !item->shown.existing && !call_of(item->id);
    if (!same || template->context.partial) return true; // as the official snapshot
    engine_fail(frame,
                "The resource '%.*s' at %s is defined multiple times in a "
                "template. Please see https://aka.ms/arm-syntax-resources for usage details.",
                TEXT_ARG(item->shown.id), engine_at(frame, item->json));
    return false;
}

// A resource of an extension is only predicted.
static bool read_foreign(const Frame *frame, Item *item, const Value *extension)
{
    Template *template = frame->template;
    if (template->context.partial) {
        const Value *type = text_property(frame, item->json, "type"),
                    *version = text_property(frame, item->json, "apiVersion");
        if (!type || !version) return false;
        item->foreign = true;
        item->name = value_string(template->arena, (Text){0});
        item->shown.id = item->shown.symbol.length ? item->shown.symbol : item->key;
        item->id = value_string(template->arena, item->shown.id);
        item->shown.type = type->string;
        item->shown.api_version = version->string;
        list_add(template->arena, &template->items, item);
        know(template, item->shown.symbol, item);
        know(template, item->key, item);
        if (value_find(item->json, TEXT("import"))) // others are not looked into, as officially
            map_put(template->arena, &template->ids, text_lower(template->arena, item->shown.id),
                    item);
        return true;
    }
    engine_fail(frame,
                "The template resource '%.*s' at %s is of the extension '%.*s': only resources of "
                "Azure can be deployed here.",
                TEXT_ARG(label(engine_arena(frame), item->json, item->shown.symbol)),
                engine_at(frame, item->json),
                TEXT_ARG(extension->kind == VALUE_STRING ? extension->string : TEXT("")));
    return false;
}

static bool read_item(const Frame *frame, Item *item)
{
    const Value *existing = value_find(item->json, TEXT("existing"));
    item->shown.existing = existing && existing->kind == VALUE_BOOL && existing->boolean;
    const Value *options = value_find(item->json, TEXT("@options"));
    if (options && options->kind == VALUE_OBJECT) {
        item->shown.only_if_not_exists = value_find(options, TEXT("onlyIfNotExists"));
        item->shown.retry_on = value_find(options, TEXT("retryOn"));
    }
    const Value *extension = value_find(item->json, TEXT("extension"));
    if (!extension) extension = value_find(item->json, TEXT("import"));
    if (!decide(frame, item)) return false;
    if (extension) return read_foreign(frame, item, extension);
    if (!name_and_type(frame, item) || !read_version(frame, item)) return false;
    item->shown.nested = !item->shown.existing &&
                         text_alike(item->shown.type, TEXT("Microsoft.Resources/deployments"));
    if (!read_scope(frame, item)) return false;
    item->shown.id = item->id->string;
    return good_location(frame, item) && register_item(frame, item) && read_children(frame, item);
}

static bool read_turn(const Frame *frame, const Value *json, Text symbol, Text key, Item *parent)
{
    Item *item = arena_new(engine_arena(frame), Item);
    *item = (Item){.json = json, .key = key, .parent = parent, .loops = frame->loops};
    item->shown.symbol = symbol;
    Frame own = *frame;
    own.flags |= FRAME_RESOURCE | FRAME_COPY;
    own.at = json;
    if (read_item(&own, item)) return true;
    if (item->absent && frame->template->context.partial) { // as the official snapshot
        *frame->problem = (TemplateProblem){0};
        return true;
    }
    engine_within(frame, "resource", label(engine_arena(frame), json, symbol), json);
    return false;
}

// ---- loops

static bool good_mode(const Frame *frame, const Value *copy, Text name, const Value *resource)
{
    const Value *mode = value_find(copy, TEXT("mode"));
    if (!mode || mode->kind != VALUE_STRING || text_alike(mode->string, TEXT("serial")) ||
        text_alike(mode->string, TEXT("parallel")))
        return true;
    engine_fail(frame,
                "The template resource '%.*s' at %s has an invalid copy mode "
                "'%.*s'. The supported values are 'Parallel,Serial'. Please see "
                "https://aka.ms/arm-resource-loops for usage details.",
                TEXT_ARG(name), engine_at(frame, resource), TEXT_ARG(mode->string));
    return false;
}

// The names of loops are told apart in templates with symbolic names.
static bool new_loop(const Frame *frame, Text name, const Value *resource)
{
    Template *template = frame->template;
    Text key = text_lower(template->arena, name);
    bool doubled = template->symbolic && map_has(&template->loops, key);
    if (!doubled) map_put(template->arena, &template->loops, key, template);
    if (!doubled) return true;
    EnginePlace place = engine_place(frame, resource);
    engine_fail(frame,
                "The resource copy with name '%.*s' at line '%zu' column '%zu' has already been "
                "defined. Duplicate resource copy names are not allowed in templates using "
                "symbolic names.",
                TEXT_ARG(name), place.line, place.column);
    return false;
}

static bool read_loop(const Frame *frame, const Value *json, const Value *copy, Text symbol,
                      Text key, Item *parent)
{
    Arena *arena = engine_arena(frame);
    const Value *name = value_find(copy, TEXT("name"));
    Text loop_name = name && name->kind == VALUE_STRING ? name->string : key;
    if (!good_mode(frame, copy, label(arena, json, symbol), json) ||
        !new_loop(frame, loop_name, json))
        return false;
    int64_t count = copy_count(frame, copy);
    if (count < 0) {
        engine_within(frame, "resource", label(arena, json, symbol), json);
        return false;
    }
    if (!key.length) key = loop_name;
    for (int64_t i = 0; i < count; i++) {
        Loop *turn = arena_new(arena, Loop);
        *turn = (Loop){loop_name, i, true, frame->loops};
        Frame inner = *frame;
        inner.loops = turn;
        Text own = symbol.length ? text_format(arena, "%.*s[%lld]", TEXT_ARG(symbol), (long long)i)
                                 : (Text){0};
        if (!read_turn(&inner, json, own, key, parent)) return false;
    }
    return true;
}

static bool read_resource(const Frame *frame, const Value *json, Text symbol, Text key,
                          Item *parent)
{
    if (json->kind != VALUE_OBJECT) {
        engine_fail(frame, "The template resource '%.*s' is not an object.", TEXT_ARG(symbol));
        return false;
    }
    const Value *copy = value_find(json, TEXT("copy"));
    if (copy && copy->kind == VALUE_OBJECT)
        return read_loop(frame, json, copy, symbol, key, parent);
    return read_turn(frame, json, symbol, key, parent);
}

bool declared_read(const Frame *frame)
{
    const Value *resources = value_find(frame->template->json, TEXT("resources"));
    if (!resources) return true;
    for (size_t i = 0; resources->kind == VALUE_ARRAY && i < resources->array.count; i++) {
        if (!read_resource(frame, resources->array.items[i], (Text){0}, (Text){0}, NULL))
            return false;
    }
    for (size_t i = 0; resources->kind == VALUE_OBJECT && i < resources->object.count; i++) {
        Text name = resources->object.items[i].name;
        if (!read_resource(frame, resources->object.items[i].value, name, name, NULL)) return false;
    }
    return true;
}
