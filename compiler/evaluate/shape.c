// compiler/evaluate/shape.c
#include "compiler/evaluate/shape.h"

#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

// ---- making

typedef struct {
    Arena *arena;
    const char *at;
    va_list arguments;
} Maker;

static const Value *make_value(Maker *maker);

static const Value *text_or_nothing(Arena *arena, Text text)
{
    return text.at ? value_string(arena, text) : NULL;
}

static const Value *make_argument(Maker *maker)
{
    Arena *arena = maker->arena;
    maker->at++;
    switch (*maker->at++) {
    case 't': return text_or_nothing(arena, va_arg(maker->arguments, Text));
    case 's': {
        const char *string = va_arg(maker->arguments, const char *);
        return string ? value_string(arena, text_of(string)) : NULL;
    }
    case 'i': return value_int(arena, va_arg(maker->arguments, int64_t));
    case 'f': return value_float(arena, va_arg(maker->arguments, double));
    case 'b': return value_bool(va_arg(maker->arguments, int));
    case 'v': return va_arg(maker->arguments, const Value *);
    default: assert(!"a letter of shape.h"); abort();
    }
}

static Text make_text(Maker *maker)
{
    const char *from = ++maker->at;
    maker->at = strchr(from, '\'');
    assert(maker->at);
    return (Text){from, (size_t)(maker->at++ - from)};
}

static const Value *make_object(Maker *maker)
{
    Value *object = value_object(maker->arena);
    for (maker->at++; *maker->at != '}';) {
        Text key;
        if (*maker->at == '\'') {
            key = make_text(maker);
        } else {
            size_t length = strcspn(maker->at, ":");
            key = (Text){maker->at, length};
            maker->at += length;
        }
        assert(*maker->at == ':');
        maker->at++;
        const Value *value = make_value(maker);
        if (value) list_add(maker->arena, &object->object, ((ValueProperty){key, value, NULL}));
        if (*maker->at == ',') maker->at++;
    }
    maker->at++;
    return object;
}

static const Value *make_array(Maker *maker)
{
    Value *array = value_array(maker->arena);
    for (maker->at++; *maker->at != ']';) {
        const Value *item = make_value(maker);
        if (item) value_append(maker->arena, array, item);
        if (*maker->at == ',') maker->at++;
    }
    maker->at++;
    return array;
}

static const Value *make_word(Maker *maker)
{
    static const struct {
        const char *word;
        const Value *value;
    } words[] = {{"true", &value_true}, {"false", &value_false}, {"null", &value_null}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t length = strlen(words[i].word);
        if (strncmp(maker->at, words[i].word, length) != 0) continue;
        maker->at += length;
        return words[i].value;
    }
    char *end;
    long long number = strtoll(maker->at, &end, 10);
    assert(end != maker->at);
    maker->at = end;
    return value_int(maker->arena, number);
}

static const Value *make_value(Maker *maker)
{
    switch (*maker->at) {
    case '%': return make_argument(maker);
    case '{': return make_object(maker);
    case '[': return make_array(maker);
    case '\'': return value_string(maker->arena, make_text(maker));
    default: return make_word(maker);
    }
}

const Value *shape_make(Arena *arena, const char *shape, ...)
{
    Maker maker = {.arena = arena, .at = shape};
    va_start(maker.arguments, shape);
    const Value *value = make_value(&maker);
    va_end(maker.arguments);
    assert(!*maker.at);
    return value;
}

// ---- asking

const Value *shape_at(const Value *value, const char *path)
{
    while (value && *path) {
        size_t length = strcspn(path, ".");
        if (value->kind != VALUE_OBJECT) return NULL;
        value = value_find(value, (Text){path, length});
        path += length + (path[length] == '.');
    }
    return value;
}

Text shape_text(const Value *value, const char *path)
{
    const Value *found = shape_at(value, path);
    return found && found->kind == VALUE_STRING ? found->string : (Text){0};
}

const Value *shape_list(const Value *value, const char *path)
{
    static const Value empty = {.kind = VALUE_ARRAY};
    const Value *found = shape_at(value, path);
    return found && found->kind == VALUE_ARRAY ? found : &empty;
}

double shape_number(const Value *value, const char *path, double otherwise)
{
    const Value *found = shape_at(value, path);
    if (found && found->kind == VALUE_INT) return (double)found->integer;
    return found && found->kind == VALUE_FLOAT ? found->number : otherwise;
}

bool shape_bool(const Value *value, const char *path)
{
    const Value *found = shape_at(value, path);
    return found && found->kind == VALUE_BOOL && found->boolean;
}

// ---- copying

Value *shape_copy(Arena *arena, const Value *value)
{
    Value *copy = arena_new(arena, Value);
    *copy = *value;
    copy->place = NULL;
    copy->file = NULL;
    if (value->kind == VALUE_STRING) {
        copy->string = text_copy(arena, value->string);
    } else if (value->kind == VALUE_ARRAY) {
        copy->array.items = arena_array(arena, const Value *, value->array.count);
        copy->array.room = value->array.count;
        for (size_t i = 0; i < value->array.count; i++)
            copy->array.items[i] = shape_copy(arena, value->array.items[i]);
    } else if (value->kind == VALUE_OBJECT) {
        copy->object.items = arena_array(arena, ValueProperty, value->object.count);
        copy->object.room = value->object.count;
        for (size_t i = 0; i < value->object.count; i++) {
            ValueProperty property = value->object.items[i];
            copy->object.items[i] = (ValueProperty){text_copy(arena, property.name),
                                                    shape_copy(arena, property.value), NULL};
        }
    }
    return copy;
}

const Value *shape_with(Arena *arena, const Value *object, const char *path, const Value *value)
{
    size_t length = strcspn(path, ".");
    Text name = {path, length};
    bool whole = !path[length];
    Value *copy = value_object(arena);
    bool found = false;
    bool is_object = object && object->kind == VALUE_OBJECT;
    for (size_t i = 0; is_object && i < object->object.count; i++) {
        ValueProperty property = object->object.items[i];
        if (!found && value_find(object, name) == property.value) {
            found = true;
            property.value =
                whole ? value : shape_with(arena, property.value, path + length + 1, value);
        }
        if (property.value) list_add(arena, &copy->object, property);
    }
    if (!found && value) {
        const Value *inner = whole ? value : shape_with(arena, NULL, path + length + 1, value);
        list_add(arena, &copy->object, ((ValueProperty){name, inner, NULL}));
    }
    return copy;
}

Text shape_json(Arena *arena, const Value *value)
{
    TextBuffer out = {.arena = arena};
    JsonWriter json = {.out = &out, .compact = true};
    value_write_json(&json, value);
    return buffer_done(&out);
}
