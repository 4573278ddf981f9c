// compiler/evaluate/jsonreader.c: JSON to values, as leniently as Azure's reader: quotes may be
// single, keys bare; comments, commas at the end, NaN, undefined and hexadecimal numbers are read.
// Of these only comments may stand in settings.
#include "compiler/evaluate/value.h"

#include "base/map.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH_LIMIT = 200 };

typedef struct {
    Arena *arena;
    Text text;
    size_t at;
    int depth;
    bool any_size; // of whole numbers
    bool strict;
    Text error;           // the first one
    size_t count, wanted; // values that began; of which the place is asked, 0: none
    size_t from, to;      // its place
} Reader;

static const Value *read_value(Reader *reader);

static const Value *fail(Reader *reader, const char *why)
{
    if (reader->error.length) return NULL;
    size_t line = 1, column = 1;
    for (size_t i = 0; i < reader->at && i < reader->text.length; i++) {
        column = reader->text.at[i] == '\n' ? 1 : column + 1;
        line += reader->text.at[i] == '\n';
    }
    reader->error = text_format(reader->arena, "%s in line %zu, column %zu", why, line, column);
    return NULL;
}

static char peek(const Reader *reader)
{
    return reader->at < reader->text.length ? reader->text.at[reader->at] : '\0';
}

static bool starts(const Reader *reader, const char *word)
{
    return text_starts(text_slice(reader->text, reader->at, reader->text.length), word);
}

static void skip_comment(Reader *reader)
{
    bool line = starts(reader, "//");
    reader->at += 2;
    while (reader->at < reader->text.length) {
        if (line && strchr("\r\n", peek(reader))) return;
        if (!line && starts(reader, "*/")) {
            reader->at += 2;
            return;
        }
        reader->at++;
    }
    if (!line) fail(reader, "a comment that is not closed");
}

static void skip_space(Reader *reader)
{
    for (;;) {
        if (starts(reader, "//") || starts(reader, "/*")) {
            skip_comment(reader);
        } else if (peek(reader) && isspace((unsigned char)peek(reader))) {
            reader->at++;
        } else {
            return;
        }
    }
}

// ---- texts

static bool read_hex(Reader *reader, uint32_t *code)
{
    *code = 0;
    for (int i = 0; i < 4; i++) {
        char c = peek(reader);
        if (!isxdigit((unsigned char)c)) return false;
        *code = *code * 16 + (uint32_t)(isdigit((unsigned char)c) ? c - '0' : (c | 32) - 'a' + 10);
        reader->at++;
    }
    return true;
}

static bool read_code(Reader *reader, TextBuffer *out)
{
    uint32_t code, low;
    if (!read_hex(reader, &code)) return false;
    if (code >= 0xD800 && code < 0xDC00 && starts(reader, "\\u")) {
        size_t before = reader->at;
        reader->at += 2;
        if (!read_hex(reader, &low)) return false;
        if (low >= 0xDC00 && low < 0xE000) {
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        } else {
            reader->at = before;
        }
    }
    buffer_code_point(out, code >= 0xD800 && code < 0xE000 ? 0xFFFD : code);
    return true;
}

static bool read_escape(Reader *reader, TextBuffer *out)
{
    static const char letters[] = "bfnrt\"'\\/", meanings[] = "\b\f\n\r\t\"'\\/";
    char c = peek(reader);
    reader->at++;
    if (c == 'u') return read_code(reader, out);
    const char *found = c ? strchr(letters, c) : NULL;
    if (found) buffer_char(out, meanings[found - letters]);
    return found != NULL;
}

static bool is_quote(const Reader *reader)
{
    return peek(reader) == '"' || (peek(reader) == '\'' && !reader->strict);
}

static bool read_text(Reader *reader, Text *text)
{
    TextBuffer out = {.arena = reader->arena};
    char quote = peek(reader);
    reader->at++;
    while (peek(reader) != quote) {
        if (reader->at >= reader->text.length) {
            fail(reader, "a text that is not closed");
            return false;
        }
        char c = peek(reader);
        reader->at++;
        if (c != '\\') {
            buffer_char(&out, c);
        } else if (!read_escape(reader, &out)) {
            fail(reader, "an unknown escape");
            return false;
        }
    }
    reader->at++;
    *text = buffer_done(&out);
    return true;
}

// ---- numbers and words

static const Value *read_whole(Reader *reader, const char *word, int base)
{
    errno = 0;
    char *end;
    long long integer = strtoll(word, &end, base);
    if (*end) return fail(reader, "a number that is none");
    if (errno && reader->any_size && base == 10) {
        Value *value = value_float(reader->arena, strtod(word, NULL));
        value->digits = text_of(word);
        return value;
    }
    if (errno) return fail(reader, "a number beyond 64 bits");
    return value_int(reader->arena, integer);
}

// Digits as JSON has them: no sign, no 0 in front.
static bool is_strict_number(const char *word)
{
    word += *word == '-';
    return isdigit((unsigned char)word[0]) && !(word[0] == '0' && isalnum((unsigned char)word[1]));
}

static const Value *read_number(Reader *reader)
{
    size_t from = reader->at;
    while (peek(reader) && (isalnum((unsigned char)peek(reader)) || strchr("+-.", peek(reader))))
        reader->at++;
    const char *word = text_string(reader->arena, text_slice(reader->text, from, reader->at));
    if (reader->strict && !is_strict_number(word)) return fail(reader, "a number that is none");
    if (strcmp(word, "-Infinity") == 0) return value_float(reader->arena, -HUGE_VAL);
    const char *digits = word + (*word == '-');
    if (digits[0] == '0' && (digits[1] | 32) == 'x') return read_whole(reader, word, 16);
    if (!strpbrk(word, ".eE")) {
        bool octal = digits[0] == '0' && digits[1];
        return read_whole(reader, word, octal ? 8 : 10);
    }
    char *end;
    double number = strtod(word, &end);
    if (*end || strpbrk(word, "xX")) return fail(reader, "a number that is none");
    return value_float(reader->arena, number);
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '$';
}

static const Value *read_word(Reader *reader)
{
    static const struct {
        const char *word;
        const Value *value;
    } words[] = {{"true", &value_true},
                 {"false", &value_false},
                 {"null", &value_null},
                 {"undefined", &value_null}};
    size_t end = reader->at;
    while (end < reader->text.length && is_word(reader->text.at[end])) end++;
    Text word = text_slice(reader->text, reader->at, end);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (!text_is(word, words[i].word)) continue;
        if (reader->strict && text_is(word, "undefined")) break;
        reader->at = end;
        return words[i].value;
    }
    bool infinite = text_is(word, "Infinity");
    if (reader->strict || (!infinite && !text_is(word, "NaN")))
        return fail(reader, "expected a value");
    reader->at = end;
    return value_float(reader->arena, infinite ? HUGE_VAL : (double)NAN);
}

// ---- lists and objects

static const Value *read_array(Reader *reader)
{
    Value *array = value_array(reader->arena);
    reader->at++;
    for (;;) {
        skip_space(reader);
        if (peek(reader) == ']' && !(reader->strict && array->array.count)) break;
        bool left_out = peek(reader) == ',' && !reader->strict;
        reader->count += left_out;
        const Value *item = left_out ? &value_null : read_value(reader);
        if (!item) return NULL;
        value_append(reader->arena, array, item);
        skip_space(reader);
        if (peek(reader) == ']') break;
        if (peek(reader) != ',') return fail(reader, "expected ',' or ']'");
        reader->at++;
    }
    reader->at++;
    return array;
}

static bool read_key(Reader *reader, Text *key)
{
    if (is_quote(reader)) return read_text(reader, key);
    size_t from = reader->at;
    while (!reader->strict && is_word(peek(reader))) reader->at++;
    *key = text_slice(reader->text, from, reader->at);
    if (key->length == 0) fail(reader, "expected a key");
    return key->length > 0;
}

static const Value *read_object(Reader *reader)
{
    Value *object = value_object(reader->arena);
    Map seen = {0};
    reader->at++;
    for (;;) {
        skip_space(reader);
        if (peek(reader) == '}' && !(reader->strict && object->object.count)) break;
        Text key;
        if (!read_key(reader, &key)) return NULL;
        skip_space(reader);
        if (peek(reader) != ':') return fail(reader, "expected ':' behind the key");
        reader->at++;
        const Value *value = read_value(reader);
        if (!value) return NULL;
        uintptr_t known =
            (uintptr_t)map_get(&seen, key); // the last of equal keys wins, in its place
        if (known) {
            object->object.items[known - 1].value = value;
        } else {
            list_add(reader->arena, &object->object, ((ValueProperty){key, value, NULL}));
            map_put(reader->arena, &seen, key, (void *)(uintptr_t)object->object.count);
        }
        skip_space(reader);
        if (peek(reader) == '}') break;
        if (peek(reader) != ',') return fail(reader, "expected ',' or '}'");
        reader->at++;
    }
    reader->at++;
    return object;
}

static const Value *read_bare(Reader *reader)
{
    char c = peek(reader);
    if (reader->error.length) return NULL;
    if (reader->at >= reader->text.length) return fail(reader, "expected a value");
    if (is_quote(reader)) {
        Text text;
        return read_text(reader, &text) ? value_string(reader->arena, text) : NULL;
    }
    if (isdigit((unsigned char)c) || c == '-' || c == '.') return read_number(reader);
    if (c != '{' && c != '[') return read_word(reader);
    if (++reader->depth > DEPTH_LIMIT) return fail(reader, "nested too deeply");
    const Value *value = c == '{' ? read_object(reader) : read_array(reader);
    reader->depth--;
    return value;
}

static const Value *read_value(Reader *reader)
{
    skip_space(reader);
    size_t from = reader->at, own = ++reader->count;
    const Value *value = read_bare(reader);
    if (own == reader->wanted) reader->from = from, reader->to = reader->at;
    return value;
}

// The number of `wanted` in the order of the text, from 1; 0 with `*count` moved on if it is not there.
static size_t number_of(const Value *value, const Value *wanted, size_t *count)
{
    size_t found = 0;
    ++*count;
    if (value == wanted) return *count;
    if (value->kind == VALUE_ARRAY) {
        for (size_t i = 0; !found && i < value->array.count; i++)
            found = number_of(value->array.items[i], wanted, count);
    } else if (value->kind == VALUE_OBJECT) {
        for (size_t i = 0; !found && i < value->object.count; i++)
            found = number_of(value->object.items[i].value, wanted, count);
    }
    return found;
}

bool value_json_span(Arena *arena, Text text, const Value *root, const Value *wanted, size_t *from,
                     size_t *to)
{
    size_t count = 0;
    Reader reader = {
        .arena = arena, .text = text, .any_size = true, .wanted = number_of(root, wanted, &count)};
    if (!reader.wanted || !read_value(&reader)) return false;
    *from = reader.from, *to = reader.to;
    return true;
}

static const Value *read_all(Reader reader, Text *error)
{
    const Value *value = read_value(&reader);
    skip_space(&reader);
    if (value && reader.at < reader.text.length)
        value = fail(&reader, "expected nothing behind the value");
    *error = reader.error;
    return reader.error.length ? NULL : value;
}

const Value *value_read_json(Arena *arena, Text text, Text *error)
{
    return read_all((Reader){.arena = arena, .text = text}, error);
}

const Value *value_read_template(Arena *arena, Text text, Text *error)
{
    return read_all((Reader){.arena = arena, .text = text, .any_size = true}, error);
}

const Value *value_read_settings(Arena *arena, Text text, Text *error)
{
    size_t mark = text_starts(text, "\xEF\xBB\xBF") ? 3 : 0;
    return read_all((Reader){.arena = arena, .text = text, .at = mark, .strict = true}, error);
}
