// compiler/snapshot/call.c: reading by recursive descent, one function a rule; writing is its
// reverse.
//   expression: literal | call access*
//   call:       name ('.' name)? '(' (expression (',' expression)*)? ')'
//   access:     '.' name | '[' expression ']'
#include "compiler/snapshot/call.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH_LIMIT = 350 }; // calls within each other

typedef struct {
    Arena *arena;
    Text text; // without the outer brackets
    size_t at, depth;
    Text *error;
} Reader;

static const Value *expression(Reader *reader);

// "The language expression '…' is not valid: why", or NULL behind another error.
static const Value *invalid(Reader *reader, const char *why, Text shown, size_t at)
{
    if (!reader->error->length)
        *reader->error =
            text_format(reader->arena,
                        "The language expression '%.*s' is not valid: the %s '%.*s' at "
                        "position '%zu' is not expected.",
                        TEXT_ARG(reader->text), why, TEXT_ARG(shown), at);
    return NULL;
}

// ---- tokens

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

// Letters of other alphabets are taken too.
static bool starts_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' ||
           (unsigned char)c >= 0x80;
}

// Bytes of the white space at `at`: U+00A0 is white space too.
static size_t space_at(Text text, size_t at)
{
    char c = text.at[at];
    if (c == ' ' || (c >= '\t' && c <= '\r')) return 1;
    bool no_break = at + 1 < text.length && c == '\xC2' && text.at[at + 1] == '\xA0';
    return no_break ? 2 : 0;
}

static char peek(Reader *reader)
{
    size_t bytes;
    while (reader->at < reader->text.length && (bytes = space_at(reader->text, reader->at)) > 0)
        reader->at += bytes;
    return reader->at < reader->text.length ? reader->text.at[reader->at] : 0;
}

static bool take(Reader *reader, char c)
{
    if (peek(reader) != c || reader->at == reader->text.length) return false;
    reader->at++;
    return true;
}

static const char *token_name(char c)
{
    switch (c) {
    case '(': return "LeftParenthesis";
    case ')': return "RightParenthesis";
    case '[': return "LeftSquareBracket";
    case ']': return "RightSquareBracket";
    case ',': return "Comma";
    case '.': return "Dot";
    case '\'': return "Literal";
    default:
        return is_digit(c) || c == '-' || c == '+' ? "Integer"
               : starts_name(c)                    ? "Identifier"
                                                   : NULL;
    }
}

static const Value *unexpected(Reader *reader, const char *expected)
{
    char c = peek(reader);
    bool ends = reader->at == reader->text.length;
    const char *found = ends ? "EndOfData" : token_name(c);
    size_t next = reader->at + 1;
    bool sign = c == '-' || c == '+';
    if (sign && !(next < reader->text.length && is_digit(reader->text.at[next]))) {
        reader->at = next;
        found = NULL;
    }
    if (!found)
        return invalid(
            reader, "string character",
            text_slice(reader->text, reader->at, reader->at + (reader->at < reader->text.length)),
            reader->at);
    if (!reader->error->length)
        *reader->error = text_format(
            reader->arena,
            "Unable to parse language expression '%.*s': expected token '%s' and actual "
            "'%s'.",
            TEXT_ARG(reader->text), expected, found);
    return NULL;
}

static Text name(Reader *reader)
{
    size_t from = reader->at;
    while (reader->at < reader->text.length &&
           (starts_name(reader->text.at[reader->at]) || is_digit(reader->text.at[reader->at])))
        reader->at++;
    return text_slice(reader->text, from, reader->at);
}

// ---- literals

static const Value *string(Reader *reader)
{
    TextBuffer out = {.arena = reader->arena};
    size_t begin = reader->at, from = ++reader->at;
    for (;;) {
        const char *end =
            memchr(reader->text.at + reader->at, '\'', reader->text.length - reader->at);
        if (!end) {
            *reader->error = text_format(
                reader->arena,
                "The language expression '%.*s' is not valid: the string constant at position "
                "'%zu' "
                "is not terminated. String constants must be enclosed within a pair of single "
                "quotes.",
                TEXT_ARG(reader->text), begin);
            return NULL;
        }
        reader->at = (size_t)(end - reader->text.at) + 1;
        Text part = text_slice(reader->text, from, reader->at - 1);
        bool doubled = reader->at < reader->text.length && reader->text.at[reader->at] == '\'';
        if (!doubled && !out.count) return value_string(reader->arena, part);
        buffer_text(&out, part);
        if (!doubled) return value_string(reader->arena, buffer_done(&out));
        buffer_char(&out, '\'');
        from = ++reader->at;
    }
}

static const Value *number(Reader *reader)
{
    size_t from = reader->at++;
    while (reader->at < reader->text.length && is_digit(reader->text.at[reader->at])) reader->at++;
    Text digits = text_slice(reader->text, from, reader->at);
    char after = reader->at < reader->text.length ? reader->text.at[reader->at] : 0;
    if (digits.length == 1 && !is_digit(digits.at[0]))
        return invalid(reader, "string character",
                       text_slice(reader->text, reader->at, reader->at + (after != 0)), reader->at);
    if (after == '.' && reader->at + 1 < reader->text.length &&
        is_digit(reader->text.at[reader->at + 1])) {
        *reader->error = text_format(reader->arena,
                                     "The language expression '%.*s' at position '%zu' is not "
                                     "valid: float point numbers are not supported.",
                                     TEXT_ARG(reader->text), from);
        return NULL;
    }
    errno = 0;
    long long integer = strtoll(text_string(reader->arena, digits), NULL, 10);
    if (!errno) return value_int(reader->arena, integer);
    *reader->error = text_format(reader->arena,
                                 "The language expression '%.*s' is not valid: the value '%.*s' at "
                                 "position '%zu' cannot be converted to number.",
                                 TEXT_ARG(reader->text), TEXT_ARG(digits), from);
    return NULL;
}

// ---- calls

typedef struct {
    const Value **items;
    size_t count, room;
} Values;

static bool arguments(Reader *reader, Call *call)
{
    Values values = {0};
    if (!take(reader, '(')) {
        unexpected(reader, "LeftParenthesis");
        return false;
    }
    for (bool more = peek(reader) != ')'; more; more = take(reader, ',')) {
        const Value *argument = expression(reader);
        if (!argument) return false;
        list_add(reader->arena, &values, argument);
    }
    if (!take(reader, ')')) {
        unexpected(reader, "RightParenthesis");
        return false;
    }
    call->arguments = values.items;
    call->count = values.count;
    return true;
}

static bool accesses(Reader *reader, Call *call)
{
    Values values = {0};
    for (;;) {
        const Value *access;
        if (take(reader, '.')) {
            if (!starts_name(peek(reader))) {
                unexpected(reader, "Identifier");
                return false;
            }
            access = value_string(reader->arena, name(reader));
        } else if (take(reader, '[')) {
            access = expression(reader);
            if (access && !take(reader, ']')) {
                unexpected(reader, "RightSquareBracket");
                return false;
            }
        } else {
            break;
        }
        if (!access) return false;
        list_add(reader->arena, &values, access);
    }
    call->accesses = values.items;
    call->access_count = values.count;
    return true;
}

static const Value *call(Reader *reader)
{
    Call *made = arena_new(reader->arena, Call);
    made->name = name(reader);
    if (take(reader, '.')) {
        made->space = made->name;
        if (!starts_name(peek(reader))) return unexpected(reader, "Identifier");
        made->name = name(reader);
    }
    if (!arguments(reader, made) || !accesses(reader, made)) return NULL;
    Value *value = value_string(reader->arena, (Text){0});
    value->call = made;
    return value;
}

static const Value *expression(Reader *reader)
{
    if (reader->depth >= DEPTH_LIMIT) {
        *reader->error = text_format(
            reader->arena, "The language expression '%.*s' is nested deeper than %d levels.",
            TEXT_ARG(reader->text), DEPTH_LIMIT);
        return NULL;
    }
    reader->depth++;
    char c = peek(reader);
    const Value *value = c == '\''                             ? string(reader)
                         : is_digit(c) || c == '-' || c == '+' ? number(reader)
                         : starts_name(c)                      ? call(reader)
                                                               : unexpected(reader, "Identifier");
    reader->depth--;
    return value;
}

// ---- public: reading

bool call_is_expression(Text text)
{
    return text.length >= 2 && text.at[0] == '[' && text.at[1] != '[' &&
           text.at[text.length - 1] == ']';
}

Text call_unescaped(Text text)
{
    bool escaped = text.length >= 3 && text.at[0] == '[' && text.at[1] == '[' &&
                   text.at[text.length - 1] == ']';
    return escaped ? text_slice(text, 1, text.length) : text;
}

const Value *call_read(Arena *arena, Text text, Text *error)
{
    if (text.length > CALL_TEXT_LIMIT) {
        *error = text_format(arena,
                             "The language expression length limit exceeded. Limit: '%d' and "
                             "actual: '%zu'.",
                             CALL_TEXT_LIMIT, text.length);
        return NULL;
    }
    *error = (Text){0};
    Reader reader = {.arena = arena, .text = text_slice(text, 1, text.length - 1), .error = error};
    const Value *value = expression(&reader);
    peek(&reader);
    if (value && reader.at < reader.text.length) return unexpected(&reader, "EndOfData");
    return value;
}

// ---- public: writing

static void write_string(TextBuffer *out, Text text)
{
    buffer_char(out, '\'');
    for (size_t i = 0; i < text.length; i++) {
        if (text.at[i] == '\'') buffer_char(out, '\'');
        buffer_char(out, text.at[i]);
    }
    buffer_char(out, '\'');
}

static bool is_name(Text text)
{
    if (!text.length || !starts_name(text.at[0])) return false;
    for (size_t i = 0; i < text.length; i++) {
        if (!starts_name(text.at[i]) && !is_digit(text.at[i])) return false;
    }
    return true;
}

static void write_access(TextBuffer *out, const Value *access)
{
    if (access->kind == VALUE_STRING && !access->call && is_name(access->string)) {
        buffer_char(out, '.');
        buffer_text(out, access->string);
        return;
    }
    buffer_char(out, '[');
    call_write(out, access);
    buffer_char(out, ']');
}

static void write_call(TextBuffer *out, const Call *call)
{
    buffer_text(out, call->space);
    if (call->space.length) buffer_char(out, '.');
    buffer_text(out, call->name);
    buffer_char(out, '(');
    for (size_t i = 0; i < call->count; i++) {
        if (i) buffer_string(out, ", ");
        call_write(out, call->arguments[i]);
    }
    buffer_char(out, ')');
    for (size_t i = 0; i < call->access_count; i++) write_access(out, call->accesses[i]);
}

static void write_array(TextBuffer *out, const Value *value)
{
    buffer_string(out, "createArray(");
    for (size_t i = 0; i < value->array.count; i++) {
        if (i) buffer_string(out, ", ");
        call_write(out, value->array.items[i]);
    }
    buffer_char(out, ')');
}

static void write_object(TextBuffer *out, const Value *value)
{
    buffer_string(out, "createObject(");
    for (size_t i = 0; i < value->object.count; i++) {
        if (i) buffer_string(out, ", ");
        write_string(out, value->object.items[i].name);
        buffer_string(out, ", ");
        call_write(out, value->object.items[i].value);
    }
    buffer_char(out, ')');
}

void call_write(TextBuffer *out, const Value *value)
{
    switch (value->kind) {
    case VALUE_NULL: buffer_string(out, "null()"); break;
    case VALUE_BOOL: buffer_string(out, value->boolean ? "true()" : "false()"); break;
    case VALUE_INT: buffer_int(out, value->integer); break;
    case VALUE_FLOAT:
        buffer_string(out, "json('");
        buffer_text(out, value_float_text(out->arena, value->number));
        buffer_string(out, "')");
        break;
    case VALUE_STRING:
        if (!value->call) write_string(out, value->string);
        if (value->call && value->string.length) // rendered already
            buffer_text(out, text_slice(value->string, 1, value->string.length - 1));
        if (value->call && !value->string.length) write_call(out, value->call);
        break;
    case VALUE_ARRAY: write_array(out, value); break;
    case VALUE_OBJECT: write_object(out, value); break;
    }
}

const Value *call_kept(Arena *arena, const Call *kept)
{
    TextBuffer out = {.arena = arena};
    buffer_char(&out, '[');
    write_call(&out, kept);
    buffer_char(&out, ']');
    Value *value = value_string(arena, buffer_done(&out));
    value->call = kept;
    return value;
}

const Value *call_on(Arena *arena, const char *function, const Value **arguments, size_t count)
{
    Call *made = arena_new(arena, Call);
    *made = (Call){.name = text_of(function), .count = count};
    made->arguments = arena_array(arena, const Value *, count);
    for (size_t i = 0; i < count; i++) made->arguments[i] = arguments[i];
    Value *value = value_string(arena, (Text){0});
    value->call = made;
    return value;
}

const Value *call_made(Arena *arena, const char *function, const Value **arguments, size_t count)
{
    return call_kept(arena, call_on(arena, function, arguments, count)->call);
}

const Value *call_unknown(Arena *arena)
{
    return call_made(arena, "unknown", NULL, 0);
}

bool call_is_unknown(const Value *value)
{
    const Call *call = call_of(value);
    return call && !call->space.length && text_is(call->name, "unknown");
}

const Call *call_of(const Value *value)
{
    return value->kind == VALUE_STRING ? value->call : NULL;
}

bool call_stays(const Value *value)
{
    if (value->kind == VALUE_STRING) return value->call != NULL;
    if (value->kind == VALUE_ARRAY) {
        for (size_t i = 0; i < value->array.count; i++) {
            if (call_stays(value->array.items[i])) return true;
        }
    }
    if (value->kind == VALUE_OBJECT) {
        for (size_t i = 0; i < value->object.count; i++) {
            if (call_stays(value->object.items[i].value)) return true;
        }
    }
    return false;
}
