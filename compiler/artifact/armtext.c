// compiler/artifact/armtext.c: recursive descent over the text of an expression; what is read is
// written at once.
#include "compiler/artifact/armtext.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum { DEEPEST = 200 };

typedef struct {
    TextBuffer *out;
    Text text, loop;
    size_t at;
    int depth;
    bool failed;
} Reader;

// ---- names and texts

Text armtext_name(Arena *arena, Text name)
{
    TextBuffer out = {.arena = arena};
    bool keyword = text_is(name, "true") || text_is(name, "false") || text_is(name, "null");
    if (keyword || name.length == 0) buffer_string(&out, "__x__");
    for (size_t i = 0; i < name.length; i++) {
        unsigned char c = (unsigned char)name.at[i];
        bool plain = c == '_' || (c < 0x80 && isalpha(c)) || (i > 0 && isdigit(c));
        if (plain) {
            buffer_char(&out, name.at[i]);
        } else {
            buffer_format(&out, "__x%02x__", c);
        }
    }
    return buffer_done(&out);
}

void armtext_quote(TextBuffer *out, Text text)
{
    buffer_char(out, '\'');
    for (size_t i = 0; i < text.length; i++) {
        unsigned char c = (unsigned char)text.at[i];
        bool hole = c == '$' && i + 1 < text.length && text.at[i + 1] == '{';
        if (c == '\'' || c == '\\' || hole) {
            buffer_char(out, '\\');
            buffer_char(out, (char)c);
        } else if (c < 0x20) {
            buffer_format(out, "\\u{%x}", c);
        } else {
            buffer_char(out, (char)c);
        }
    }
    buffer_char(out, '\'');
}

// ---- expressions

static char peek(const Reader *reader)
{
    return reader->at < reader->text.length ? reader->text.at[reader->at] : '\0';
}

static void skip_spaces(Reader *reader)
{
    while (peek(reader) && strchr(" \t\r\n", peek(reader))) reader->at++;
}

static bool take(Reader *reader, char c)
{
    skip_spaces(reader);
    if (peek(reader) != c) return false;
    reader->at++;
    return true;
}

static Text read_word(Reader *reader)
{
    size_t from = reader->at;
    while (isalnum((unsigned char)peek(reader)) || (peek(reader) && strchr("_$.", peek(reader))))
        reader->at++;
    return text_slice(reader->text, from, reader->at);
}

static Text read_string(Reader *reader)
{
    TextBuffer out = {.arena = reader->out->arena};
    while (reader->at < reader->text.length) {
        char c = reader->text.at[reader->at++];
        if (c == '\'' && peek(reader) != '\'') return buffer_done(&out);
        reader->at += c == '\'';
        buffer_char(&out, c);
    }
    reader->failed = true;
    return (Text){0};
}

static void read_expression(Reader *reader);

static void read_arguments(Reader *reader)
{
    buffer_char(reader->out, '(');
    for (bool first = true; !reader->failed && !take(reader, ')'); first = false) {
        if (!first && !take(reader, ',')) reader->failed = true;
        if (!first) buffer_string(reader->out, ", ");
        read_expression(reader);
    }
    buffer_char(reader->out, ')');
}

// f('name') as the name itself; false (and nothing read) if the argument is something else.
static bool read_named(Reader *reader)
{
    size_t before = reader->at;
    skip_spaces(reader);
    if (peek(reader) == '\'') {
        reader->at++;
        Text name = read_string(reader);
        if (take(reader, ')')) {
            buffer_text(reader->out, armtext_name(reader->out->arena, name));
            return true;
        }
    }
    reader->at = before;
    return false;
}

// lambda('a', 'b', body) as (a, b) => body
static void read_lambda(Reader *reader)
{
    buffer_char(reader->out, '(');
    skip_spaces(reader);
    for (bool first = true; peek(reader) == '\''; first = false) {
        size_t before = reader->at;
        reader->at++;
        Text name = read_string(reader);
        if (!take(reader, ',')) { // a text as the body
            reader->at = before;
            break;
        }
        if (!first) buffer_string(reader->out, ", ");
        buffer_text(reader->out, armtext_name(reader->out->arena, name));
        skip_spaces(reader);
    }
    buffer_string(reader->out, ") => ");
    read_expression(reader);
    if (!take(reader, ')')) reader->failed = true;
}

static void read_call(Reader *reader, Text function)
{
    Arena *arena = reader->out->arena;
    static const char own[] = "__bicep.";
    bool names = text_is_alike(function, "parameters") || text_is_alike(function, "variables") ||
                 text_is_alike(function, "lambdaVariables");
    if (names && read_named(reader)) return;
    if (text_is_alike(function, "copyIndex") && reader->loop.length) {
        size_t before = reader->at;
        skip_spaces(reader);
        if (peek(reader) == '\'') {
            reader->at++;
            Text name = read_string(reader);
            if (text_equal(name, reader->loop) && take(reader, ')')) {
                buffer_string(reader->out, "copyIndex__");
                return;
            }
        }
        reader->at = before;
    }
    if (text_is_alike(function, "lambda")) {
        read_lambda(reader);
        return;
    }
    if (memchr(function.at, '.', function.length)) {
        if (text_starts(function, own))
            function = text_slice(function, strlen(own), function.length);
        buffer_text(reader->out, armtext_name(arena, function));
    } else {
        buffer_string(reader->out, "sys.");
        buffer_text(reader->out, armtext_name(arena, function));
    }
    read_arguments(reader);
}

static void read_properties(Reader *reader)
{
    while (!reader->failed) {
        skip_spaces(reader);
        if (peek(reader) == '.') {
            reader->at++;
            size_t from = reader->at;
            while (peek(reader) && !strchr(".[](), ", peek(reader))) reader->at++;
            buffer_char(reader->out, '[');
            armtext_quote(reader->out, text_slice(reader->text, from, reader->at));
            buffer_char(reader->out, ']');
        } else if (peek(reader) == '[') {
            reader->at++;
            buffer_char(reader->out, '[');
            read_expression(reader);
            buffer_char(reader->out, ']');
            if (!take(reader, ']')) reader->failed = true;
        } else {
            return;
        }
    }
}

static void read_expression(Reader *reader)
{
    skip_spaces(reader);
    if (++reader->depth > DEEPEST) reader->failed = true;
    if (reader->failed) return;
    char c = peek(reader);
    if (c == '\'') {
        reader->at++;
        armtext_quote(reader->out, read_string(reader));
    } else if (isdigit((unsigned char)c) || c == '-') {
        size_t from = reader->at++;
        while (isdigit((unsigned char)peek(reader))) reader->at++;
        buffer_text(reader->out, text_slice(reader->text, from, reader->at));
    } else {
        Text function = read_word(reader);
        if (function.length && take(reader, '(')) {
            read_call(reader, function);
            read_properties(reader);
        } else {
            reader->failed = true;
        }
    }
    reader->depth--;
}

static bool is_expression(Text text)
{
    return text_starts(text, "[") && text_ends(text, "]") && !text_starts(text, "[[");
}

static bool write_string(TextBuffer *out, Text text, Text loop, Text *error)
{
    if (!is_expression(text)) {
        bool escaped = text_starts(text, "[[") && text_ends(text, "]");
        armtext_quote(out, text_slice(text, escaped, text.length));
        return true;
    }
    Reader reader = {.out = out, .text = text_slice(text, 1, text.length - 1), .loop = loop};
    read_expression(&reader);
    skip_spaces(&reader);
    if (!reader.failed && reader.at == reader.text.length) return true;
    *error = text_format(out->arena, "the expression %.*s cannot be read", TEXT_ARG(text));
    return false;
}

// ---- values

// A computed key is '${…}' around the expression.
static bool write_key(TextBuffer *out, Text key, Text loop, Text *error)
{
    if (!is_expression(key)) return write_string(out, key, loop, error);
    buffer_string(out, "'${");
    bool good = write_string(out, key, loop, error);
    buffer_string(out, "}'");
    return good;
}

bool armtext_write(TextBuffer *out, const Value *value, Text loop, Text *error)
{
    bool good = true;
    switch (value->kind) {
    case VALUE_NULL: buffer_string(out, "null"); break;
    case VALUE_BOOL: buffer_string(out, value->boolean ? "true" : "false"); break;
    case VALUE_INT: buffer_int(out, value->integer); break;
    case VALUE_FLOAT:
        buffer_string(out, "sys.json(");
        armtext_quote(out, value->digits.length ? value->digits
                                                : value_float_text(out->arena, value->number));
        buffer_char(out, ')');
        break;
    case VALUE_STRING: return write_string(out, value->string, loop, error);
    case VALUE_ARRAY:
        buffer_string(out, "[\n");
        for (size_t i = 0; good && i < value->array.count; i++) {
            good = armtext_write(out, value->array.items[i], loop, error);
            buffer_char(out, '\n');
        }
        buffer_char(out, ']');
        break;
    case VALUE_OBJECT:
        buffer_string(out, "{\n");
        for (size_t i = 0; good && i < value->object.count; i++) {
            good = write_key(out, value->object.items[i].name, loop, error);
            buffer_string(out, ": ");
            good = good && armtext_write(out, value->object.items[i].value, loop, error);
            buffer_char(out, '\n');
        }
        buffer_char(out, '}');
        break;
    }
    return good;
}
