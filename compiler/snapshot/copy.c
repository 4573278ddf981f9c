// compiler/snapshot/copy.c
#include "compiler/snapshot/copy.h"

bool copy_is_loop(const ValueProperty *property)
{
    if (!engine_same(property->name, TEXT("copy")) || property->value->kind != VALUE_ARRAY)
        return false;
    for (size_t i = 0; i < property->value->array.count; i++) {
        const Value *loop = property->value->array.items[i];
        if (loop->kind != VALUE_OBJECT || !value_find(loop, TEXT("count")) ||
            !value_find(loop, TEXT("input")))
            return false;
    }
    return property->value->array.count > 0;
}

int64_t copy_count(const Frame *frame, const Value *loop)
{
    const Value *count = value_find(loop, TEXT("count"));
    if (count) count = engine_json(frame, count);
    if (count && count->kind == VALUE_INT && count->integer >= 0) return count->integer;
    if (!frame->problem->message.length)
        engine_fail(frame, "The template copy definition has an invalid copy count. The copy count "
                           "must be a non-negative integer value.");
    return -1;
}

const Value *copy_list(const Frame *frame, Text name, const Value *loop, bool of_resource)
{
    int64_t count = copy_count(frame, loop);
    const Value *input = value_find(loop, TEXT("input"));
    if (count < 0 || !input) return NULL;
    Value *list = value_array(engine_arena(frame));
    for (int64_t i = 0; i < count; i++) {
        Loop turn = {name, i, of_resource, frame->loops};
        Frame inner = *frame;
        inner.loops = &turn;
        const Value *value = engine_json(&inner, input);
        if (!value) return NULL;
        value_append(engine_arena(frame), list, value);
    }
    return list;
}

bool copy_into(const Frame *frame, const Value *loops, Value *object)
{
    for (size_t i = 0; i < loops->array.count; i++) {
        const Value *loop = loops->array.items[i], *name = value_find(loop, TEXT("name"));
        if (!name || name->kind != VALUE_STRING) {
            engine_fail(frame, "The template copy definition has no name.");
            return false;
        }
        const Value *list = copy_list(frame, name->string, loop, false);
        if (!list) return false;
        value_set(engine_arena(frame), object, name->string, list);
    }
    return true;
}
