// compiler/evaluate/yamlreader.c: YAML to values as loadYamlContent() reads it: the first document,
// aliases and merge keys resolved, plain scalars with more forms of numbers than YAML 1.2 knows
// (1_000, 0b11, 0x1F). The official compiler writes what it read as YAML again before it makes
// values of it, which shows: an empty value in {} and [] is a text, and spaces and line ends at the
// end of the document are gone, even if the last text ended so.
#include "compiler/evaluate/value.h"

#include "base/map.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <yaml.h>

enum { DEPTH_LIMIT = 100, VALUE_LIMIT = 1000000 };

typedef struct {
    Arena *arena;
    yaml_parser_t parser;
    yaml_event_t event;
    Map anchors; // name → Value *
    Map sizes;   // by anchor: values within
    struct {
        const Value **items;
        size_t count, room;
    } blocks; // texts that were written as | or >
    size_t values;
    int depth;
    bool in_flow;
    Text error; // the first one
} Reader;

static const Value *read_value(Reader *reader);

static const Value *fail(Reader *reader, const char *why)
{
    yaml_mark_t at =
        reader->parser.problem ? reader->parser.problem_mark : reader->event.start_mark;
    if (!reader->error.length)
        reader->error = text_format(reader->arena, "%s in line %zu, column %zu", why, at.line + 1,
                                    at.column + 1);
    return NULL;
}

// The next event takes the place of the last.
static bool next(Reader *reader)
{
    yaml_event_delete(&reader->event);
    memset(&reader->event, 0, sizeof reader->event);
    if (yaml_parser_parse(&reader->parser, &reader->event)) return true;
    fail(reader, reader->parser.problem ? reader->parser.problem : "wrong YAML");
    return false;
}

// ---- scalars

static Text without_underscores(Arena *arena, Text text)
{
    TextBuffer out = {.arena = arena};
    for (size_t i = 0; i < text.length; i++) {
        if (text.at[i] != '_') buffer_char(&out, text.at[i]);
    }
    return buffer_done(&out);
}

static bool all_digits(const char *at, int base)
{
    const char *from = at;
    while (isxdigit((unsigned char)*at) &&
           (isdigit((unsigned char)*at) ? *at - '0' : tolower((unsigned char)*at) - 'a' + 10) <
               base)
        at++;
    return at > from && !*at;
}

static int base_of(const char *digits)
{
    char letter = digits[0] == '0' ? (char)tolower((unsigned char)digits[1]) : '\0';
    return letter == 'x' ? 16 : letter == 'o' ? 8 : letter == 'b' ? 2 : 10;
}

static bool is_float(const char *at)
{
    size_t whole = strspn(at, "0123456789");
    at += whole;
    size_t part = *at == '.' ? strspn(at + 1, "0123456789") + 1 : 0;
    at += part;
    if (whole == 0 && part < 2) return false;
    if (*at == 'e' || *at == 'E') {
        at += at[1] == '-' || at[1] == '+' ? 2 : 1;
        return all_digits(at, 10);
    }
    return !*at;
}

// A number, NULL if it is none.
static const Value *number(Reader *reader, Text text)
{
    char *string = text_string(reader->arena, without_underscores(reader->arena, text));
    bool minus = *string == '-';
    char *at = string + (minus || *string == '+');
    int base = base_of(at);
    if (all_digits(base == 10 ? at : at + 2, base)) {
        if (base != 10) memmove(at, at + 2, strlen(at + 2) + 1);
        errno = 0;
        long long integer = strtoll(string, NULL, base);
        if (errno == 0) return value_int(reader->arena, integer);
        if (base != 10) return fail(reader, "a number beyond 64 bits");
        return value_float(reader->arena, strtod(string, NULL));
    }
    if (strcasecmp(at, ".inf") == 0 || strcasecmp(at, "infinity") == 0)
        return value_float(reader->arena, strtod(minus ? "-inf" : "inf", NULL));
    if (strcasecmp(string, ".nan") == 0 || strcasecmp(at, "nan") == 0)
        return value_float(reader->arena, strtod("nan", NULL));
    return is_float(at) ? value_float(reader->arena, strtod(string, NULL)) : NULL;
}

static bool is_space(uint32_t code)
{
    return (code >= 9 && code <= 13) || code == ' ' || code == 0x85 || code == 0xA0 ||
           code == 0x1680 || (code >= 0x2000 && code <= 0x200A) || code == 0x2028 ||
           code == 0x2029 || code == 0x202F || code == 0x205F || code == 0x3000;
}

// Where the spaces and line ends at the end begin.
static size_t end_of_text(Text text)
{
    size_t end = 0;
    for (size_t at = 0; at < text.length;) {
        if (!is_space(text_next(text, &at))) end = at;
    }
    return end;
}

static const Value *plain(Reader *reader, Text text)
{
    if (end_of_text(text) < text.length || (text.length && is_space(text_next(text, &(size_t){0}))))
        return fail(reader, "a space of another kind at the border of a text without quotes");
    if (text.length == 0 && reader->in_flow) return value_string(reader->arena, text);
    if (text.length == 0 || text_is(text, "~") || text_is_alike(text, "null")) return &value_null;
    if (text_is_alike(text, "true")) return &value_true;
    if (text_is_alike(text, "false")) return &value_false;
    const Value *value = number(reader, text);
    return value || reader->error.length
               ? value
               : value_string(reader->arena, text_copy(reader->arena, text));
}

// Whether the official compiler writes the text in double quotes on its way, which garbles some
// characters.
static bool is_garbled(Text text, bool block)
{
    for (size_t at = 0; at < text.length;) {
        uint32_t code = text_next(text, &at);
        if (block && code == ' ' && at < text.length && text.at[at] == '\n') block = false, at = 0;
        if (!block && (code > 0xFFFF || code == 0xFFFE || code == 0xFFFF)) return true;
    }
    return false;
}

static Text scalar_text(Reader *reader)
{
    return (Text){(const char *)reader->event.data.scalar.value, reader->event.data.scalar.length};
}

static const Value *scalar(Reader *reader)
{
    Text text = scalar_text(reader);
    yaml_scalar_style_t style = reader->event.data.scalar.style;
    const char *tag = (const char *)reader->event.data.scalar.tag;
    bool block = style == YAML_LITERAL_SCALAR_STYLE || style == YAML_FOLDED_SCALAR_STYLE;
    if (is_garbled(text, block))
        return fail(reader, "a character that the official compiler garbles outside of | and >");
    if (style == YAML_PLAIN_SCALAR_STYLE && !(tag && strcmp(tag, YAML_STR_TAG) == 0))
        return plain(reader, text);
    const Value *value = value_string(reader->arena, text_copy(reader->arena, text));
    if (block) list_add(reader->arena, &reader->blocks, value);
    return value;
}

// ---- collections

static const Value *sequence(Reader *reader)
{
    Value *list = value_array(reader->arena);
    while (next(reader) && reader->event.type != YAML_SEQUENCE_END_EVENT) {
        const Value *item = read_value(reader);
        if (!item) return NULL;
        value_append(reader->arena, list, item);
    }
    return reader->error.length ? NULL : list;
}

// Later ones win over earlier ones, but never over `own` keys.
static bool merge(Reader *reader, Value *object, const Map *own, const Value *from)
{
    if (from->kind != VALUE_OBJECT) return fail(reader, "<< of something that is no mapping");
    for (size_t i = 0; i < from->object.count; i++) {
        const ValueProperty *property = &from->object.items[i];
        if (!map_has(own, property->name))
            value_set(reader->arena, object, property->name, property->value);
    }
    return true;
}

static bool merge_all(Reader *reader, Value *object, const Map *own, const Value *from)
{
    if (from->kind == VALUE_NULL) return true;
    if (from->kind != VALUE_ARRAY) return merge(reader, object, own, from);
    for (size_t i = 0; i < from->array.count; i++) {
        if (!merge(reader, object, own, from->array.items[i])) return false;
    }
    return true;
}

static const Value *key(Reader *reader)
{
    if (reader->event.type == YAML_ALIAS_EVENT) {
        const Value *value = read_value(reader);
        return value && value->kind != VALUE_STRING ? fail(reader, "a key that is no text") : value;
    }
    if (reader->event.type != YAML_SCALAR_EVENT) return fail(reader, "a key that is no text");
    const char *anchor = (const char *)reader->event.data.scalar.anchor;
    Text text = text_copy(reader->arena, scalar_text(reader));
    if (is_garbled(text, false))
        return fail(reader, "a character that the official compiler garbles");
    const Value *value = value_string(reader->arena, text);
    if (anchor)
        map_put(reader->arena, &reader->anchors, text_copy(reader->arena, text_of(anchor)),
                (void *)(uintptr_t)value);
    return value;
}

static const Value *mapping(Reader *reader)
{
    Value *object = value_object(reader->arena);
    Map own = {0};
    while (next(reader) && reader->event.type != YAML_MAPPING_END_EVENT) {
        const Value *name = key(reader);
        if (!name) return NULL;
        if (map_has(&own, name->string)) return fail(reader, "a key that stands there twice");
        const Value *value = next(reader) ? read_value(reader) : NULL;
        if (!value) return NULL;
        if (text_is(name->string, "<<")) {
            if (!merge_all(reader, object, &own, value)) return NULL;
        } else {
            map_put(reader->arena, &own, name->string, object);
            value_set(reader->arena, object, name->string, value);
        }
    }
    return reader->error.length ? NULL : object;
}

// ---- values

static const Value *alias(Reader *reader)
{
    Text name = text_of((const char *)reader->event.data.alias.anchor);
    const Value *value = map_get(&reader->anchors, name);
    size_t *size = map_get(&reader->sizes, name);
    if (!value) return fail(reader, "an alias of nothing");
    reader->values += size ? *size : 1;
    return value;
}

static const Value *collection(Reader *reader, bool list, bool flow)
{
    bool in_flow = reader->in_flow;
    reader->in_flow = in_flow || flow;
    const Value *value = ++reader->depth > DEPTH_LIMIT ? fail(reader, "too deep nesting")
                         : list                        ? sequence(reader)
                                                       : mapping(reader);
    reader->depth--;
    reader->in_flow = in_flow;
    return value;
}

static const Value *value_of_event(Reader *reader, const char **anchor)
{
    const yaml_event_t *event = &reader->event;
    switch ((int)event->type) {
    case YAML_ALIAS_EVENT: return alias(reader);
    case YAML_SCALAR_EVENT:
        *anchor = (const char *)event->data.scalar.anchor;
        return scalar(reader);
    case YAML_SEQUENCE_START_EVENT:
        *anchor = (const char *)event->data.sequence_start.anchor;
        if (*anchor) *anchor = text_string(reader->arena, text_of(*anchor));
        return collection(reader, true,
                          event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE);
    case YAML_MAPPING_START_EVENT:
        *anchor = (const char *)event->data.mapping_start.anchor;
        if (*anchor) *anchor = text_string(reader->arena, text_of(*anchor));
        return collection(reader, false,
                          event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE);
    default: return fail(reader, "no value");
    }
}

static const Value *read_value(Reader *reader)
{
    const char *anchor = NULL;
    size_t before = reader->values++;
    const Value *value = value_of_event(reader, &anchor);
    if (value && reader->values > VALUE_LIMIT) return fail(reader, "too many values");
    if (value && anchor) {
        Text name = text_copy(reader->arena, text_of(anchor));
        size_t *size = arena_new(reader->arena, size_t);
        *size = reader->values - before;
        map_put(reader->arena, &reader->anchors, name, (void *)(uintptr_t)value);
        map_put(reader->arena, &reader->sizes, name, size);
    }
    return value;
}

// ---- the end of the document

static bool ends_in_block(const Reader *reader, const Value *value)
{
    if (value->kind != VALUE_STRING || end_of_text(value->string) == 0) return false;
    if (text_ends(value->string, " ")) return false;
    for (size_t i = 0; i + 1 < value->string.length; i++) {
        if (text_starts(text_slice(value->string, i, value->string.length), " \n")) return false;
    }
    for (size_t i = 0; i < reader->blocks.count; i++) {
        if (reader->blocks.items[i] == value) return true;
    }
    return false;
}

// The value with its last text, if that was a block, cut at its end.
static const Value *trimmed(Reader *reader, const Value *value)
{
    Arena *arena = reader->arena;
    Value *copy = arena_new(arena, Value);
    if (ends_in_block(reader, value))
        return value_string(arena, text_slice(value->string, 0, end_of_text(value->string)));
    *copy = *value;
    if (value->kind == VALUE_ARRAY && value->array.count) {
        copy->array.items = arena_array(arena, const Value *, value->array.count);
        memcpy(copy->array.items, value->array.items,
               value->array.count * sizeof *copy->array.items);
        const Value **last = &copy->array.items[value->array.count - 1];
        *last = trimmed(reader, *last);
    }
    if (value->kind == VALUE_OBJECT && value->object.count) {
        copy->object.items = arena_array(arena, ValueProperty, value->object.count);
        memcpy(copy->object.items, value->object.items,
               value->object.count * sizeof *copy->object.items);
        ValueProperty *last = &copy->object.items[value->object.count - 1];
        last->value = trimmed(reader, last->value);
    }
    return copy;
}

const Value *value_read_yaml(Arena *arena, Text text, Text *error)
{
    Reader reader = {.arena = arena};
    const Value *value = NULL;
    if (!yaml_parser_initialize(&reader.parser)) abort(); // out of memory
    yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&reader.parser, (const unsigned char *)text.at, text.length);
    bool begun = next(&reader);     // the stream
    begun = begun && next(&reader); // the document
    const yaml_event_t *event = &reader.event;
    if (begun && event->type != YAML_DOCUMENT_START_EVENT) {
        begun = false;
        fail(&reader, "no document");
    }
    if (begun && event->data.document_start.tag_directives.start !=
                     event->data.document_start.tag_directives.end)
        fail(&reader, "%TAG, which is not supported");
    if (begun && !reader.error.length && next(&reader)) {
        value = read_value(&reader);
        if (value == &value_null) fail(&reader, "an empty document");
    }
    if (value && next(&reader)) value = trimmed(&reader, value);
    if (reader.error.length) value = NULL;
    yaml_event_delete(&reader.event);
    yaml_parser_delete(&reader.parser);
    *error = reader.error;
    return value;
}
