// compiler/evaluate/value.c
#include "compiler/evaluate/value.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const Value value_null = {.kind = VALUE_NULL};
const Value value_true = {.kind = VALUE_BOOL, .boolean = true};
const Value value_false = {.kind = VALUE_BOOL, .boolean = false};

// ----------------------------------------------------------------------------------------------
// making

static Value *new_value(Arena *arena, ValueKind kind)
{
    Value *value = arena_new(arena, Value);
    value->kind = kind;
    return value;
}

const Value *value_bool(bool boolean)
{
    return boolean ? &value_true : &value_false;
}

Value *value_int(Arena *arena, int64_t integer)
{
    Value *value = new_value(arena, VALUE_INT);
    value->integer = integer;
    return value;
}

Value *value_float(Arena *arena, double number)
{
    Value *value = new_value(arena, VALUE_FLOAT);
    value->number = number;
    value->digits = (Text){0};
    return value;
}

Value *value_string(Arena *arena, Text text)
{
    Value *value = new_value(arena, VALUE_STRING);
    value->string = text;
    return value;
}

Value *value_array(Arena *arena)
{
    return new_value(arena, VALUE_ARRAY);
}

Value *value_object(Arena *arena)
{
    return new_value(arena, VALUE_OBJECT);
}

void value_append(Arena *arena, Value *array, const Value *item)
{
    list_add(arena, &array->array, item);
}

void value_set(Arena *arena, Value *object, Text name, const Value *value)
{
    for (size_t i = 0; i < object->object.count; i++) {
        if (text_equal(object->object.items[i].name, name)) {
            object->object.items[i].value = value;
            return;
        }
    }
    list_add(arena, &object->object, ((ValueProperty){name, value, NULL}));
}

// ----------------------------------------------------------------------------------------------
// asking

const Value *value_get(const Value *object, Text name)
{
    for (size_t i = 0; i < object->object.count; i++) {
        if (text_equal(object->object.items[i].name, name)) return object->object.items[i].value;
    }
    return NULL;
}

const Value *value_find(const Value *object, Text name)
{
    for (size_t i = 0; i < object->object.count; i++) {
        if (text_alike(object->object.items[i].name, name)) return object->object.items[i].value;
    }
    return NULL;
}

static bool equal_arrays(const Value *a, const Value *b)
{
    if (a->array.count != b->array.count) return false;
    for (size_t i = 0; i < a->array.count; i++) {
        if (!value_equal(a->array.items[i], b->array.items[i])) return false;
    }
    return true;
}

static bool equal_objects(const Value *a, const Value *b)
{
    if (a->object.count != b->object.count) return false;
    for (size_t i = 0; i < a->object.count; i++) {
        const Value *other = value_get(b, a->object.items[i].name);
        if (!other || !value_equal(a->object.items[i].value, other)) return false;
    }
    return true;
}

bool value_equal(const Value *a, const Value *b)
{
    if (a->kind != b->kind) return false;
    switch (a->kind) {
    case VALUE_NULL: return true;
    case VALUE_BOOL: return a->boolean == b->boolean;
    case VALUE_INT: return a->integer == b->integer;
    case VALUE_FLOAT: return a->number == b->number || (isnan(a->number) && isnan(b->number));
    case VALUE_STRING: return text_equal(a->string, b->string);
    case VALUE_ARRAY: return equal_arrays(a, b);
    case VALUE_OBJECT: return equal_objects(a, b);
    }
    return false;
}

const char *value_kind_name(ValueKind kind)
{
    static const char *const names[] = {"null",   "bool",  "int",   "float",
                                        "string", "array", "object"};
    return names[kind];
}

// ----------------------------------------------------------------------------------------------
// writing

// The fewest digits that read back as the same number: 'd.ddde±x' taken apart.
static size_t shortest_digits(double number, char digits[static 20], int *exponent)
{
    char text[40];
    for (int precision = 0; precision < 17; precision++) {
        snprintf(text, sizeof text, "%.*e", precision, number);
        if (strtod(text, NULL) == number) break;
    }
    size_t count = 0;
    const char *at = text;
    for (; *at != 'e'; at++) {
        if (*at >= '0' && *at <= '9') digits[count++] = *at;
    }
    *exponent = atoi(at + 1);
    while (count > 1 && digits[count - 1] == '0') count--;
    return count;
}

static void write_fixed(TextBuffer *out, const char *digits, size_t count, int exponent)
{
    if (exponent < 0) {
        buffer_string(out, "0.");
        for (int i = -1; i > exponent; i--) buffer_char(out, '0');
    }
    for (size_t i = 0; i < count; i++) {
        if (exponent >= 0 && i == (size_t)exponent + 1) buffer_char(out, '.');
        buffer_char(out, digits[i]);
    }
    for (int i = (int)count; i <= exponent; i++) buffer_char(out, '0');
}

Text value_float_text(Arena *arena, double number)
{
    if (isnan(number)) return TEXT("NaN");
    if (isinf(number)) return number < 0 ? TEXT("-Infinity") : TEXT("Infinity");
    TextBuffer out = {.arena = arena};
    char digits[20] = {0};
    int exponent;
    size_t count = shortest_digits(fabs(number), digits, &exponent);
    if (signbit(number)) buffer_char(&out, '-');
    if (exponent >= -4 && exponent < 17) {
        write_fixed(&out, digits, count, exponent);
        return buffer_done(&out);
    }
    buffer_char(&out, digits[0]);
    if (count > 1) buffer_char(&out, '.');
    buffer_text(&out, (Text){digits + 1, count - 1});
    buffer_format(&out, "E%c%02d", exponent < 0 ? '-' : '+', abs(exponent));
    return buffer_done(&out);
}

static void write_float(JsonWriter *json, double number)
{
    Text text = value_float_text(json->out->arena, number);
    if (!isfinite(number)) {
        json_text(json, text);
        return;
    }
    bool whole = true;
    for (size_t i = 0; i < text.length; i++)
        whole &= (text.at[i] >= '0' && text.at[i] <= '9') || text.at[i] == '-';
    json_raw(json, whole ? text_format(json->out->arena, "%.*s.0", TEXT_ARG(text)) : text);
}

void value_write_json(JsonWriter *json, const Value *value)
{
    switch (value->kind) {
    case VALUE_NULL: json_null(json); break;
    case VALUE_BOOL: json_bool(json, value->boolean); break;
    case VALUE_INT: json_int(json, value->integer); break;
    case VALUE_FLOAT:
        if (value->digits.length) {
            json_raw(json, value->digits);
        } else {
            write_float(json, value->number);
        }
        break;
    case VALUE_STRING: json_text(json, value->string); break;
    case VALUE_ARRAY:
        json_begin_array(json);
        for (size_t i = 0; i < value->array.count; i++)
            value_write_json(json, value->array.items[i]);
        json_end_array(json);
        break;
    case VALUE_OBJECT:
        json_begin_object(json);
        for (size_t i = 0; i < value->object.count; i++) {
            json_key(json, value->object.items[i].name);
            value_write_json(json, value->object.items[i].value);
        }
        json_end_object(json);
        break;
    }
}
