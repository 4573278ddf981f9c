// compiler/snapshot/member.c
#include "compiler/snapshot/member.h"

#include "compiler/evaluate/functions.h"

const Value *member_find(const Value *base, const Value *access)
{
    if (base->kind == VALUE_OBJECT && access->kind == VALUE_STRING)
        return value_find(base, access->string);
    if (base->kind == VALUE_ARRAY && access->kind == VALUE_INT) {
        bool inside = access->integer >= 0 && (uint64_t)access->integer < base->array.count;
        return inside ? base->array.items[access->integer] : NULL;
    }
    return NULL;
}

static Text names_of(Arena *arena, const Value *object)
{
    TextBuffer out = {.arena = arena};
    for (size_t i = 0; i < object->object.count; i++) {
        if (i) buffer_string(&out, ", ");
        buffer_text(&out, object->object.items[i].name);
    }
    return buffer_done(&out);
}

const Value *member_of(const Frame *frame, const Value *base, const Value *access)
{
    const Value *found = member_find(base, access);
    if (found) return found;
    Text shown = access->kind == VALUE_STRING ? access->string
                                              : operator_interpolated(engine_arena(frame), access);
    if (base->kind == VALUE_OBJECT && access->kind == VALUE_STRING)
        return engine_fail(frame,
                           "The language expression property '%.*s' doesn't exist, available "
                           "properties are '%.*s'.",
                           TEXT_ARG(shown), TEXT_ARG(names_of(engine_arena(frame), base)));
    if (base->kind == VALUE_ARRAY && access->kind == VALUE_INT)
        return engine_fail(frame,
                           "The language expression property array index '%.*s' is out of bounds.",
                           TEXT_ARG(shown));
    if (base->kind == VALUE_OBJECT)
        return engine_fail(frame,
                           "The language expression property '%.*s' can't be evaluated, property "
                           "name must be a string.",
                           TEXT_ARG(shown));
    if (base->kind == VALUE_ARRAY)
        return engine_fail(frame,
                           "Unable to evaluate named property or non-integer index '%.*s' on an "
                           "array value.",
                           TEXT_ARG(shown));
    return engine_fail(frame, "The language expression property '%.*s' can't be evaluated.",
                       TEXT_ARG(shown));
}

static bool any_item_kept(const Value *list)
{
    if (list->kind != VALUE_ARRAY) return false;
    for (size_t i = 0; i < list->array.count; i++) {
        if (call_of(list->array.items[i])) return true;
    }
    return false;
}

bool member_keeps(const char *function, const Value **arguments)
{
    Text name = text_of(function);
    bool joins = text_is(name, "flatten") || text_is(name, "shallowMerge");
    return joins && any_item_kept(arguments[0]);
}
