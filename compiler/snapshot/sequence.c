// compiler/snapshot/sequence.c: dependsOn, and what reference() and list*() of a body name, are
// edges; a walk in depth, in the order of the template, gives the order of deployment.
#include "compiler/snapshot/sequence.h"

#include "compiler/snapshot/builtin.h"
#include "compiler/snapshot/declared.h"
#include "compiler/snapshot/nested.h"

static void need(Template *template, Item *item, const Item *other)
{
    if (item == other) return;
    size_t index = other->at;
    for (size_t i = 0; i < item->needs.count; i++) {
        if (item->needs.items[i] == index) return;
    }
    list_add(template->arena, &item->needs, index);
}

// All turns of a loop, or the one resource; false if nothing is known by that name.
static bool need_named(Template *template, Item *item, Text name)
{
    Item *found = declared_find(template, name);
    if (found && found->loops && text_alike(found->key, name)) {
        for (size_t i = 0; i < template->items.count; i++) {
            Item *other = template->items.items[i];
            if (text_alike(other->key, name)) need(template, item, other);
        }
    } else if (found) {
        need(template, item, found);
        bool by_name = !template->symbolic && text_alike(found->shown.name, name);
        for (size_t i = 0; by_name && i < template->items.count; i++) {
            Item *other = template->items.items[i];
            if (text_alike(other->shown.name, name)) need(template, item, other);
        }
    }
    return found || map_has(&template->loops, text_lower(template->arena, name));
}

// ---- dependsOn

// A classic template also takes 'Microsoft.A/b/c/name/name' and 'Microsoft.A/b/name'.
static bool need_typed(Template *template, Item *item, Text name)
{
    for (size_t i = 0; i < template->items.count; i++) {
        Item *other = template->items.items[i];
        Text type = other->shown.type, own = other->shown.name;
        if (name.length == type.length + 1 + own.length && name.at[type.length] == '/' &&
            text_alike(text_slice(name, 0, type.length), type) &&
            text_alike(text_slice(name, type.length + 1, name.length), own)) {
            need(template, item, other);
            return true;
        }
    }
    return false;
}

static bool read_depends_on(const Frame *frame, Item *item)
{
    const Value *list = value_find(item->json, TEXT("dependsOn"));
    if (!list) return true;
    list = engine_json(frame, list);
    if (!list) return false;
    for (size_t i = 0; list->kind == VALUE_ARRAY && i < list->array.count; i++) {
        const Value *name = list->array.items[i];
        if (call_of(name)) continue; // nobody knows which
        if (name->kind == VALUE_STRING &&
            (need_named(frame->template, item, name->string) ||
             (!frame->template->symbolic && need_typed(frame->template, item, name->string))))
            continue;
        if (frame->template->context.partial) continue; // as the official snapshot
        engine_fail(frame,
                    "The resource '%.*s' is not defined in the template. Please see "
                    "https://aka.ms/arm-syntax for usage details.",
                    TEXT_ARG(name->kind == VALUE_STRING ? name->string : (Text){0}));
        return false;
    }
    return true;
}

// ---- names within expressions

static void look_in_json(const Frame *frame, Item *item, const Value *json);

// What evaluation has left as the argument of a reference: an ID, perhaps one that is not known.
static void need_kept(Template *template, Item *item, const Value *id)
{
    if (id->kind == VALUE_STRING && !call_of(id)) need_named(template, item, id->string);
    for (size_t i = 0; call_of(id) && i < template->items.count; i++) {
        if (template->items.items[i]->id == id) need(template, item, template->items.items[i]);
    }
}

// reference('symbol') and list…('symbol') wait for it; with the name or ID of a resource only if
// there is no API version.
static void look_in_call(const Frame *frame, Item *item, const Value *value)
{
    if (!call_of(value)) return;
    const Call *call = call_of(value);
    for (size_t i = 0; i < call->count; i++) look_in_call(frame, item, call->arguments[i]);
    for (size_t i = 0; i < call->access_count; i++) look_in_call(frame, item, call->accesses[i]);
    const Builtin *builtin = call->space.length || !call->count ? NULL : builtin_find(call->name);
    bool reads = builtin && (builtin->run == runtime_reference ||
                             builtin->run == runtime_references || builtin->run == runtime_list);
    bool by_version = !frame->template->symbolic && call->count > 1;
    bool partial = frame->template->context.partial;
    if (!reads || (by_version && !partial)) return;
    if (partial) {
        need_kept(frame->template, item, call->arguments[0]);
        return;
    }
    TemplateProblem ignored = {0};
    Frame quiet = *frame;
    quiet.flags = 0;
    quiet.problem = &ignored;
    const Value *name = engine_call(&quiet, call->arguments[0]);
    if (name && name->kind == VALUE_STRING && !call_of(name))
        need_named(frame->template, item, name->string);
}

static void look_in_text(const Frame *frame, Item *item, Text text)
{
    Text error;
    if (!call_is_expression(text)) return;
    const Value *expression = call_read(engine_arena(frame), text, &error);
    if (expression) look_in_call(frame, item, expression);
}

static void look_in_json(const Frame *frame, Item *item, const Value *json)
{
    if (call_of(json))
        look_in_call(frame, item, json);
    else if (json->kind == VALUE_STRING)
        look_in_text(frame, item, json->string);
    for (size_t i = 0; json->kind == VALUE_ARRAY && i < json->array.count; i++)
        look_in_json(frame, item, json->array.items[i]);
    for (size_t i = 0; json->kind == VALUE_OBJECT && i < json->object.count; i++) {
        const ValueProperty *property = &json->object.items[i];
        bool own = text_alike(property->name, TEXT("template")) ||
                   text_alike(property->name, TEXT("resources"));
        if (own && item->shown.nested) continue;
        look_in_text(frame, item, property->name);
        look_in_json(frame, item, property->value);
    }
}

// ---- loops of which only some turns run at a time

static bool read_batches(const Frame *frame)
{
    Template *template = frame->template;
    for (size_t i = 0; i < template->items.count; i++) {
        Item *item = template->items.items[i];
        const Value *copy = value_find(item->json, TEXT("copy"));
        const Value *mode =
            copy && copy->kind == VALUE_OBJECT ? value_find(copy, TEXT("mode")) : NULL;
        if (!mode || mode->kind != VALUE_STRING || !text_alike(mode->string, TEXT("serial")))
            continue;
        const Value *batch = value_find(copy, TEXT("batchSize"));
        if (batch) batch = engine_json(frame, batch);
        if (frame->problem->message.length) return false;
        int64_t size = batch && batch->kind == VALUE_INT && batch->integer > 0 ? batch->integer : 1;
        int64_t first = item->loops->index / size * size; // of its batch
        for (int64_t back = item->loops->index - first + 1;
             back <= item->loops->index - first + size; back++) {
            if (back <= item->loops->index && (size_t)back <= i)
                need(template, item, template->items.items[i - (size_t)back]);
        }
    }
    return true;
}

// ---- order

static void show_cycle(TextBuffer *out, const Template *template, const Item *item)
{
    buffer_text(out, template->symbolic && item->shown.symbol.length ? item->shown.symbol
                                                                     : item->shown.id);
}

static bool visit(const Frame *frame, Item *item)
{
    Template *template = frame->template;
    if (item->visit == VISIT_DONE) return true;
    if (item->visit == VISIT_OPEN && template->context.partial) return true;
    if (item->visit == VISIT_OPEN) {
        TextBuffer shown = {.arena = template->arena};
        show_cycle(&shown, template, item);
        Text text = buffer_done(&shown);
        engine_fail(frame,
                    "Circular dependency detected on resource: '%.*s'. Please see "
                    "https://aka.ms/arm-syntax-resources for usage details.",
                    TEXT_ARG(text));
        return false;
    }
    item->visit = VISIT_OPEN;
    for (size_t i = 0; i < item->needs.count; i++) {
        if (!visit(frame, template->items.items[item->needs.items[i]])) return false;
    }
    item->visit = VISIT_DONE;
    if (!item->absent) list_add(template->arena, &template->sequence, item);
    return true;
}

// What an absent resource waited for, nobody waits for.
static void show(Template *template)
{
    template->shown = arena_array(template->arena, TemplateResource, template->sequence.count + 1);
    for (size_t i = 0; i < template->sequence.count; i++) template->sequence.items[i]->at = i;
    for (size_t i = 0; i < template->sequence.count; i++) {
        Item *item = template->sequence.items[i];
        item->shown.needs = arena_array(template->arena, size_t, item->needs.count + 1);
        for (size_t j = 0; j < item->needs.count; j++) {
            const Item *other = template->items.items[item->needs.items[j]];
            if (!other->absent) item->shown.needs[item->shown.need_count++] = other->at;
        }
        template->shown[i] = item->shown;
    }
}

static bool read_needs(const Frame *frame, Item *item)
{
    Frame own = declared_frame(frame->template, item, NULL, frame->problem);
    own.flags &= ~(unsigned)FRAME_BODY;
    if (!frame->template->context.partial) {
        if (item->absent) return true;
        if (!read_depends_on(&own, item)) return false;
        look_in_json(&own, item, item->json);
        return true;
    }
    // The official snapshot looks at what evaluation leaves, and first; and what an absent resource
    // depends on, comes before that which depends on it.
    const Value *body = item->absent || item->shown.existing ? NULL : nested_evaluated(frame, item);
    if (frame->problem->message.length) return false;
    const Value *properties = body ? value_find(body, TEXT("properties")) : NULL;
    if (properties) look_in_json(&own, item, properties);
    return read_depends_on(&own, item);
}

bool sequence_read(const Frame *frame)
{
    Template *template = frame->template;
    for (size_t i = 0; i < template->items.count; i++) template->items.items[i]->at = i;
    for (size_t i = 0; i < template->items.count; i++) {
        if (!read_needs(frame, template->items.items[i])) return false;
    }
    if (!read_batches(frame)) return false;
    for (size_t i = 0; i < template->items.count; i++) {
        if (!visit(frame, template->items.items[i])) return false;
    }
    show(template);
    return true;
}
