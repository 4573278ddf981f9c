// compiler/snapshot/copy.c
#include "compiler/snapshot/copy.h"

#include "compiler/snapshot/inner.h"

bool copy_is_loop(const ValueProperty *property)
{
    if (!text_alike(property->name, TEXT("copy")) || property->value->kind != VALUE_ARRAY)
        return false;
    for (size_t i = 0; i < property->value->array.count; i++) {
        const Value *loop = property->value->array.items[i];
        if (loop->kind != VALUE_OBJECT || !value_find(loop, TEXT("count")) ||
            !value_find(loop, TEXT("input")))
            return false;
    }
    return true;
}

static bool holds_loop(const Value *json)
{
    for (size_t i = 0; json->kind == VALUE_ARRAY && i < json->array.count; i++) {
        if (holds_loop(json->array.items[i])) return true;
    }
    for (size_t i = 0; json->kind == VALUE_OBJECT && i < json->object.count; i++) {
        const ValueProperty *property = &json->object.items[i];
        bool loops = copy_is_loop(property) && property->value->array.count;
        if (loops || holds_loop(property->value)) return true;
    }
    return false;
}

// NULL, perhaps with a problem: there is none.
static const Value *evaluated_count(const Frame *frame, const Value *loop)
{
    const Value *count = value_find(loop, TEXT("count"));
    return count ? engine_json(frame, count) : NULL;
}

// The number of turns that `count` means; -1 with the frame's problem set.
static int64_t turns(const Frame *frame, const Value *loop, const Value *count)
{
    Arena *arena = engine_arena(frame);
    if (count && count->kind == VALUE_INT && count->integer >= 0 && count->integer <= COPY_LIMIT)
        return count->integer;
    if (frame->problem->message.length) return -1;
    Template *around = frame->template->around;
    if (around) around->endless |= count && call_of(count);
    TextBuffer shown = {.arena = arena};
    if (count && count->kind == VALUE_INT) buffer_int(&shown, count->integer);
    if (count && count->kind == VALUE_STRING) buffer_text(&shown, count->string);
    if (count && !shown.count) {
        buffer_char(&shown, '[');
        call_write(&shown, count);
        buffer_char(&shown, ']');
    }
    engine_fail(frame,
                "The template 'copy' definition at %s has an invalid copy count "
                "of: '%.*s'. The copy count must be a non-negative integer value and cannot exceed "
                "'%d'. Please see https://aka.ms/arm-resource-loops for usage details.",
                engine_at(frame, loop), TEXT_ARG(buffer_done(&shown)), COPY_LIMIT);
    return -1;
}

int64_t copy_count(const Frame *frame, const Value *loop)
{
    return turns(frame, loop, evaluated_count(frame, loop));
}

const Value *copy_list(const Frame *frame, Text name, const Value *loop, bool of_resource)
{
    const Value *known = evaluated_count(frame, loop), *input = value_find(loop, TEXT("input"));
    if (known && call_of(known) && frame->template->context.partial)
        return call_unknown(engine_arena(frame));
    int64_t count = turns(frame, loop, known);
    if (count < 0) return NULL;
    if (!input) return engine_fail(frame, "The template copy definition has no input.");
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
        if (holds_loop(value_find(loop, TEXT("input")))) {
            engine_fail(frame,
                        "The template 'copy' definition at %s has nested "
                        "copy arrays. The use of nested copy arrays is not supported. Please "
                        "see https://aka.ms/arm-resource-loops for usage details.",
                        engine_at(frame, loop));
            return false;
        }
        const Value *list = copy_list(frame, name->string, loop, false);
        if (!list) return false;
        value_set(engine_arena(frame), object, name->string, list);
    }
    return true;
}
