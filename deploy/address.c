// deploy/address.c: libcurl takes addresses apart, so that what is compared is what it connects to.
#include "deploy/address.h"

#include <ctype.h>
#include <curl/curl.h>
#include <string.h>
#include <strings.h>

static CURLU *parse(Arena *arena, Text address)
{
    CURLU *url = curl_url();
    if (url && curl_url_set(url, CURLUPART_URL, text_string(arena, address), 0) == CURLUE_OK)
        return url;
    curl_url_cleanup(url);
    return NULL;
}

static Text part_of(Arena *arena, CURLU *url, CURLUPart part)
{
    char *found = NULL;
    unsigned int how = part == CURLUPART_URL ? 0 : CURLU_DEFAULT_PORT;
    if (curl_url_get(url, part, &found, how) != CURLUE_OK) return (Text){0};
    Text text = text_copy(arena, text_of(found));
    curl_free(found);
    return text;
}

static bool same_part(Arena *arena, CURLU *a, CURLU *b, CURLUPart part)
{
    Text left = part_of(arena, a, part), right = part_of(arena, b, part);
    return left.length && text_alike(left, right);
}

bool address_same_host(Text a, Text b)
{
    Arena arena = {0};
    CURLU *left = parse(&arena, a), *right = parse(&arena, b);
    bool same = left && right && same_part(&arena, left, right, CURLUPART_SCHEME) &&
                same_part(&arena, left, right, CURLUPART_HOST) &&
                same_part(&arena, left, right, CURLUPART_PORT);
    curl_url_cleanup(left);
    curl_url_cleanup(right);
    arena_free(&arena);
    return same;
}

Text address_host(Arena *arena, Text address)
{
    CURLU *url = parse(arena, address);
    if (!url) return (Text){0};
    Text host = part_of(arena, url, CURLUPART_HOST);
    curl_url_cleanup(url);
    return text_lower(arena, host);
}

bool address_is_local(Arena *arena, Text address)
{
    Text host = address_host(arena, address);
    return text_is(host, "localhost") || text_ends(host, ".localhost") ||
           text_starts(host, "127.") || text_is(host, "[::1]");
}

Text address_resolve(Arena *arena, Text base, Text location)
{
    CURLU *url = parse(arena, base);
    Text found = {0};
    if (url && curl_url_set(url, CURLUPART_URL, text_string(arena, location), 0) == CURLUE_OK)
        found = part_of(arena, url, CURLUPART_URL);
    curl_url_cleanup(url);
    return found;
}

Text address_clean(Arena *arena, Text address)
{
    TextBuffer out = {.arena = arena};
    for (size_t i = 0; i < address.length; i++) {
        unsigned char c = (unsigned char)address.at[i];
        if (c > ' ' && c < 0x7F && !strchr("\"<>\\^`{|}", c)) {
            buffer_char(&out, (char)c);
        } else {
            buffer_format(&out, "%%%02X", c);
        }
    }
    return buffer_done(&out);
}

void address_quote(TextBuffer *out, Text value)
{
    for (size_t i = 0; i < value.length; i++) {
        unsigned char c = (unsigned char)value.at[i];
        if (c < 0x7F && (isalnum(c) || strchr("-._~", c)) && c) {
            buffer_char(out, (char)c);
        } else {
            buffer_format(out, "%%%02X", c);
        }
    }
}

// ---- shown

static bool harmless(Text name)
{
    static const char *const names[] = {"api-version", "resource", "format", "monitor"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (text_is(name, names[i])) return true;
    }
    return name.length && *name.at == '$' && !text_is(name, "$skiptoken");
}

Text address_masked(Arena *arena, Text address)
{
    TextBuffer out = {.arena = arena};
    size_t at = text_index(address, '?');
    Text front = text_slice(address, 0, at);
    CURLU *url = parse(arena, address);
    if (url && part_of(arena, url, CURLUPART_PASSWORD).length) front = TEXT("https://***");
    curl_url_cleanup(url);
    buffer_text(&out, front);
    while (at < address.length) {
        size_t to = at + 1 + text_index(text_slice(address, at + 1, address.length), '&');
        size_t value = at + text_index(text_slice(address, at, to), '=');
        bool shown = harmless(text_slice(address, at + 1, value));
        buffer_text(&out, text_slice(address, at, shown ? to : value));
        if (!shown) buffer_string(&out, "=***");
        at = to;
    }
    return buffer_done(&out);
}

Text address_call(Arena *arena, const char *method, Text address)
{
    size_t end = text_index(address, '?'), path = 0, from = end;
    for (int slashes = 0; path < end && slashes < 3; path++) slashes += address.at[path] == '/';
    for (int slashes = 0; from > path && slashes < 2; from--)
        slashes += address.at[from - 1] == '/';
    if (from <= path) return text_format(arena, "%s %.*s", method, (int)end, address.at);
    return text_format(arena, "%s …%.*s", method, (int)(end - from), address.at + from);
}
