// compiler/snapshot/settle.c
#include "compiler/snapshot/settle.h"

#include "compiler/snapshot/declared.h"
#include "compiler/snapshot/member.h"
#include "compiler/snapshot/nested.h"

// What the template says of the resource; of the whole of one, the properties only.
static const Value *said(const Frame *frame, Item *item, bool full)
{
    if (item->condition) return NULL;
    const Value *properties = nested_properties(frame, item);
    if (!properties || !full) return properties;
    Value *whole = value_object(engine_arena(frame));
    value_set(engine_arena(frame), whole, TEXT("Properties"), properties);
    return whole;
}

const Value *settle_reference(const Frame *frame, const Call *call, const Value **arguments)
{
    const Value *id = arguments[0];
    Item *item = id->kind == VALUE_STRING && !call_of(id)
                     ? map_get(&frame->template->ids, text_lower(engine_arena(frame), id->string))
                     : NULL;
    bool full = call->count > 2 && arguments[2]->kind == VALUE_STRING &&
                text_alike(arguments[2]->string, TEXT("full"));
    const Value *found = item ? said(frame, item, full) : NULL;
    for (size_t i = 0; found && i < call->access_count; i++) {
        const Value *access = engine_value(frame, call->accesses[i]);
        if (!access) return NULL;
        found = call_of(found)    ? engine_access(frame, found, access)
                : call_of(access) ? NULL
                                  : member_find(found, access);
    }
    bool stays = found && call_of(found) && !call_is_unknown(found) && !item->shown.nested;
    return stays || (found && found->kind == VALUE_NULL) ? NULL : found;
}

static const Value *settled(const Frame *frame, const Value *value);

// What stays, as an expression to be evaluated; lists and objects in it are settled. NULL with a
// problem set.
static const Value *opened(const Frame *frame, const Value *value);

static bool open_all(const Frame *frame, const Value ***values, size_t count)
{
    const Value **all = arena_array(engine_arena(frame), const Value *, count + 1);
    for (size_t i = 0; i < count; i++)
        if (!(all[i] = opened(frame, (*values)[i]))) return false;
    *values = all;
    return true;
}

static const Value *opened(const Frame *frame, const Value *value)
{
    if (!call_of(value)) return settled(frame, value);
    if (call_is_unknown(value)) return value;
    Call *call = arena_new(engine_arena(frame), Call);
    *call = *call_of(value);
    if (!open_all(frame, &call->arguments, call->count) ||
        !open_all(frame, &call->accesses, call->access_count))
        return NULL;
    Value *expression = value_string(engine_arena(frame), (Text){0});
    expression->call = call;
    return expression;
}

static const Value *settled(const Frame *frame, const Value *value)
{
    Arena *arena = engine_arena(frame);
    if (!call_stays(value)) return value;
    if (call_of(value)) {
        const Value *expression = opened(frame, value);
        return expression ? engine_value(frame, expression) : NULL;
    }
    Value *made = value->kind == VALUE_ARRAY ? value_array(arena) : value_object(arena);
    for (size_t i = 0; value->kind == VALUE_ARRAY && i < value->array.count; i++) {
        const Value *item = settled(frame, value->array.items[i]);
        if (!item) return NULL;
        value_append(arena, made, item);
    }
    for (size_t i = 0; value->kind == VALUE_OBJECT && i < value->object.count; i++) {
        const ValueProperty *property = &value->object.items[i];
        const Value *item = settled(frame, property->value);
        if (!item) return NULL;
        list_add(arena, &made->object, ((ValueProperty){property->name, item, NULL}));
    }
    return made;
}

const Value *settle(const Frame *frame, const Value *value)
{
    Frame own = *frame;
    own.flags |=
        FRAME_SETTLED | FRAME_DEFAULT; // what came of a parameter's default stands there, too
    return settled(&own, value);
}
