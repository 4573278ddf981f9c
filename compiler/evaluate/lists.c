// compiler/evaluate/lists.c: functions on lists and objects, some of them on texts too.
#include "compiler/evaluate/calls.h"
#include "compiler/evaluate/cases.h"
#include "compiler/evaluate/order.h"

#include <stdlib.h>
#include <string.h>

static const Value *wrong_argument(FunctionCall *function, size_t index, const Value *value,
                                   const char *wanted)
{
    return call_refuse(function, text_format(function->arena, "argument %zu must be %s, not %s",
                                             index + 1, wanted, value_kind_name(value->kind)));
}

static bool holds(const Value *array, const Value *item)
{
    for (size_t i = 0; i < array->array.count; i++) {
        if (value_equal(array->array.items[i], item)) return true;
    }
    return false;
}

static int64_t unit_index(Text text, size_t at)
{
    return (int64_t)text_utf16_length(text_slice(text, 0, at));
}

static bool begins(Text text, Text part)
{
    return part.length <= text.length && memcmp(text.at, part.at, part.length) == 0;
}

// ---- sizes and members

const Value *list_length(FunctionCall *function, const Value **arguments, size_t count)
{
    (void)count;
    const Value *value = arguments[0];
    if (value->kind == VALUE_STRING)
        return value_int(function->arena, (int64_t)text_utf16_length(value->string));
    if (value->kind == VALUE_ARRAY) return value_int(function->arena, (int64_t)value->array.count);
    if (value->kind == VALUE_OBJECT)
        return value_int(function->arena, (int64_t)value->object.count);
    return wrong_argument(function, 0, value, "a string, array or object");
}

const Value *list_empty(FunctionCall *function, const Value **arguments, size_t count)
{
    (void)count;
    const Value *value = arguments[0];
    if (value->kind == VALUE_NULL) return &value_true;
    if (value->kind == VALUE_STRING) return value_bool(value->string.length == 0);
    if (value->kind == VALUE_ARRAY) return value_bool(value->array.count == 0);
    if (value->kind == VALUE_OBJECT) return value_bool(value->object.count == 0);
    return wrong_argument(function, 0, value, "a string, array, object or null");
}

const Value *list_contains(FunctionCall *function, const Value **arguments, size_t count)
{
    (void)count;
    const Value *whole = arguments[0], *part = arguments[1];
    if (whole->kind == VALUE_ARRAY) return value_bool(holds(whole, part));
    if (part->kind != VALUE_STRING) return wrong_argument(function, 1, part, "a string");
    Text text = part->string;
    if (whole->kind == VALUE_OBJECT) return value_bool(value_find(whole, text) != NULL);
    if (whole->kind != VALUE_STRING)
        return wrong_argument(function, 0, whole, "a string, array or object");
    for (size_t at = 0; at + text.length <= whole->string.length; at++) {
        if (begins(text_slice(whole->string, at, whole->string.length), text)) return &value_true;
    }
    return &value_false;
}

static const Value *end_of_text(FunctionCall *function, Text text, bool last)
{
    size_t units = text_utf16_length(text), from = last && units ? units - 1 : 0;
    return value_string(function->arena,
                        call_units(function->arena, text, from, units ? from + 1 : 0));
}

const Value *list_first(FunctionCall *function, const Value **arguments, size_t count)
{
    (void)count;
    const Value *value = arguments[0];
    if (value->kind == VALUE_STRING) return end_of_text(function, value->string, false);
    if (value->kind != VALUE_ARRAY) return wrong_argument(function, 0, value, "a string or array");
    return value->array.count ? value->array.items[0] : &value_null;
}

const Value *list_last(FunctionCall *function, const Value **arguments, size_t count)
{
    (void)count;
    const Value *value = arguments[0];
    if (value->kind == VALUE_STRING) return end_of_text(function, value->string, true);
    if (value->kind != VALUE_ARRAY) return wrong_argument(function, 0, value, "a string or array");
    return value->array.count ? value->array.items[value->array.count - 1] : &value_null;
}

static const Value *index_in_list(FunctionCall *function, const Value *list, const Value *item,
                                  bool last)
{
    int64_t found = -1;
    for (size_t i = 0; i < list->array.count && (last || found < 0); i++) {
        if (value_equal(list->array.items[i], item)) found = (int64_t)i;
    }
    return value_int(function->arena, found);
}

static const Value *index_of(FunctionCall *function, const Value **arguments, bool last)
{
    if (arguments[0]->kind == VALUE_ARRAY)
        return index_in_list(function, arguments[0], arguments[1], last);
    for (size_t i = 0; i < 2; i++) {
        if (!call_expects(function, arguments, i, VALUE_STRING)) return NULL;
    }
    Text text = case_of_text(function->arena, arguments[0]->string, true);
    Text part = case_of_text(function->arena, arguments[1]->string, true);
    int64_t found = -1;
    for (size_t at = 0; at + part.length <= text.length && (last || found < 0); at++) {
        if (begins(text_slice(text, at, text.length), part)) found = unit_index(text, at);
    }
    if (last && part.length == 0) found = text.length ? unit_index(text, text.length) - 1 : 0;
    return value_int(function->arena, found);
}

const Value *list_index_of(FunctionCall *function, const Value **arguments, size_t count)
{
    (void)count;
    return index_of(function, arguments, false);
}

const Value *list_last_index_of(FunctionCall *function, const Value **arguments, size_t count)
{
    (void)count;
    return index_of(function, arguments, true);
}

// ---- parts and wholes

static const Value *slice(FunctionCall *function, const Value *whole, size_t from, size_t to)
{
    if (whole->kind == VALUE_STRING) {
        return value_string(function->arena, call_units(function->arena, whole->string, from, to));
    }
    Value *part = value_array(function->arena);
    for (size_t i = from; i < to; i++) value_append(function->arena, part, whole->array.items[i]);
    return part;
}

static const Value *take_or_skip(FunctionCall *function, const Value **arguments, bool take)
{
    const Value *whole = arguments[0];
    if (whole->kind != VALUE_STRING && whole->kind != VALUE_ARRAY)
        return wrong_argument(function, 0, whole, "a string or array");
    if (!call_expects(function, arguments, 1, VALUE_INT)) return NULL;
    int64_t size = whole->kind == VALUE_ARRAY ? (int64_t)whole->array.count
                                              : (int64_t)text_utf16_length(whole->string);
    int64_t at = arguments[1]->integer;
    if (at < INT32_MIN || at > INT32_MAX)
        return call_refuse(function, TEXT("the count does not fit in 32 bits"));
    at = at < 0 ? 0 : at > size ? size : at;
    return take ? slice(function, whole, 0, (size_t)at)
                : slice(function, whole, (size_t)at, (size_t)size);
}

const Value *list_take(FunctionCall *function, const Value **arguments, size_t count)
{
    (void)count;
    return take_or_skip(function, arguments, true);
}

const Value *list_skip(FunctionCall *function, const Value **arguments, size_t count)
{
    (void)count;
    return take_or_skip(function, arguments, false);
}

const Value *list_array(FunctionCall *function, const Value **arguments, size_t count)
{
    (void)count;
    if (arguments[0]->kind == VALUE_ARRAY) return arguments[0];
    Value *array = value_array(function->arena);
    value_append(function->arena, array, arguments[0]);
    return array;
}

const Value *list_concat(FunctionCall *function, const Value **arguments, size_t count)
{
    Value *array = value_array(function->arena);
    TextBuffer text = {.arena = function->arena};
    bool lists = arguments[0]->kind == VALUE_ARRAY;
    for (size_t i = 0; i < count; i++) {
        const Value *value = arguments[i];
        bool scalar =
            value->kind == VALUE_STRING || value->kind == VALUE_INT || value->kind == VALUE_BOOL;
        if (lists ? value->kind != VALUE_ARRAY : !scalar)
            return wrong_argument(function, i, value, lists ? "array" : "string");
        if (!lists) buffer_text(&text, operator_interpolated(function->arena, value));
        for (size_t j = 0; lists && j < value->array.count; j++)
            value_append(function->arena, array, value->array.items[j]);
    }
    return lists ? array : value_string(function->arena, buffer_done(&text));
}

const Value *list_flatten(FunctionCall *function, const Value **arguments, size_t count)
{
    (void)count;
    if (!call_expects(function, arguments, 0, VALUE_ARRAY)) return NULL;
    Value *flat = value_array(function->arena);
    for (size_t i = 0; i < arguments[0]->array.count; i++) {
        const Value *inner = arguments[0]->array.items[i];
        if (inner->kind != VALUE_ARRAY)
            return call_refuse(function, TEXT("an item of the list is no array"));
        for (size_t j = 0; j < inner->array.count; j++)
            value_append(function->arena, flat, inner->array.items[j]);
    }
    return flat;
}

const Value *list_distinct(FunctionCall *function, const Value **arguments, size_t count)
{
    (void)count;
    if (!call_expects(function, arguments, 0, VALUE_ARRAY)) return NULL;
    Value *once = value_array(function->arena);
    for (size_t i = 0; i < arguments[0]->array.count; i++) {
        if (!holds(once, arguments[0]->array.items[i]))
            value_append(function->arena, once, arguments[0]->array.items[i]);
    }
    return once;
}

const Value *list_range(FunctionCall *function, const Value **arguments, size_t count)
{
    (void)count;
    for (size_t i = 0; i < 2; i++) {
        if (!call_expects(function, arguments, i, VALUE_INT)) return NULL;
    }
    int64_t from = arguments[0]->integer, many = arguments[1]->integer;
    if (many < 0 || many > 10000)
        return call_refuse(function, TEXT("the count must lie between 0 and 10000"));
    if (from > INT32_MAX || from + many - 1 > INT32_MAX || from < INT32_MIN)
        return call_refuse(function, TEXT("the range is out of bounds"));
    Value *range = value_array(function->arena);
    for (int64_t i = 0; i < many; i++)
        value_append(function->arena, range, value_int(function->arena, from + i));
    return range;
}

static const Value *extreme(FunctionCall *function, const Value **arguments, size_t count,
                            bool largest)
{
    if (count == 1 && arguments[0]->kind == VALUE_ARRAY) {
        count = arguments[0]->array.count;
        arguments = arguments[0]->array.items;
        if (count == 0) return call_refuse(function, TEXT("the list is empty"));
    }
    const Value *best = arguments[0];
    for (size_t i = 0; i < count; i++) {
        if (!call_expects(function, arguments, i, VALUE_INT)) return NULL;
        bool better =
            largest ? arguments[i]->integer > best->integer : arguments[i]->integer < best->integer;
        if (better) best = arguments[i];
    }
    return best;
}

const Value *list_max(FunctionCall *function, const Value **arguments, size_t count)
{
    return extreme(function, arguments, count, true);
}

const Value *list_min(FunctionCall *function, const Value **arguments, size_t count)
{
    return extreme(function, arguments, count, false);
}

// ---- objects

static ValueProperty *property_of(Value *object, Text name)
{
    for (size_t i = 0; i < object->object.count; i++) {
        if (order_same_key(object->object.items[i].name, name)) return &object->object.items[i];
    }
    return NULL;
}

static Value *copy_object(Arena *arena, const Value *object)
{
    Value *copy = value_object(arena);
    for (size_t i = 0; i < object->object.count; i++) {
        list_add(
            arena, &copy->object,
            ((ValueProperty){object->object.items[i].name, object->object.items[i].value, NULL}));
    }
    return copy;
}

static bool is_container(ValueKind kind)
{
    return kind == VALUE_OBJECT || kind == VALUE_ARRAY;
}

// Objects within objects are joined, null overrides nothing, all else is replaced.
static const Value *merged(FunctionCall *function, const Value *left, const Value *right)
{
    Value *whole = copy_object(function->arena, left);
    for (size_t i = 0; i < right->object.count; i++) {
        ValueProperty added = {right->object.items[i].name, right->object.items[i].value, NULL};
        ValueProperty *known = property_of(whole, added.name);
        if (!known) {
            list_add(function->arena, &whole->object, added);
            continue;
        }
        ValueKind before = known->value->kind, after = added.value->kind;
        if (after == VALUE_NULL) continue;
        bool mixed = before != after && before != VALUE_NULL &&
                     (is_container(before) || is_container(after));
        if (mixed) {
            return call_refuse(function, text_format(function->arena,
                                                     "'%.*s' is %s in one object and %s in another",
                                                     TEXT_ARG(added.name), value_kind_name(before),
                                                     value_kind_name(after)));
        }
        if (before == VALUE_OBJECT && after == VALUE_OBJECT)
            added.value = merged(function, known->value, added.value);
        if (!added.value) return NULL;
        *known = added;
    }
    return whole;
}

const Value *list_union(FunctionCall *function, const Value **arguments, size_t count)
{
    bool lists = arguments[0]->kind == VALUE_ARRAY;
    if (!lists && !call_expects(function, arguments, 0, VALUE_OBJECT)) return NULL;
    const Value *whole = lists ? value_array(function->arena) : value_object(function->arena);
    Value *list = lists ? value_array(function->arena) : NULL;
    for (size_t i = 0; i < count; i++) {
        if (!call_expects(function, arguments, i, arguments[0]->kind)) return NULL;
        if (!lists) whole = merged(function, whole, arguments[i]);
        if (!whole) return NULL;
        for (size_t j = 0; lists && j < arguments[i]->array.count; j++) {
            if (!holds(list, arguments[i]->array.items[j]))
                value_append(function->arena, list, arguments[i]->array.items[j]);
        }
    }
    return lists ? list : whole;
}

const Value *list_shallow_merge(FunctionCall *function, const Value **arguments, size_t count)
{
    (void)count;
    if (!call_expects(function, arguments, 0, VALUE_ARRAY)) return NULL;
    Value *whole = value_object(function->arena);
    for (size_t i = 0; i < arguments[0]->array.count; i++) {
        const Value *object = arguments[0]->array.items[i];
        if (object->kind != VALUE_OBJECT)
            return call_refuse(function, TEXT("an item of the list is no object"));
        for (size_t j = 0; j < object->object.count; j++) {
            ValueProperty added = {object->object.items[j].name, object->object.items[j].value,
                                   NULL};
            ValueProperty *known = property_of(whole, added.name);
            if (known) known->value = added.value;
            if (!known) list_add(function->arena, &whole->object, added);
        }
    }
    return whole;
}

static bool in_all(const Value **arguments, size_t count, const Value *item)
{
    for (size_t i = 1; i < count; i++) {
        if (!holds(arguments[i], item)) return false;
    }
    return true;
}

static bool property_in_all(const Value **arguments, size_t count, const ValueProperty *property)
{
    for (size_t i = 1; i < count; i++) {
        const Value *other = value_get(arguments[i], property->name);
        if (!other || !value_equal(other, property->value)) return false;
    }
    return true;
}

const Value *list_intersection(FunctionCall *function, const Value **arguments, size_t count)
{
    bool lists = arguments[0]->kind == VALUE_ARRAY;
    if (!lists && !call_expects(function, arguments, 0, VALUE_OBJECT)) return NULL;
    for (size_t i = 1; i < count; i++) {
        if (!call_expects(function, arguments, i, arguments[0]->kind)) return NULL;
    }
    Value *common = lists ? value_array(function->arena) : value_object(function->arena);
    for (size_t i = 0; lists && i < arguments[0]->array.count; i++) {
        const Value *item = arguments[0]->array.items[i];
        if (in_all(arguments, count, item) && !holds(common, item))
            value_append(function->arena, common, item);
    }
    for (size_t i = 0; !lists && i < arguments[0]->object.count; i++) {
        const ValueProperty *property = &arguments[0]->object.items[i];
        if (property_in_all(arguments, count, property))
            value_set(function->arena, common, property->name, property->value);
    }
    return common;
}

static int by_key(const void *left, const void *right)
{
    const ValueProperty *a = *(const ValueProperty *const *)left,
                        *b = *(const ValueProperty *const *)right;
    int order = order_keys(a->name, b->name);
    return order ? order : a < b ? -1 : a > b;
}

static const ValueProperty **sorted(Arena *arena, const Value *object)
{
    const ValueProperty **order =
        arena_array(arena, const ValueProperty *, object->object.count + 1);
    for (size_t i = 0; i < object->object.count; i++) order[i] = &object->object.items[i];
    qsort(order, object->object.count, sizeof *order, by_key);
    return order;
}

const Value *list_items(FunctionCall *function, const Value **arguments, size_t count)
{
    (void)count;
    if (!call_expects(function, arguments, 0, VALUE_OBJECT)) return NULL;
    Value *items = value_array(function->arena);
    const ValueProperty **order = sorted(function->arena, arguments[0]);
    for (size_t i = 0; i < arguments[0]->object.count; i++) {
        Value *item = value_object(function->arena);
        value_set(function->arena, item, TEXT("key"),
                  value_string(function->arena, order[i]->name));
        value_set(function->arena, item, TEXT("value"), order[i]->value);
        value_append(function->arena, items, item);
    }
    return items;
}

const Value *list_object_keys(FunctionCall *function, const Value **arguments, size_t count)
{
    (void)count;
    if (!call_expects(function, arguments, 0, VALUE_OBJECT)) return NULL;
    Value *keys = value_array(function->arena);
    const ValueProperty **order = sorted(function->arena, arguments[0]);
    for (size_t i = 0; i < arguments[0]->object.count; i++) {
        value_append(function->arena, keys, value_string(function->arena, order[i]->name));
    }
    return keys;
}
