// base/json.c
#include "base/json.h"

#include <string.h>

static void newline(JsonWriter *json)
{
    if (json->compact) return;
    buffer_char(json->out, '\n');
    buffer_fill(json->out, ' ', 2 * (size_t)json->depth);
}

// Separates what comes next from what came before.
static void before_item(JsonWriter *json)
{
    if (json->keyed) {
        json->keyed = false;
        return;
    }
    if (json->depth == 0) return;
    if (!json->fresh) buffer_char(json->out, ',');
    newline(json);
    json->fresh = false;
}

static void begin(JsonWriter *json, char bracket)
{
    before_item(json);
    buffer_char(json->out, bracket);
    json->depth++;
    json->fresh = true;
}

static void end(JsonWriter *json, char bracket)
{
    json->depth--;
    if (!json->fresh) newline(json);
    buffer_char(json->out, bracket);
    json->fresh = false;
}

void json_begin_object(JsonWriter *json)
{
    begin(json, '{');
}

void json_end_object(JsonWriter *json)
{
    end(json, '}');
}

void json_begin_array(JsonWriter *json)
{
    begin(json, '[');
}

void json_end_array(JsonWriter *json)
{
    end(json, ']');
}

void json_key(JsonWriter *json, Text key)
{
    before_item(json);
    json_quote(json->out, key);
    buffer_text(json->out, json->compact ? TEXT(":") : TEXT(": "));
    json->keyed = true;
}

void json_text(JsonWriter *json, Text value)
{
    before_item(json);
    json_quote(json->out, value);
}

void json_int(JsonWriter *json, int64_t value)
{
    before_item(json);
    buffer_int(json->out, value);
}

void json_bool(JsonWriter *json, bool value)
{
    before_item(json);
    buffer_string(json->out, value ? "true" : "false");
}

void json_null(JsonWriter *json)
{
    before_item(json);
    buffer_string(json->out, "null");
}

void json_member(JsonWriter *json, const char *key, Text value)
{
    if (!value.length) return;
    json_key(json, text_of(key));
    json_text(json, value);
}

void json_raw(JsonWriter *json, Text value)
{
    before_item(json);
    buffer_text(json->out, value);
}

static const char *short_escape(uint32_t code)
{
    switch (code) {
    case '"': return "\\\"";
    case '\\': return "\\\\";
    case '\b': return "\\b";
    case '\f': return "\\f";
    case '\n': return "\\n";
    case '\r': return "\\r";
    case '\t': return "\\t";
    default: return NULL;
    }
}

// Bytes that stand for themselves: all but controls, quote, backslash, and the parts of longer
// characters.
static bool plain(unsigned char byte)
{
    return byte >= 0x20 && byte != '"' && byte != '\\' && byte < 0x80;
}

// The same for eight bytes at once. A bit is set in each byte that is too small, equal, or too
// large.
static bool plain_word(const char *at)
{
    const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;
    uint64_t word;
    memcpy(&word, at, sizeof word);
    uint64_t quote = word ^ (ones * '"'), backslash = word ^ (ones * '\\');
    uint64_t wrong = (word - ones * 0x20) | (quote - ones) | (backslash - ones) | word;
    return (wrong & tops) == 0;
}

static size_t end_of_plain(Text text, size_t at)
{
    while (text.length - at >= 8 && plain_word(text.at + at)) at += 8;
    while (at < text.length && plain((unsigned char)text.at[at])) at++;
    return at;
}

void json_quote(TextBuffer *out, Text text)
{
    buffer_char(out, '"');
    for (size_t at = 0; at < text.length;) {
        size_t from = at;
        at = end_of_plain(text, at);
        buffer_text(out, text_slice(text, from, at));
        if (at == text.length) break;
        from = at;
        uint32_t code = text_next(text, &at);
        const char *escape = short_escape(code);
        if (escape) {
            buffer_string(out, escape);
        } else if (code < 0x20 || code == 0x85 || code == 0x2028 || code == 0x2029) {
            buffer_format(out, "\\u%04x", code);
        } else {
            buffer_text(out, text_slice(text, from, at));
        }
    }
    buffer_char(out, '"');
}
