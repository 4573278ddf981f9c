// compiler/arm/templatehash.c: which properties count is a table of shapes; the text is taken apart
// by its indentation, so that long values are read once.
#include "compiler/arm/templatehash.h"

#include "compiler/evaluate/cases.h"
#include "compiler/evaluate/hashes.h"

#include <assert.h>
#include <string.h>

// What the official compiler calls itself: part of what is hashed.
static const char official_name[] = "BICEP", official_version[] = "0.49.2.45890";

typedef struct Shape Shape;

typedef enum {
    READ_WHOLE,  // as it is
    READ_STRING, // as it is, numbers and booleans in quotes
    READ_OBJECT, // `shape` says what counts; a value that is no object stays as it is
    READ_EACH,   // each item or member is a READ_OBJECT
    READ_METADATA,
} Reading;

typedef struct {
    const char *name;
    Reading reading;
    const Shape *shape;
} Row;

struct Shape {
    size_t count;
    const Row *rows;
};

#define SHAPE(name) const Shape name = {sizeof name##_rows / sizeof *name##_rows, name##_rows}

// ---- Azure's classes, each with its properties in order

#define WHOLE(name)                                                                                \
    {                                                                                              \
        name, READ_WHOLE, NULL                                                                     \
    }
#define STRING(name)                                                                               \
    {                                                                                              \
        name, READ_STRING, NULL                                                                    \
    }
#define OBJECT(name, shape)                                                                        \
    {                                                                                              \
        name, READ_OBJECT, &(shape)                                                                \
    }
#define EACH(name, shape)                                                                          \
    {                                                                                              \
        name, READ_EACH, &(shape)                                                                  \
    }

// What the descriptions of types have in common.
#define RANGES                                                                                     \
    WHOLE("minValue"), WHOLE("maxValue"), STRING("pattern"), WHOLE("minLength"), WHOLE("maxLength")
#define PARTS                                                                                      \
    EACH("prefixItems", type), OBJECT("items", type), EACH("properties", type), WHOLE("required"), \
        OBJECT("additionalProperties", type), WHOLE("sealed")
#define CHECKS OBJECT("discriminator", discriminator), WHOLE("validate")
#define VALUE STRING("type"), WHOLE("value"), WHOLE("metadata")

static const Shape type;

static const Row discriminator_rows[] = {STRING("propertyName"), EACH("mapping", type)};
static SHAPE(discriminator);

static const Row type_rows[] = {STRING("type"),
                                STRING("$ref"),
                                WHOLE("metadata"),
                                WHOLE("allowedValues"),
                                WHOLE("nullable"),
                                RANGES,
                                PARTS,
                                CHECKS};
static SHAPE(type);

static const Row parameter_rows[] = {STRING("$ref"),
                                     WHOLE("defaultValue"),
                                     WHOLE("allowedValues"),
                                     RANGES,
                                     PARTS,
                                     WHOLE("nullable"),
                                     CHECKS,
                                     VALUE};
static SHAPE(parameter);

static const Row output_rows[] = {WHOLE("condition"),
                                  WHOLE("copy"),
                                  STRING("$ref"),
                                  WHOLE("allowedValues"),
                                  WHOLE("nullable"),
                                  RANGES,
                                  PARTS,
                                  CHECKS,
                                  VALUE};
static SHAPE(output);

static const Row argument_rows[] = {
    STRING("name"), STRING("$ref"), WHOLE("allowedValues"), WHOLE("nullable"), RANGES, PARTS,
    CHECKS,         VALUE};
static SHAPE(argument); // also a function's output, which has no name

static const Row function_rows[] = {EACH("parameters", argument), OBJECT("output", argument),
                                    WHOLE("metadata")};
static SHAPE(function);

static const Row space_rows[] = {STRING("namespace"), EACH("members", function), WHOLE("metadata")};
static SHAPE(space);

static const Row copy_rows[] = {STRING("name"), WHOLE("count"), STRING("mode"), WHOLE("batchSize")};
static SHAPE(copy);

static const Row resource_rows[] = {
    STRING("import"),
    STRING("extension"),
    STRING("type"),
    STRING("apiVersion"),
    STRING("name"),
    WHOLE("existing"),
    STRING("comments"),
    STRING("location"),
    WHOLE("extendedLocation"),
    WHOLE("dependsOn"),
    WHOLE("tags"),
    WHOLE("sku"),
    STRING("kind"),
    WHOLE("zones"),
    WHOLE("scale"),
    WHOLE("identity"),
    WHOLE("plan"),
    WHOLE("properties"),
    STRING("method"),
    STRING("scope"),
    STRING("managedBy"),
    WHOLE("managedByExtended"),
    WHOLE("metadata"),
    STRING("id"),
    STRING("subscriptionId"),
    STRING("resourceGroup"),
    OBJECT("copy", copy),
    WHOLE("condition"),
    WHOLE("asserts"),
    WHOLE("placement"),
    WHOLE("@options"),
};
static SHAPE(resource);

// Of "imports", and of "extensions".
static const Row import_rows[] = {STRING("provider"), STRING("name"), STRING("version"),
                                  WHOLE("config")};
static SHAPE(import);

static const Row template_rows[] = {
    STRING("$schema"),
    STRING("languageVersion"),
    STRING("contentVersion"),
    EACH("imports", import),
    EACH("extensions", import),
    EACH("definitions", type),
    EACH("parameters", parameter),
    WHOLE("variables"),
    EACH("functions", space),
    EACH("resources", resource),
    WHOLE("asserts"),
    EACH("outputs", output),
    {"metadata", READ_METADATA, NULL},
};
static SHAPE(template);

// ---- text

// What is hashed; text that was hashed already is forgotten now and then.
typedef struct {
    TextBuffer text;
    HashState hash;
} Digest;

static void settle(Digest *out)
{
    enum { ENOUGH = 16 * 1024 };
    if (out->text.count < ENOUGH) return;
    size_t done = hash_add(&out->hash, buffer_done(&out->text));
    memmove(out->text.items, out->text.items + done, out->text.count - done);
    out->text.count -= done;
}

// As .NET raises letters where a language is set: a few more than toUpper() does.
static uint32_t capital(uint32_t code)
{
    if (code == 0x17F) return 'S';                        // long s
    if (code >= 0x1F80 && code < 0x1FB0) return code | 8; // Greek with iota below
    if (code == 0x1FB3 || code == 0x1FC3 || code == 0x1FF3) return code + 9;
    return case_upper(code);
}

enum { SLACK = 8 };

// Eight letters at once: the top bit of a byte says whether it is at least 'a', and whether it is
// beyond 'z'.
static uint64_t upper_word(uint64_t word)
{
    const uint64_t ones = 0x0101010101010101u;
    uint64_t from_a = word + ones * (0x80 - 'a'), beyond_z = word + ones * (0x7F - 'z');
    return word - ((from_a & ~beyond_z & ones * 0x80) >> 2);
}

// needs: `text` is a part of the template, which SLACK bytes of anything follow
static void write_upper(Digest *out, Text text)
{
    buffer_expect(&out->text, text.length + SLACK);
    char *to = out->text.items + out->text.count;
    for (size_t at = 0; at < text.length;) {
        size_t size = text.length - at < 8 ? text.length - at : 8;
        uint64_t word;
        memcpy(&word, text.at + at, 8);
        if (size < 8) word &= ((uint64_t)1 << 8 * size) - 1;
        if (word & 0x8080808080808080u) {
            out->text.count = (size_t)(to - out->text.items);
            buffer_code_point(&out->text, capital(text_next(text, &at)));
            buffer_expect(&out->text, text.length - at + SLACK); // it may be longer
            to = out->text.items + out->text.count;
            continue;
        }
        word = upper_word(word);
        memcpy(to, &word, 8);
        to += size;
        at += size;
    }
    out->text.count = (size_t)(to - out->text.items);
}

static size_t line_end(Text text, size_t at)
{
    const char *end = memchr(text.at + at, '\n', text.length - at);
    return end ? (size_t)(end - text.at) : text.length;
}

// Behind the quote that closes the text which begins at `at`.
static size_t string_end(Text text, size_t at)
{
    for (at++; at < text.length;) {
        const char *quote = memchr(text.at + at, '"', text.length - at);
        if (!quote) break;
        size_t escapes = 0;
        at = (size_t)(quote - text.at) + 1;
        while (quote[-1 - (ptrdiff_t)escapes] == '\\') escapes++;
        if (escapes % 2 == 0) return at;
    }
    return text.length + 1;
}

// One line of pretty-printed JSON, minified: `"key": value,` or an item, or a bracket.
static void write_line(Digest *out, Text line)
{
    size_t at = 0;
    while (at < line.length && line.at[at] == ' ') at++;
    if (at < line.length && line.at[at] == '"') {
        size_t behind = string_end(line, at);
        if (behind + 1 < line.length && line.at[behind] == ':') {
            write_upper(out, text_slice(line, at, behind + 1));
            at = behind + 2; // the space
        }
    }
    Text rest = text_slice(line, at, line.length);
    char first = rest.length > 2 ? rest.at[1] : '\0';
    if (first == TEMPLATEHASH_NAME || first == TEMPLATEHASH_VERSION) {
        buffer_format(&out->text, "\"%s\",",
                      first == TEMPLATEHASH_NAME ? official_name : official_version);
        return;
    }
    write_upper(out, rest);
}

static void write_whole(Digest *out, Text value)
{
    for (size_t at = 0; at < value.length;) {
        size_t end = line_end(value, at);
        write_line(out, text_slice(value, at, end));
        settle(out);
        at = end + 1;
    }
}

// ---- values

typedef struct {
    Text key; // with its quotes; empty in an array
    Text value;
} Part;

typedef struct {
    Part *items;
    size_t count, room;
} PartList;

static void add_part(Arena *arena, PartList *parts, Text line)
{
    Part part = {{0}, {line.at, 0}};
    size_t behind = line.at[0] == '"' ? string_end(line, 0) : line.length;
    if (behind + 1 < line.length && line.at[behind] == ':') {
        part.key = text_slice(line, 0, behind);
        part.value.at += behind + 2;
    }
    list_add(arena, parts, part);
}

// The members or items of `value`: they begin at `indent`; deeper lines are within them.
static PartList parts_of(Arena *arena, Text value, size_t indent)
{
    PartList parts = {0};
    for (size_t at = line_end(value, 0) + 1; at < value.length;) {
        size_t end = line_end(value, at);
        if (end == value.length) break; // the closing bracket
        Text line = text_slice(value, at + indent, end);
        at = end + 1;
        if (line.at[0] == ' ') continue;
        if (line.at[0] != '}' && line.at[0] != ']') add_part(arena, &parts, line);
        if (text_ends(line, ",")) line.length--;
        assert(parts.count > 0); // the first line is no closing bracket
        Text *last = &parts.items[parts.count - 1].value;
        last->length = (size_t)(line.at + line.length - last->at);
    }
    return parts;
}

static void write_value(Digest *out, Text value, size_t indent, Reading reading,
                        const Shape *shape);

static void write_key(Digest *out, Text key, bool *fresh)
{
    if (!*fresh) buffer_char(&out->text, ',');
    *fresh = false;
    if (key.length == 0) return;
    write_upper(out, key);
    buffer_char(&out->text, ':');
}

static void write_object(Digest *out, Text value, size_t indent, const Shape *shape)
{
    PartList parts = parts_of(out->text.arena, value, indent);
    uint64_t begins = 0; // a bit for each letter that a key begins with
    bool fresh = true;
    buffer_char(&out->text, '{');
    for (size_t i = 0; i < parts.count; i++)
        begins |= (uint64_t)1 << (parts.items[i].key.at[1] & 63);
    for (size_t i = 0; i < shape->count; i++) {
        const Row *row = &shape->rows[i];
        if (!(begins >> (row->name[0] & 63) & 1)) continue;
        for (size_t j = 0; j < parts.count; j++) {
            Text key = parts.items[j].key;
            if (key.at[1] != row->name[0] ||
                !text_is(text_slice(key, 1, key.length - 1), row->name))
                continue;
            if (text_is(parts.items[j].value, "null")) break;
            write_key(out, key, &fresh);
            write_value(out, parts.items[j].value, indent + 2, row->reading, row->shape);
            break;
        }
    }
    buffer_char(&out->text, '}');
}

static void write_each(Digest *out, Text value, size_t indent, const Shape *shape)
{
    PartList parts = parts_of(out->text.arena, value, indent);
    bool fresh = true, object = value.at[0] == '{' && (parts.count > 0 || shape != &resource);
    buffer_char(&out->text, object ? '{' : '['); // of no resources: always a list
    for (size_t i = 0; i < parts.count; i++) {
        write_key(out, parts.items[i].key, &fresh);
        write_value(out, parts.items[i].value, indent + 2, READ_OBJECT, shape);
    }
    buffer_char(&out->text, object ? '}' : ']');
}

static void write_metadata(Digest *out, Text value, size_t indent)
{
    PartList parts = parts_of(out->text.arena, value, indent);
    bool fresh = true;
    buffer_char(&out->text, '{');
    for (size_t i = 0; i < parts.count; i++) {
        write_key(out, parts.items[i].key, &fresh);
        if (text_is(parts.items[i].key, "\"_generator\"")) {
            buffer_format(&out->text, "{\"NAME\":\"%s\",\"VERSION\":\"%s\"}", official_name,
                          official_version);
        } else {
            write_whole(out, parts.items[i].value);
        }
    }
    buffer_char(&out->text, '}');
}

static void write_value(Digest *out, Text value, size_t indent, Reading reading, const Shape *shape)
{
    switch (reading) {
    case READ_STRING:
        if (value.at[0] != '"') {
            buffer_char(&out->text, '"');
            write_upper(out, value);
            buffer_char(&out->text, '"');
            return;
        }
        break;
    case READ_OBJECT:
        if (value.at[0] == '{') {
            write_object(out, value, indent, shape);
            return;
        }
        break;
    case READ_EACH: write_each(out, value, indent, shape); return;
    case READ_METADATA: write_metadata(out, value, indent); return;
    case READ_WHOLE: break;
    }
    write_whole(out, value);
}

uint64_t templatehash_of(Arena *arena, TextBuffer *written, size_t from, int depth)
{
    buffer_expect(written, SLACK);
    Text whole = {written->items + from, written->count - from};
    Digest out = {.text = {.arena = arena}};
    write_object(&out, whole, 2 * (size_t)(depth + 1), &template);
    return hash_end(&out.hash, buffer_done(&out.text));
}
