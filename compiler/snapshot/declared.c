// compiler/snapshot/declared.c
#include "compiler/snapshot/declared.h"

#include "compiler/snapshot/copy.h"
#include "compiler/snapshot/resourceid.h"

static const Value *text_property(const Frame *frame, const Value *json, const char *name)
{
    const Value *value = value_find(json, text_of(name));
    if (!value) return value_string(engine_arena(frame), (Text){0});
    value = engine_json(frame, value);
    if (value && value->kind != VALUE_STRING)
        return engine_fail(frame, "The template resource property '%s' must be a string.", name);
    return value;
}

Frame declared_frame(Template *template, const Item *item, const TemplateRuntime *runtime,
                     TemplateProblem *problem)
{
    return (Frame){.template = template,
                   .flags = FRAME_BODY,
                   .loops = item->loops,
                   .runtime = runtime,
                   .problem = problem};
}

Item *declared_find(const Template *template, Text name)
{
    Text key = engine_lower(template->arena, name);
    Item *item = map_get(&template->symbols, key);
    return item ? item : map_get(&template->ids, key);
}

// ---- one resource

// `outer` in front of a nested resource's own type or name.
static Text within(Arena *arena, Text outer, Text own)
{
    return text_format(arena, "%.*s/%.*s", TEXT_ARG(outer), TEXT_ARG(own));
}

static bool starts_with(Text text, Text start)
{
    return text.length > start.length && text.at[start.length] == '/' &&
           engine_same(text_slice(text, 0, start.length), start);
}

static bool name_and_type(const Frame *frame, Item *item)
{
    Arena *arena = engine_arena(frame);
    const Value *type = text_property(frame, item->json, "type");
    item->name = type ? text_property(frame, item->json, "name") : NULL;
    if (!item->name) return false;
    const Item *parent = item->parent;
    item->shown.type = type->string;
    if (parent && !starts_with(type->string, parent->shown.type)) {
        item->shown.type = within(arena, parent->shown.type, type->string);
        if (!call_of(item->name) && !call_of(parent->name))
            item->name =
                value_string(arena, within(arena, parent->name->string, item->name->string));
    }
    item->shown.name = item->name->string;
    if (item->shown.type.length && item->shown.name.length) return true;
    engine_fail(frame, "The template resource '%.*s' has no name or no type.", TEXT_ARG(item->key));
    return false;
}

// Resource groups and subscriptions that a nested deployment goes to; NULL: its own.
static bool read_scope(const Frame *frame, Item *item)
{
    Arena *arena = engine_arena(frame);
    const Value *scope = text_property(frame, item->json, "scope");
    const Value *group = text_property(frame, item->json, "resourceGroup");
    const Value *subscription = text_property(frame, item->json, "subscriptionId");
    if (!scope || !group || !subscription) return false;
    const TemplateContext *context = &frame->template->context;
    Text where = resourceid_scope(frame->template);
    if (group->string.length || subscription->string.length) {
        Text in = subscription->string.length ? subscription->string : context->subscription;
        where = text_format(arena, "/subscriptions/%.*s", TEXT_ARG(in));
        if (group->string.length)
            where = text_format(arena, "%.*s/resourceGroups/%.*s", TEXT_ARG(where),
                                TEXT_ARG(group->string));
        item->scope = call_of(group)          ? group
                      : call_of(subscription) ? subscription
                                              : value_string(arena, where);
    } else if (value_find(item->json, TEXT("scope"))) {
        item->scope = scope;
        where = scope->string;
    }
    item->shown.scope = where;
    return true;
}

static bool decide(const Frame *frame, Item *item)
{
    const Value *condition = value_find(item->json, TEXT("condition"));
    if (condition) condition = engine_json(frame, condition);
    if (!condition) return !value_find(item->json, TEXT("condition"));
    if (call_of(condition)) {
        item->condition = condition;
    } else if (condition->kind != VALUE_BOOL) {
        engine_fail(frame, "The template resource '%.*s' has a condition that is not a boolean.",
                    TEXT_ARG(item->shown.name));
        return false;
    } else {
        item->absent = !condition->boolean;
    }
    return true;
}

static void know(Template *template, Text name, Item *item)
{
    Text key = engine_lower(template->arena, name);
    if (!map_has(&template->symbols, key)) map_put(template->arena, &template->symbols, key, item);
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

static bool read_turn(const Frame *frame, const Value *json, Text symbol, Text key, Item *parent)
{
    Template *template = frame->template;
    Item *item = arena_new(template->arena, Item);
    *item = (Item){.json = json, .key = key, .parent = parent, .loops = frame->loops};
    item->shown.symbol = symbol;
    const Value *existing = value_find(json, TEXT("existing"));
    item->shown.existing = existing && existing->kind == VALUE_BOOL && existing->boolean;
    const Value *version = text_property(frame, json, "apiVersion");
    if (!version || !decide(frame, item) || !name_and_type(frame, item) || !read_scope(frame, item))
        return false;
    item->shown.api_version = version->string;
    item->shown.nested = !item->shown.existing &&
                         engine_same(item->shown.type, TEXT("Microsoft.Resources/deployments"));
    item->id = resourceid_value(frame, item->shown.type, item->name, item->scope);
    if (!item->id) return false;
    item->shown.id = item->id->string;
    const Value *options = value_find(json, TEXT("@options"));
    if (options && options->kind == VALUE_OBJECT) {
        item->shown.only_if_not_exists = value_find(options, TEXT("onlyIfNotExists"));
        item->shown.retry_on = value_find(options, TEXT("retryOn"));
    }
    list_add(template->arena, &template->items, item);
    if (symbol.length) know(template, symbol, item);
    if (key.length) know(template, key, item);
    if (!template->symbolic) know(template, item->shown.name, item);
    Text id_key = engine_lower(template->arena, item->shown.id);
    Item *other = map_get(&template->ids, id_key);
    if (other && !other->absent && !item->absent && !other->shown.existing &&
        !item->shown.existing && !call_of(item->id)) {
        engine_fail(frame,
                    "The resource '%.*s' at line '1' and column '1' is defined multiple times in a "
                    "template. Please see https://aka.ms/arm-syntax-resources for usage details.",
                    TEXT_ARG(item->shown.id));
        return false;
    }
    if (!other || other->absent) map_put(template->arena, &template->ids, id_key, item);
    return read_children(frame, item);
}

// ---- loops

static bool read_loop(const Frame *frame, const Value *json, const Value *copy, Text symbol,
                      Text key, Item *parent)
{
    Arena *arena = engine_arena(frame);
    const Value *name = value_find(copy, TEXT("name"));
    int64_t count = copy_count(frame, copy);
    if (count < 0) return false;
    if (count > COPY_LIMIT) {
        engine_fail(frame,
                    "The template copy definition has copy count '%lld' that exceeds the limit "
                    "'%d'. Please see https://aka.ms/arm-resource-loops for usage details.",
                    (long long)count, COPY_LIMIT);
        return false;
    }
    Text loop_name = name && name->kind == VALUE_STRING ? name->string : key;
    if (!key.length) key = loop_name;
    Template *template = frame->template;
    if (count == 0) map_put(arena, &template->empty_loops, engine_lower(arena, key), template);
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
