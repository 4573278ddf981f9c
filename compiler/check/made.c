// compiler/check/made.c
#include "compiler/check/made.h"

enum { MOST_KEYS = 64 }; // of more, no single one is told

const Shape *made_array(Check *check, const Shape *item)
{
    Shape *array = shape_new(check, SHAPE_ARRAY);
    array->item = item;
    return array;
}

const Shape *made_dictionary(Check *check, const Shape *value)
{
    Shape *object = shape_new(check, SHAPE_OBJECT);
    object->open = true;
    object->rest = value;
    return object;
}

bool made_is_list(const Shape *shape)
{
    return shape && (shape->kind == SHAPE_ARRAY || shape->kind == SHAPE_TUPLE);
}

const Shape *made_kind(Check *check, const Shape *shape)
{
    shape = shape_without_null(check, shape);
    const Shape *all = NULL;
    for (size_t i = 0; shape->kind == SHAPE_UNION && i < shape->members.count; i++) {
        const Shape *kind = made_kind(check, shape->members.items[i]);
        if (all && kind != all) return &shape_any;
        all = kind;
    }
    switch ((int)shape->kind) { // the others are of no kind
    case SHAPE_BOOL: return &shape_bool;
    case SHAPE_INT: return &shape_int;
    case SHAPE_STRING: return &shape_string;
    case SHAPE_ARRAY:
    case SHAPE_TUPLE: return &shape_array;
    case SHAPE_OBJECT: return &shape_object;
    default: return all ? all : &shape_any;
    }
}

// ---- of an object

// Whether it has no other properties than those that are told, and these are few.
static bool is_told(Check *check, const Shape *object)
{
    return object->kind == SHAPE_OBJECT && !object->azure && !shape_rest(check, object) &&
           object->properties.count <= MOST_KEYS;
}

const Shape *made_keys(Check *check, const Shape *object)
{
    if (!is_told(check, object)) return shape_strict(check, &shape_string, true);
    if (object->properties.count == 0) return &shape_string;
    const Shape *all = &shape_never;
    for (size_t i = 0; i < object->properties.count; i++)
        all = shape_union(check, all, shape_text(check, object->properties.items[i].name));
    return all;
}

// Told if they are of one simple kind.
const Shape *made_values(Check *check, const Shape *object)
{
    size_t count = object->properties.count;
    if (object->kind == SHAPE_OBJECT && !object->azure && count == 0) {
        const Shape *rest = shape_rest(check, object);
        return rest ? rest : &shape_any;
    }
    if (!is_told(check, object)) return &shape_any;
    if (count == 1) return shape_of_property(check, &object->properties.items[0]);
    const Shape *all = &shape_never, *kind = NULL;
    for (size_t i = 0; i < count; i++) {
        const Shape *value = shape_of_property(check, &object->properties.items[i]);
        bool simple =
            value->kind == SHAPE_STRING || value->kind == SHAPE_INT || value->kind == SHAPE_BOOL;
        if (!simple || (kind && made_kind(check, value) != kind)) return &shape_any;
        kind = made_kind(check, value);
        all = shape_union(check, all, value);
    }
    return all;
}

const Shape *made_items(Check *check, const Shape *object)
{
    Shape *item = shape_new(check, SHAPE_OBJECT);
    ShapeProperty key = {.name = TEXT("key"), .shape = made_keys(check, object)},
                  value = {.name = TEXT("value"), .shape = made_values(check, object)};
    list_add(check->arena, &item->properties, key);
    list_add(check->arena, &item->properties, value);
    return made_array(check, item);
}

// ---- of a list

const Shape *made_end(Check *check, const Shape *list, bool last)
{
    size_t count = list->members.count;
    if (list->kind != SHAPE_TUPLE) {
        const Shape *item = shape_item(check, list);
        return list->least > 0 ? item : shape_union(check, item, &shape_null);
    }
    return count ? list->members.items[last ? count - 1 : 0] : &shape_null;
}

// Of tuples; NULL: not all items are some.
static const Shape *joined(Check *check, const Shape *list)
{
    Shape *all = shape_new(check, SHAPE_TUPLE);
    if (list->kind != SHAPE_TUPLE) return NULL;
    for (size_t i = 0; i < list->members.count; i++) {
        const Shape *inner = list->members.items[i];
        if (inner->kind != SHAPE_TUPLE) return NULL;
        for (size_t j = 0; j < inner->members.count; j++)
            list_add(check->arena, &all->members, inner->members.items[j]);
    }
    return all;
}

const Shape *made_flat(Check *check, const Shape *list)
{
    const Shape *tuple = joined(check, list), *item = shape_item(check, list), *all = &shape_never;
    if (tuple) return tuple;
    if (made_is_list(item)) return made_array(check, shape_item(check, item));
    if (item->kind != SHAPE_UNION) return &shape_array;
    for (size_t i = 0; i < item->members.count; i++) {
        if (!made_is_list(item->members.items[i])) return &shape_array;
        all = shape_union(check, all, shape_item(check, item->members.items[i]));
    }
    return made_array(check, all);
}
