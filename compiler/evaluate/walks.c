// compiler/evaluate/walks.c
#include "compiler/evaluate/walks.h"
#include "compiler/evaluate/calls.h"

#include <string.h>

static const Value *apply_item(Walk *walk, const Value *list, size_t lambda, size_t index)
{
    const Value *values[] = {list->array.items[index], value_int(walk->call.arena, (int64_t)index)};
    return walk->apply(walk->self, lambda, values, 2);
}

static const Value *map(Walk *walk, const Value *list)
{
    Value *made = value_array(walk->call.arena);
    for (size_t i = 0; i < list->array.count; i++) {
        const Value *value = apply_item(walk, list, 1, i);
        if (!value) return NULL;
        value_append(walk->call.arena, made, value);
    }
    return made;
}

static const Value *filter(Walk *walk, const Value *list)
{
    Value *kept = value_array(walk->call.arena);
    for (size_t i = 0; i < list->array.count; i++) {
        const Value *value = apply_item(walk, list, 1, i);
        if (!value) return NULL;
        if (value->kind != VALUE_BOOL)
            return call_refuse(&walk->call, TEXT("the lambda gives no bool"));
        if (value->boolean) value_append(walk->call.arena, kept, list->array.items[i]);
    }
    return kept;
}

static const Value *reduce(Walk *walk, const Value *list, const Value *value)
{
    for (size_t i = 0; value && i < list->array.count; i++) {
        const Value *values[] = {value, list->array.items[i],
                                 value_int(walk->call.arena, (int64_t)i)};
        value = walk->apply(walk->self, 2, values, 3);
    }
    return value;
}

// What the lambda of sort() says; -1 after an error.
static int is_less(Walk *walk, const Value *left, const Value *right)
{
    const Value *pair[] = {left, right};
    const Value *less = walk->apply(walk->self, 1, pair, 2);
    if (less && less->kind != VALUE_BOOL)
        less = call_refuse(&walk->call, TEXT("the lambda gives no bool"));
    return less ? less->boolean : -1;
}

// Merges two sorted halves; -1 after an error.
static int merge(Walk *walk, const Value **items, const Value **room, size_t middle, size_t count)
{
    size_t left = 0, right = middle;
    for (size_t i = 0; i < count; i++) {
        bool from_right = left == middle;
        if (left < middle && right < count) { // equal ones, also by '<=', keep their order
            int first = is_less(walk, items[left], items[right]);
            int second = first == 0 ? is_less(walk, items[right], items[left]) : 0;
            if (first < 0 || second < 0) return -1;
            from_right = second == 1;
        }
        room[i] = from_right ? items[right++] : items[left++];
    }
    memcpy(items, room, count * sizeof *items);
    return 0;
}

static int sort_items(Walk *walk, const Value **items, const Value **room, size_t count)
{
    if (count < 2) return 0;
    size_t middle = count / 2;
    if (sort_items(walk, items, room, middle) ||
        sort_items(walk, items + middle, room, count - middle))
        return -1;
    return merge(walk, items, room, middle, count);
}

static const Value *sort(Walk *walk, const Value *list)
{
    Value *sorted = value_array(walk->call.arena);
    size_t count = list->array.count;
    for (size_t i = 0; i < count; i++) value_append(walk->call.arena, sorted, list->array.items[i]);
    const Value **room = arena_array(walk->call.arena, const Value *, count + 1);
    return sort_items(walk, sorted->array.items, room, count) ? NULL : sorted;
}

static bool key_and_value(Walk *walk, const Value *list, bool mapped, size_t index, Text *key,
                          const Value **value)
{
    const Value *name = apply_item(walk, list, 1, index);
    *value = mapped ? apply_item(walk, list, 2, index) : list->array.items[index];
    if (!name || !*value) return false;
    if (name->kind != VALUE_STRING) {
        call_refuse(&walk->call, TEXT("the lambda gives a key that is no string"));
        return false;
    }
    *key = name->string;
    return true;
}

static const Value *to_object(Walk *walk, const Value *list, bool mapped)
{
    Value *object = value_object(walk->call.arena);
    for (size_t i = 0; i < list->array.count; i++) {
        Text key;
        const Value *value;
        if (!key_and_value(walk, list, mapped, i, &key, &value)) return NULL;
        if (value_find(object, key)) {
            return call_refuse(
                &walk->call,
                text_format(walk->call.arena, "the key '%.*s' occurs twice", TEXT_ARG(key)));
        }
        value_set(walk->call.arena, object, key, value);
    }
    return object;
}

static const Value *group_by(Walk *walk, const Value *list, bool mapped)
{
    Arena *arena = walk->call.arena;
    struct {
        Value **items;
        size_t count, room;
    } groups = {0};
    Value *object = value_object(arena);
    for (size_t i = 0; i < list->array.count; i++) {
        Text key;
        const Value *value;
        if (!key_and_value(walk, list, mapped, i, &key, &value)) return NULL;
        const Value *known = value_find(object, key);
        size_t at = 0;
        while (at < groups.count && groups.items[at] != known) at++;
        if (at == groups.count) {
            Value *group = value_array(arena);
            list_add(arena, &groups, group);
            value_set(arena, object, key, group);
        }
        value_append(arena, groups.items[at], value);
    }
    return object;
}

static const Value *map_values(Walk *walk, const Value *object)
{
    Value *made = value_object(walk->call.arena);
    for (size_t i = 0; i < object->object.count; i++) {
        const Value *value = walk->apply(walk->self, 1, &object->object.items[i].value, 1);
        if (!value) return NULL;
        value_set(walk->call.arena, made, object->object.items[i].name, value);
    }
    return made;
}

const Value *walk_call(Walk *walk, Text function, const Value **arguments, size_t count)
{
    const Value *list = arguments[0];
    bool reduces = text_is(function, "reduce"), of_object = text_is(function, "mapValues");
    bool mapped = !reduces && count > 2;
    if (!list || arguments[reduces ? 2 : 1] || (mapped && arguments[2]) ||
        (reduces && !arguments[1]))
        return call_refuse(&walk->call, TEXT("a lambda is missing"));
    if (!call_expects(&walk->call, arguments, 0, of_object ? VALUE_OBJECT : VALUE_ARRAY))
        return NULL;
    if (of_object) return map_values(walk, list);
    if (reduces) return reduce(walk, list, arguments[1]);
    if (text_is(function, "map")) return map(walk, list);
    if (text_is(function, "filter")) return filter(walk, list);
    if (text_is(function, "sort")) return sort(walk, list);
    return text_is(function, "toObject") ? to_object(walk, list, mapped)
                                         : group_by(walk, list, mapped);
}
