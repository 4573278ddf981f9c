// base/json.c
#include "base/json.h"

static void newline(JsonWriter *json)
{
    if (json->compact) return;
    buffer_char(json->out, '\n');
    for (int i = 0; i < json->depth; i++) buffer_string(json->out, "  ");
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
    buffer_string(json->out, json->compact ? ":" : ": ");
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
    buffer_format(json->out, "%lld", (long long)value);
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

static bool plain(unsigned char byte)
{
    return byte >= 0x20 && byte != '"' && byte != '\\' && byte < 0x80;
}

void json_quote(TextBuffer *out, Text text)
{
    buffer_char(out, '"');
    for (size_t at = 0; at < text.length;) {
        size_t from = at;
        while (at < text.length && plain((unsigned char)text.at[at])) at++;
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
