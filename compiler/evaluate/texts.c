// compiler/evaluate/texts.c: functions on texts. Lengths and positions count UTF-16 units, as .NET
// does.
#include "compiler/evaluate/calls.h"
#include "compiler/evaluate/cases.h"
#include "compiler/evaluate/formats.h"

#include <string.h>

const Value *text_to_lower(FunctionCall *function, const Value **arguments, size_t count)
{
    (void)count;
    if (!call_expects(function, arguments, 0, VALUE_STRING)) return NULL;
    return value_string(function->arena,
                        case_of_text(function->arena, arguments[0]->string, false));
}

const Value *text_to_upper(FunctionCall *function, const Value **arguments, size_t count)
{
    (void)count;
    if (!call_expects(function, arguments, 0, VALUE_STRING)) return NULL;
    return value_string(function->arena, case_of_text(function->arena, arguments[0]->string, true));
}

static bool is_space(uint32_t code)
{
    return code == ' ' || (code >= 9 && code <= 13) || code == 0x85 || code == 0xA0 ||
           code == 0x1680 || (code >= 0x2000 && code <= 0x200A) || code == 0x2028 ||
           code == 0x2029 || code == 0x202F || code == 0x205F || code == 0x3000;
}

const Value *text_trim(FunctionCall *function, const Value **arguments, size_t count)
{
    (void)count;
    if (!call_expects(function, arguments, 0, VALUE_STRING)) return NULL;
    Text text = arguments[0]->string;
    size_t from = text.length, to = 0;
    for (size_t at = 0; at < text.length;) {
        size_t begin = at;
        if (is_space(text_next(text, &at))) continue;
        if (begin < from) from = begin;
        to = at;
    }
    return value_string(function->arena, text_slice(text, from < to ? from : to, to));
}

// ---- parts

const Value *text_starts_with(FunctionCall *function, const Value **arguments, size_t count)
{
    (void)count;
    for (size_t i = 0; i < 2; i++) {
        if (!call_expects(function, arguments, i, VALUE_STRING)) return NULL;
    }
    Text text = arguments[0]->string, start = arguments[1]->string;
    Text whole = case_of_text(function->arena, text, true);
    Text part = case_of_text(function->arena, start, true);
    return value_bool(text_equal(text_slice(whole, 0, part.length), part));
}

const Value *text_ends_with(FunctionCall *function, const Value **arguments, size_t count)
{
    (void)count;
    for (size_t i = 0; i < 2; i++) {
        if (!call_expects(function, arguments, i, VALUE_STRING)) return NULL;
    }
    Text text = arguments[0]->string, end = arguments[1]->string;
    Text whole = case_of_text(function->arena, text, true);
    Text part = case_of_text(function->arena, end, true);
    if (part.length > whole.length) return &value_false;
    return value_bool(
        text_equal(text_slice(whole, whole.length - part.length, whole.length), part));
}

const Value *text_substring(FunctionCall *function, const Value **arguments, size_t count)
{
    if (!call_expects(function, arguments, 0, VALUE_STRING)) return NULL;
    for (size_t i = 1; i < count; i++) {
        if (!call_expects(function, arguments, i, VALUE_INT)) return NULL;
    }
    Text text = arguments[0]->string;
    int64_t units = (int64_t)text_utf16_length(text), from = arguments[1]->integer;
    int64_t length = count > 2 ? arguments[2]->integer : units - from;
    if (from < 0 || length < 0 || from > units || length > units - from) {
        return call_refuse(function, text_format(function->arena,
                                                 "the part lies outside of the %lld characters",
                                                 (long long)units));
    }
    return value_string(function->arena,
                        call_units(function->arena, text, (size_t)from, (size_t)(from + length)));
}

static bool found_at(Text text, size_t at, Text part)
{
    return part.length && at + part.length <= text.length &&
           memcmp(text.at + at, part.at, part.length) == 0;
}

const Value *text_replace(FunctionCall *function, const Value **arguments, size_t count)
{
    (void)count;
    for (size_t i = 0; i < 3; i++) {
        if (!call_expects(function, arguments, i, VALUE_STRING)) return NULL;
    }
    Text text = arguments[0]->string, old = arguments[1]->string;
    if (old.length == 0) return call_refuse(function, TEXT("the text to replace is empty"));
    TextBuffer out = {.arena = function->arena};
    for (size_t at = 0; at < text.length;) {
        if (found_at(text, at, old)) {
            buffer_text(&out, arguments[2]->string);
            at += old.length;
        } else {
            buffer_char(&out, text.at[at++]);
        }
    }
    return value_string(function->arena, buffer_done(&out));
}

// Bytes of the longest delimiter that stands at `at`; 0 if none does.
static size_t delimiter_at(Text text, size_t at, const Value *delimiters)
{
    if (delimiters->kind == VALUE_STRING)
        return found_at(text, at, delimiters->string) ? delimiters->string.length : 0;
    for (size_t i = 0; i < delimiters->array.count; i++) { // the first in the list wins, as in .NET
        const Value *delimiter = delimiters->array.items[i];
        if (delimiter->kind == VALUE_STRING && found_at(text, at, delimiter->string))
            return delimiter->string.length;
    }
    return 0;
}

const Value *text_split(FunctionCall *function, const Value **arguments, size_t count)
{
    (void)count;
    if (!call_expects(function, arguments, 0, VALUE_STRING)) return NULL;
    const Value *delimiters = arguments[1];
    if (delimiters->kind != VALUE_ARRAY && !call_expects(function, arguments, 1, VALUE_STRING))
        return NULL;
    Text text = arguments[0]->string;
    Value *parts = value_array(function->arena);
    size_t from = 0;
    for (size_t at = 0; at < text.length;) {
        size_t length = delimiter_at(text, at, delimiters);
        if (length == 0) {
            at++;
            continue;
        }
        value_append(function->arena, parts,
                     value_string(function->arena, text_slice(text, from, at)));
        from = at += length;
    }
    value_append(function->arena, parts,
                 value_string(function->arena, text_slice(text, from, text.length)));
    return parts;
}

const Value *text_join(FunctionCall *function, const Value **arguments, size_t count)
{
    (void)count;
    if (!call_expects(function, arguments, 0, VALUE_ARRAY) ||
        !call_expects(function, arguments, 1, VALUE_STRING))
        return NULL;
    TextBuffer out = {.arena = function->arena};
    for (size_t i = 0; i < arguments[0]->array.count; i++) {
        const Value *item = arguments[0]->array.items[i];
        bool scalar =
            item->kind == VALUE_STRING || item->kind == VALUE_INT || item->kind == VALUE_BOOL;
        if (!scalar)
            return call_refuse(function, text_format(function->arena, "item %zu of the list is %s",
                                                     i, value_kind_name(item->kind)));
        if (i) buffer_text(&out, arguments[1]->string);
        buffer_text(&out, operator_interpolated(function->arena, item));
    }
    return value_string(function->arena, buffer_done(&out));
}

enum { PAD_LIMIT = 16 }; // Azure's

const Value *text_pad_left(FunctionCall *function, const Value **arguments, size_t count)
{
    if (!call_expects(function, arguments, 1, VALUE_INT)) return NULL;
    if (count > 2 && !call_expects(function, arguments, 2, VALUE_STRING)) return NULL;
    Text text = operator_interpolated(function->arena, arguments[0]);
    Text pad = count > 2 ? arguments[2]->string : TEXT(" ");
    if (text_utf16_length(pad) != 1)
        return call_refuse(function, TEXT("the padding must be one character"));
    if (arguments[1]->integer < 1 || arguments[1]->integer > 16)
        return call_refuse(function, TEXT("the width must lie between 1 and 16"));
    TextBuffer out = {.arena = function->arena};
    for (size_t i = text_utf16_length(text); i < (size_t)arguments[1]->integer; i++)
        buffer_text(&out, pad);
    buffer_text(&out, text);
    return value_string(function->arena, buffer_done(&out));
}

// ---- forms of values

// Lists and objects as JSON, all else as in a format.
static Text json_text_of(Arena *arena, const Value *value)
{
    if (value->kind != VALUE_ARRAY && value->kind != VALUE_OBJECT)
        return operator_interpolated(arena, value);
    TextBuffer out = {.arena = arena};
    JsonWriter json = {.out = &out, .compact = true};
    value_write_json(&json, value);
    return buffer_done(&out);
}

const Value *text_string_of(FunctionCall *function, const Value **arguments, size_t count)
{
    (void)count;
    const Value *value = arguments[0];
    if (value->kind == VALUE_NULL || value->kind == VALUE_FLOAT)
        return call_refuse(function, TEXT("the value has no text"));
    return value_string(function->arena, json_text_of(function->arena, value));
}

typedef struct {
    size_t index;
    int64_t width; // negative: to the left
    Text form;
} Hole;

static bool read_number(Text text, size_t *at, int64_t *number)
{
    bool minus = *at < text.length && text.at[*at] == '-';
    size_t from = *at += minus;
    *number = 0;
    while (*at < text.length && text.at[*at] >= '0' && text.at[*at] <= '9' && *at - from < 6) {
        *number = *number * 10 + (text.at[(*at)++] - '0');
    }
    if (minus) *number = -*number;
    return *at > from;
}

// {0}  {0,10}  {0:D3}; `*at` stands behind the '{'.
static bool read_hole(Text text, size_t *at, Hole *hole)
{
    int64_t index;
    *hole = (Hole){0};
    if (!read_number(text, at, &index) || index < 0) return false;
    hole->index = (size_t)index;
    while (*at < text.length && text.at[*at] == ' ') ++*at;
    if (*at < text.length && text.at[*at] == ',') {
        ++*at;
        while (*at < text.length && text.at[*at] == ' ') ++*at;
        if (!read_number(text, at, &hole->width)) return false;
    }
    if (*at < text.length && text.at[*at] == ':') {
        size_t from = ++*at;
        while (*at < text.length && text.at[*at] != '}' && text.at[*at] != '{') ++*at;
        hole->form = text_slice(text, from, *at);
    }
    if (*at >= text.length || text.at[*at] != '}') return false;
    ++*at;
    return true;
}

static bool write_hole(FunctionCall *function, TextBuffer *out, const Hole *hole,
                       const Value *value)
{
    TextBuffer piece = {.arena = function->arena};
    if (hole->form.length && (value->kind == VALUE_INT || value->kind == VALUE_FLOAT)) {
        if (!format_number(&piece, value, hole->form)) return false;
    } else {
        buffer_text(&piece, operator_interpolated(function->arena, value));
    }
    Text text = buffer_done(&piece);
    int64_t fill =
        (hole->width < 0 ? -hole->width : hole->width) - (int64_t)text_utf16_length(text);
    for (int64_t i = 0; hole->width > 0 && i < fill; i++) buffer_char(out, ' ');
    buffer_text(out, text);
    for (int64_t i = 0; hole->width < 0 && i < fill; i++) buffer_char(out, ' ');
    return true;
}

const Value *text_formatted(FunctionCall *function, const Value **arguments, size_t count)
{
    if (!call_expects(function, arguments, 0, VALUE_STRING)) return NULL;
    Text text = arguments[0]->string;
    TextBuffer out = {.arena = function->arena};
    for (size_t at = 0; at < text.length;) {
        char c = text.at[at++];
        bool twice = at < text.length && text.at[at] == c;
        if ((c == '{' || c == '}') && twice) {
            buffer_char(&out, c);
            at++;
            continue;
        }
        Hole hole;
        if (c == '}') return call_refuse(function, TEXT("a '}' alone in the format"));
        if (c != '{') {
            buffer_char(&out, c);
            continue;
        }
        if (!read_hole(text, &at, &hole))
            return call_refuse(function, TEXT("a '{' that begins no place in the format"));
        if (hole.index + 1 >= count)
            return call_refuse(function, TEXT("the format names a value that is not given"));
        if (!write_hole(function, &out, &hole, arguments[hole.index + 1])) {
            return call_refuse(function,
                               text_format(function->arena, "the form '%.*s' is not supported",
                                           TEXT_ARG(hole.form)));
        }
    }
    return value_string(function->arena, buffer_done(&out));
}

// ---- encodings

static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static Text encode_base64(Arena *arena, Text text)
{
    const unsigned char *from = (const unsigned char *)text.at;
    size_t length = (text.length + 2) / 3 * 4;
    char *to = arena_alloc(arena, length), *start = to;
    for (size_t i = 0; i < text.length; i += 3, to += 4) {
        size_t left = text.length - i;
        uint32_t bits = (uint32_t)from[i] << 16 | (left > 1 ? (uint32_t)from[i + 1] << 8 : 0) |
                        (left > 2 ? from[i + 2] : 0);
        to[0] = base64_digits[bits >> 18];
        to[1] = base64_digits[bits >> 12 & 63];
        to[2] = left > 1 ? base64_digits[bits >> 6 & 63] : '=';
        to[3] = left > 2 ? base64_digits[bits & 63] : '=';
    }
    return (Text){start, length};
}

static bool decode_base64(Arena *arena, Text text, Text *decoded)
{
    TextBuffer out = {.arena = arena};
    uint32_t bits = 0;
    size_t digits = 0, pads = 0;
    for (size_t i = 0; i < text.length; i++) {
        if (strchr(" \t\r\n", text.at[i])) continue;
        const char *digit = text.at[i] ? strchr(base64_digits, text.at[i]) : NULL;
        if (text.at[i] == '=') {
            pads++;
            bits <<= 6;
        } else if (digit && pads == 0) {
            bits = bits << 6 | (uint32_t)(digit - base64_digits);
        } else {
            return false;
        }
        if (++digits % 4) continue;
        for (size_t j = 0; j + pads < 3; j++) buffer_char(&out, (char)(bits >> (16 - 8 * j) & 255));
        bits = 0;
    }
    *decoded = buffer_done(&out);
    return digits % 4 == 0 && pads < 3;
}

const Value *text_base64(FunctionCall *function, const Value **arguments, size_t count)
{
    (void)count;
    if (!call_expects(function, arguments, 0, VALUE_STRING)) return NULL;
    return value_string(function->arena, encode_base64(function->arena, arguments[0]->string));
}

// Bytes that are no UTF-8 become U+FFFD.
static Text repaired(Arena *arena, Text bytes)
{
    size_t bad;
    if (text_valid_utf8(bytes, &bad)) return bytes;
    TextBuffer out = {.arena = arena};
    for (size_t at = 0; at < bytes.length;) buffer_code_point(&out, text_next(bytes, &at));
    return buffer_done(&out);
}

static const Value *decoded(FunctionCall *function, Text encoded)
{
    Text text;
    if (!decode_base64(function->arena, encoded, &text))
        return call_refuse(function, TEXT("the text is not base64"));
    return value_string(function->arena, repaired(function->arena, text));
}

const Value *text_base64_to_string(FunctionCall *function, const Value **arguments, size_t count)
{
    (void)count;
    return call_expects(function, arguments, 0, VALUE_STRING)
               ? decoded(function, arguments[0]->string)
               : NULL;
}

const Value *text_base64_to_json(FunctionCall *function, const Value **arguments, size_t count)
{
    const Value *text = text_base64_to_string(function, arguments, count);
    return text ? other_json(function, &text, 1) : NULL;
}

const Value *text_data_uri(FunctionCall *function, const Value **arguments, size_t count)
{
    (void)count;
    bool is_text = arguments[0]->kind == VALUE_STRING;
    Text text = json_text_of(function->arena, arguments[0]);
    Text encoded = encode_base64(function->arena, text);
    return value_string(function->arena,
                        text_format(function->arena, "data:%s;charset=utf-8;base64,%.*s",
                                    is_text ? "text/plain" : "application/json",
                                    TEXT_ARG(encoded)));
}

const Value *text_uri_component(FunctionCall *function, const Value **arguments, size_t count)
{
    (void)count;
    if (!call_expects(function, arguments, 0, VALUE_STRING)) return NULL;
    TextBuffer out = {.arena = function->arena};
    for (size_t i = 0; i < arguments[0]->string.length; i++) {
        char c = arguments[0]->string.at[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     (c && strchr("-_.~", c));
        if (plain) buffer_char(&out, c);
        if (!plain) buffer_format(&out, "%%%02X", (unsigned)(unsigned char)c);
    }
    return value_string(function->arena, buffer_done(&out));
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if ((c | 32) >= 'a' && (c | 32) <= 'f') return (c | 32) - 'a' + 10;
    return -1;
}

// %41 becomes A; what is no such escape stays.
static Text unescaped(Arena *arena, Text text, bool plus_is_space)
{
    TextBuffer out = {.arena = arena};
    for (size_t i = 0; i < text.length; i++) {
        bool hex = text.at[i] == '%' && i + 2 < text.length && hex_digit(text.at[i + 1]) >= 0 &&
                   hex_digit(text.at[i + 2]) >= 0;
        char c = text.at[i] == '+' && plus_is_space ? ' ' : text.at[i];
        if (hex) c = (char)(hex_digit(text.at[i + 1]) << 4 | hex_digit(text.at[i + 2]));
        buffer_char(&out, c);
        if (hex) i += 2;
    }
    return repaired(arena, buffer_done(&out));
}

const Value *text_uri_component_to_string(FunctionCall *function, const Value **arguments,
                                          size_t count)
{
    (void)count;
    if (!call_expects(function, arguments, 0, VALUE_STRING)) return NULL;
    return value_string(function->arena, unescaped(function->arena, arguments[0]->string, true));
}

const Value *text_data_uri_to_string(FunctionCall *function, const Value **arguments, size_t count)
{
    (void)count;
    if (!call_expects(function, arguments, 0, VALUE_STRING)) return NULL;
    Text text = arguments[0]->string;
    const char *comma = text.length ? memchr(text.at, ',', text.length) : NULL;
    size_t at = comma ? (size_t)(comma - text.at) : 0;
    Text head = case_of_text(function->arena, text_slice(text, 0, at), false);
    if (!comma || !text_starts(head, "data:"))
        return call_refuse(function, TEXT("the text is no data URI"));
    Text content = text_slice(text, at + 1, text.length);
    char *charset = strstr(text_string(function->arena, head), "charset=");
    if (charset && strncmp(charset + 8, "utf", 3) != 0 && strncmp(charset + 8, "us-ascii", 8) != 0)
        return call_refuse(function, TEXT("the charset of the data URI is not supported"));
    if (text_ends(head, ";base64")) return decoded(function, content);
    return value_string(function->arena, unescaped(function->arena, content, false));
}

// Without regard to case; '*' stands for any text.
const Value *text_like(FunctionCall *function, const Value **arguments, size_t count)
{
    (void)count;
    for (size_t i = 0; i < 2; i++) {
        if (!call_expects(function, arguments, i, VALUE_STRING)) return NULL;
    }
    Text text = case_of_text(function->arena, arguments[0]->string, true);
    Text pattern = case_of_text(function->arena, arguments[1]->string, true);
    size_t at = 0, i = 0, star = SIZE_MAX, retry = 0;
    while (at < text.length) {
        if (i < pattern.length && pattern.at[i] == '*') {
            star = i++;
            retry = at;
        } else if (i < pattern.length && pattern.at[i] == text.at[at]) {
            i++;
            at++;
        } else if (star != SIZE_MAX) {
            i = star + 1;
            at = ++retry;
        } else {
            return &value_false;
        }
    }
    while (i < pattern.length && pattern.at[i] == '*') i++;
    return value_bool(i == pattern.length);
}
