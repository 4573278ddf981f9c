// compiler/snapshot/merging.c: union() of objects whose properties may be unknown: null overrides
// nothing, so what an unknown property becomes is a question that stays, if(equals(new, null()),
// old, new).
#include "compiler/evaluate/order.h"
#include "compiler/snapshot/builtin.h"
#include "compiler/snapshot/inner.h"

static const Value *merged(const Frame *frame, const Value *left, const Value *right);

// if(equals(unknown, null()), absent, present)
static const Value *unless_null(Arena *arena, const Value *unknown, const Value *absent,
                                const Value *present)
{
    const Value *pair[] = {unknown, &value_null};
    const Value *choice[] = {call_made(arena, "equals", pair, 2), absent, present};
    return call_made(arena, "if", choice, 3);
}

// Of a property that both have.
static const Value *joined(const Frame *frame, const Value *old, const Value *new)
{
    Arena *arena = engine_arena(frame);
    if (new->kind == VALUE_NULL) return old;
    if (old->kind == VALUE_NULL) return new;
    const Value *both[] = {old, new};
    bool object = old->kind == VALUE_OBJECT || new->kind == VALUE_OBJECT;
    if (call_of(new) || (call_of(old) && object))
        return unless_null(arena, call_of(new) ? new : old, call_of(new) ? old : new,
                           object ? call_made(arena, "union", both, 2) : new);
    if (call_of(old)) return new;
    if (old->kind == VALUE_OBJECT && new->kind == VALUE_OBJECT) return merged(frame, old, new);
    bool mixed =
        old->kind != new->kind && (object || old->kind == VALUE_ARRAY || new->kind == VALUE_ARRAY);
    if (!mixed) return new;
    return engine_fail(frame,
                       "The template language function 'union' failed to evaluate due to a type "
                       "mismatch between '%s' and '%s'. Please see "
                       "https://aka.ms/arm-function-union for usage details.",
                       engine_kind(old), engine_kind(new));
}

static const Value *merged(const Frame *frame, const Value *left, const Value *right)
{
    Arena *arena = engine_arena(frame);
    Value *whole = value_object(arena);
    for (size_t i = 0; i < left->object.count; i++)
        list_add(arena, &whole->object, left->object.items[i]);
    for (size_t i = 0; i < right->object.count; i++) {
        ValueProperty added = {right->object.items[i].name, right->object.items[i].value, NULL};
        size_t at = 0;
        while (at < whole->object.count &&
               !order_same_key(whole->object.items[at].name, added.name))
            at++;
        if (at == whole->object.count) {
            list_add(arena, &whole->object, added);
            continue;
        }
        const Value *old = whole->object.items[at].value;
        added.value = joined(frame, old, added.value);
        if (!added.value) return NULL;
        if (added.value != old) whole->object.items[at] = added;
    }
    return whole;
}

const Value *merging_union(const Frame *frame, const Call *call, const Value **arguments)
{
    for (size_t i = 0; i < call->count; i++) {
        if (call_of(arguments[i])) return engine_keep(frame, call, arguments);
    }
    for (size_t i = 0; i < call->count; i++) {
        bool list = arguments[i]->kind == VALUE_ARRAY, object = arguments[i]->kind == VALUE_OBJECT;
        if ((!list && !object) || arguments[i]->kind != arguments[0]->kind)
            return engine_fail(frame,
                               "Template language function 'union' expects parameters of the "
                               "same type, but found multiple types.");
        if (list && call_stays(arguments[i])) return engine_keep(frame, call, arguments);
    }
    const Value *whole = arguments[0];
    if (whole->kind == VALUE_ARRAY) return engine_evaluated(frame, call, TEXT("union"), arguments);
    for (size_t i = 1; whole && i < call->count; i++) whole = merged(frame, whole, arguments[i]);
    return whole;
}

const Value *merging_concat(const Frame *frame, const Call *call, const Value **arguments)
{
    size_t lists = 0;
    bool unknown = false;
    for (size_t i = 0; i < call->count; i++) {
        lists += arguments[i]->kind == VALUE_ARRAY;
        unknown |= call_of(arguments[i]) != NULL;
    }
    bool mixed = lists && lists < call->count;
    for (size_t i = 0; mixed && i < call->count; i++) mixed = !call_of(arguments[i]);
    if (mixed)
        return engine_fail(frame,
                           "The provided parameters for language function 'concat' are invalid. "
                           "Either all or none of the parameters must be an array. Please see "
                           "https://aka.ms/arm-function-concat for usage details.");
    if (unknown) return engine_keep(frame, call, arguments);
    if (!call->count) return value_string(engine_arena(frame), (Text){0});
    return engine_evaluated(frame, call, TEXT("concat"), arguments);
}
