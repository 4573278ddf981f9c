// compiler/evaluate/uris.c: absolute addresses, taken apart, joined and put together as .NET's Uri
// does.
#include "compiler/evaluate/calls.h"
#include "compiler/evaluate/cases.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    Text scheme, host, path, query, fragment; // query with '?', fragment with '#'
    int port;                                 // -1: the scheme's own
} Uri;

static int usual_port(Text scheme)
{
    static const struct {
        const char *scheme;
        int port;
    } ports[] = {{"http", 80}, {"https", 443}, {"ftp", 21}, {"ws", 80}, {"wss", 443}};
    for (size_t i = 0; i < sizeof ports / sizeof *ports; i++) {
        if (text_is(scheme, ports[i].scheme)) return ports[i].port;
    }
    return -1;
}

// What may not stand in an address is written as %XX.
static Text escaped(Arena *arena, Text text)
{
    TextBuffer out = {.arena = arena};
    for (size_t i = 0; i < text.length; i++) {
        unsigned char c = (unsigned char)text.at[i];
        bool plain = c > ' ' && c < 0x7F && !strchr("\"<>\\^`{|}", c);
        if (plain) buffer_char(&out, (char)c);
        if (!plain) buffer_format(&out, "%%%02X", c);
    }
    return buffer_done(&out);
}

// %41 is A: letters, digits and - . _ ~ need no escape.
static Text simplified(Arena *arena, Text text)
{
    TextBuffer out = {.arena = arena};
    for (size_t i = 0; i < text.length; i++) {
        char digits[3] = {0};
        bool hex = text.at[i] == '%' && i + 2 < text.length &&
                   isxdigit((unsigned char)text.at[i + 1]) &&
                   isxdigit((unsigned char)text.at[i + 2]);
        if (hex) memcpy(digits, text.at + i + 1, 2);
        int code = hex ? (int)strtol(digits, NULL, 16) : 0;
        bool plain = hex && code < 0x7F && (isalnum(code) || strchr("-._~", code)) && code;
        buffer_char(&out, plain ? (char)code : text.at[i]);
        if (plain) i += 2;
    }
    return buffer_done(&out);
}

static size_t find_any(Text text, size_t from, const char *set)
{
    while (from < text.length && !(text.at[from] && strchr(set, text.at[from]))) from++;
    return from;
}

static size_t scheme_length(Text text)
{
    size_t at = 0;
    while (at < text.length && (isalnum((unsigned char)text.at[at]) || strchr("+-.", text.at[at])))
        at++;
    bool letter = at > 0 && isalpha((unsigned char)text.at[0]);
    return letter && text_starts(text_slice(text, at, text.length), "://") ? at : 0;
}

// Without '.' and '..'; RFC 3986, 5.2.4.
static Text without_dots(Arena *arena, Text path)
{
    TextBuffer out = {.arena = arena};
    for (size_t at = 0; at < path.length;) {
        size_t end = find_any(path, at + 1, "/");
        Text segment = text_slice(path, at, end);
        bool last = end == path.length, up = text_is(segment, "/..");
        if (up || text_is(segment, "/.")) {
            while (up && out.count > 0 && out.items[--out.count] != '/') continue;
            if (last) buffer_char(&out, '/');
        } else {
            buffer_text(&out, segment);
        }
        at = end;
    }
    return buffer_done(&out);
}

static void split_path(Arena *arena, Text text, Uri *uri)
{
    size_t query = find_any(text, 0, "?#"), fragment = find_any(text, query, "#");
    uri->path = simplified(arena, escaped(arena, text_slice(text, 0, query)));
    uri->query = escaped(arena, text_slice(text, query, fragment));
    uri->fragment = escaped(arena, text_slice(text, fragment, text.length));
}

static bool read_uri(Arena *arena, Text text, Uri *uri)
{
    size_t scheme = scheme_length(text);
    if (scheme == 0) return false;
    size_t from = scheme + 3, to = find_any(text, from, "/?#");
    *uri = (Uri){.scheme = case_of_text(arena, text_slice(text, 0, scheme), false), .port = -1};
    Text authority = text_slice(text, from, to);
    for (size_t i = 0; i < authority.length; i++) {
        if (authority.at[i] == '@') authority = text_slice(authority, i + 1, authority.length);
    }
    size_t bracket = find_any(authority, 0, "]"), colon = find_any(authority, 0, ":");
    if (bracket < authority.length) colon = find_any(authority, bracket, ":");
    uri->host = case_of_text(arena, text_slice(authority, 0, colon), false);
    if (uri->host.length == 0) return false;
    for (size_t i = 0; i < uri->host.length; i++) {
        if (strchr(" <>\"\\^`{|}%", uri->host.at[i])) return false;
    }
    int port = 0;
    for (size_t i = colon + 1; i < authority.length; i++) {
        if (!isdigit((unsigned char)authority.at[i]) || port > 65535) return false;
        port = port * 10 + (authority.at[i] - '0');
    }
    if (port > 65535) return false;
    if (colon + 1 < authority.length && port != usual_port(uri->scheme)) uri->port = port;
    split_path(arena, text_slice(text, to, text.length), uri);
    if (uri->path.length == 0) uri->path = TEXT("/");
    uri->path = without_dots(arena, uri->path);
    return true;
}

static Text write_uri(Arena *arena, const Uri *uri)
{
    TextBuffer out = {.arena = arena};
    buffer_text(&out, uri->scheme);
    buffer_string(&out, "://");
    buffer_text(&out, uri->host);
    if (uri->port >= 0) buffer_format(&out, ":%d", uri->port);
    buffer_text(&out, uri->path);
    buffer_text(&out, uri->query);
    buffer_text(&out, uri->fragment);
    return buffer_done(&out);
}

static const Value *no_uri(FunctionCall *function, Text text)
{
    return call_refuse(function,
                       text_format(function->arena, "'%.*s' is no absolute URI", TEXT_ARG(text)));
}

const Value *uri_joined(FunctionCall *function, const Value **arguments, size_t count)
{
    (void)count;
    for (size_t i = 0; i < 2; i++) {
        if (!call_expects(function, arguments, i, VALUE_STRING)) return NULL;
    }
    Arena *arena = function->arena;
    Text base = arguments[0]->string, relative = arguments[1]->string;
    Uri uri, added = {.port = -1};
    bool spaced = find_any(base, 0, " \"<>\\^`{|}") < base.length;
    if (spaced || !read_uri(arena, base, &uri)) return no_uri(function, base);
    if (scheme_length(relative)) {
        if (!read_uri(arena, relative, &added)) return no_uri(function, relative);
        return value_string(arena, write_uri(arena, &added));
    }
    split_path(arena, relative, &added);
    if (added.path.length) {
        size_t folder = uri.path.length;
        while (folder > 0 && uri.path.at[folder - 1] != '/') folder--;
        Text whole = text_format(arena, "%.*s%.*s", (int)folder, uri.path.at, TEXT_ARG(added.path));
        uri.path = without_dots(arena, added.path.at[0] == '/' ? added.path : whole);
    }
    if (added.path.length || added.query.length) uri.query = added.query;
    uri.fragment = added.fragment;
    if (!relative.length) uri.fragment = (Text){0};
    return value_string(arena, write_uri(arena, &uri));
}

const Value *uri_parse(FunctionCall *function, const Value **arguments, size_t count)
{
    (void)count;
    Uri uri;
    Arena *arena = function->arena;
    if (!call_expects(function, arguments, 0, VALUE_STRING)) return NULL;
    if (!read_uri(arena, arguments[0]->string, &uri)) return no_uri(function, arguments[0]->string);
    Value *parts = value_object(arena);
    value_set(arena, parts, TEXT("scheme"), value_string(arena, uri.scheme));
    value_set(arena, parts, TEXT("host"), value_string(arena, uri.host));
    value_set(arena, parts, TEXT("port"), uri.port < 0 ? &value_null : value_int(arena, uri.port));
    if (!text_is(uri.path, "/"))
        value_set(arena, parts, TEXT("path"), value_string(arena, uri.path));
    if (uri.query.length) value_set(arena, parts, TEXT("query"), value_string(arena, uri.query));
    return parts;
}

// The member `name`; `*good` is false if it is there but of another kind.
static Text member(FunctionCall *function, const Value *parts, const char *name, bool *good)
{
    const Value *value = value_find(parts, text_of(name));
    if (!value || value->kind == VALUE_NULL) return (Text){0};
    if (value->kind == VALUE_STRING) return value->string;
    *good = false;
    call_refuse(function, text_format(function->arena, "'%s' must be string, not %s", name,
                                      value_kind_name(value->kind)));
    return (Text){0};
}

const Value *uri_build(FunctionCall *function, const Value **arguments, size_t count)
{
    (void)count;
    Arena *arena = function->arena;
    if (!call_expects(function, arguments, 0, VALUE_OBJECT)) return NULL;
    bool good = true;
    Uri uri = {.port = -1};
    uri.scheme = case_of_text(arena, member(function, arguments[0], "scheme", &good), false);
    uri.host = case_of_text(arena, member(function, arguments[0], "host", &good), false);
    uri.path = member(function, arguments[0], "path", &good);
    uri.query = member(function, arguments[0], "query", &good);
    if (!good) return NULL;
    if (!uri.scheme.length || !uri.host.length)
        return call_refuse(function, TEXT("the object must have 'scheme' and 'host'"));
    const Value *port = value_find(arguments[0], TEXT("port"));
    if (port && port->kind == VALUE_INT && port->integer != usual_port(uri.scheme)) {
        if (port->integer < -1 || port->integer > 65535)
            return call_refuse(function, TEXT("'port' must lie between -1 and 65535"));
        uri.port = (int)port->integer;
    }
    if (!text_starts(uri.path, "/")) uri.path = text_format(arena, "/%.*s", TEXT_ARG(uri.path));
    if (uri.query.length && uri.query.at[0] != '?')
        uri.query = text_format(arena, "?%.*s", TEXT_ARG(uri.query));
    return value_string(arena, write_uri(arena, &uri));
}
