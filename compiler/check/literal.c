// compiler/check/literal.c: shapes to values, the evaluator's function, and back.
#include "compiler/check/literal.h"

#include "compiler/evaluate/loads.h"

enum { MOST = 64 };

// NULL: it is not one value.
static const Value *value_of(Check *check, const Shape *shape)
{
    Arena *arena = check->arena;
    switch (shape->kind) {
    case SHAPE_NULL: return &value_null;
    case SHAPE_BOOL: return shape->literal ? value_bool(shape->integer) : NULL;
    case SHAPE_INT: return shape->literal ? value_int(arena, shape->integer) : NULL;
    case SHAPE_STRING: return shape->literal ? value_string(arena, shape->text) : NULL;
    case SHAPE_TUPLE: {
        Value *array = value_array(arena);
        for (size_t i = 0; i < shape->members.count; i++) {
            const Value *item = value_of(check, shape->members.items[i]);
            if (!item) return NULL;
            value_append(arena, array, item);
        }
        return array;
    }
    case SHAPE_OBJECT: {
        if (shape->open || shape->rest || shape->type || shape->azure) return NULL;
        Value *object = value_object(arena);
        for (size_t i = 0; i < shape->properties.count; i++) {
            const ShapeProperty *property = &shape->properties.items[i];
            const Value *value = value_of(check, shape_of_property(check, property));
            if (!value) return NULL;
            value_set(arena, object, property->name, value);
        }
        return object;
    }
    case SHAPE_ANY:
    case SHAPE_ARRAY:
    case SHAPE_UNION:
    case SHAPE_RESOURCE:
    case SHAPE_MODULE: break;
    }
    return NULL;
}

// `tuples`: items of arrays are told apart; the official compiler does not do so in what it reads of
// JSON and YAML.
static const Shape *shape_of_value(Check *check, const Value *value, bool tuples)
{
    static const ShapeKind kinds[] = {
        [VALUE_NULL] = SHAPE_NULL,     [VALUE_BOOL] = SHAPE_BOOL,     [VALUE_INT] = SHAPE_INT,
        [VALUE_FLOAT] = SHAPE_ANY,     [VALUE_STRING] = SHAPE_STRING, [VALUE_ARRAY] = SHAPE_TUPLE,
        [VALUE_OBJECT] = SHAPE_OBJECT,
    };
    Shape *shape = shape_new(check, kinds[value->kind]);
    switch (value->kind) {
    case VALUE_NULL:
    case VALUE_FLOAT: return shape;
    case VALUE_BOOL: shape->integer = value->boolean; break;
    case VALUE_INT: shape->integer = value->integer; break;
    case VALUE_STRING: shape->text = value->string; break;
    case VALUE_ARRAY:
        if (!tuples) shape->kind = SHAPE_ARRAY;
        for (size_t i = 0; i < value->array.count; i++) {
            const Shape *item = shape_of_value(check, value->array.items[i], tuples);
            if (tuples) list_add(check->arena, &shape->members, item);
            if (!tuples) shape->item = i ? shape_union(check, shape->item, item) : item;
        }
        return shape;
    case VALUE_OBJECT:
        for (size_t i = 0; i < value->object.count; i++) {
            const ValueProperty *item = &value->object.items[i];
            ShapeProperty property = {.name = item->name,
                                      .shape = shape_of_value(check, item->value, tuples)};
            list_add(check->arena, &shape->properties, property);
        }
        return shape;
    }
    shape->literal = true;
    return shape;
}

const Shape *literal_call(Check *check, BoundFile *file, Place at, Text function,
                          const Shape *const *shapes, size_t count)
{
    const FunctionRow *row = function_find(function);
    const Value *values[MOST];
    bool load = row && (row->flags & FUNCTION_LOAD);
    bool fits = row && (int)count >= row->least && (row->most < 0 || (int)count <= row->most);
    if (!fits || (!row->call && !load) || count > MOST) return NULL;
    for (size_t i = 0; i < count; i++) {
        values[i] = shapes[i] ? value_of(check, shapes[i]) : NULL;
        if (!values[i]) return NULL;
    }
    Diags unsaid = {.arena = check->arena};
    bool json = text_is(function, "json"); // there, and only there, what is wrong is an error
    FunctionCall call = {
        .arena = check->arena, .diags = json ? check->diags : &unsaid, .place = at};
    const Value *value =
        load ? load_value(&call, file, function, values, count) : row->call(&call, values, count);
    return value ? shape_of_value(check, value, !load && !json) : NULL;
}

const Shape *literal_binary(Check *check, int op, const Shape *left, const Shape *right)
{
    const Value *a = value_of(check, left), *b = value_of(check, right);
    Diags unsaid = {.arena = check->arena};
    FunctionCall call = {.arena = check->arena, .diags = &unsaid};
    const Value *value = a && b ? operator_binary(&call, op, a, b) : NULL;
    return value ? shape_of_value(check, value, true) : NULL;
}

const Shape *literal_unary(Check *check, int op, const Shape *operand)
{
    const Value *value = value_of(check, operand);
    Diags unsaid = {.arena = check->arena};
    FunctionCall call = {.arena = check->arena, .diags = &unsaid};
    if (value) value = operator_unary(&call, op, value);
    return value ? shape_of_value(check, value, true) : NULL;
}

Text literal_text(Check *check, const Shape *literal)
{
    return operator_interpolated(check->arena, value_of(check, literal));
}
