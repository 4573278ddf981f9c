// base/text.c
#include "base/text.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

Text text_of(const char *string)
{
    return (Text){string, strlen(string)};
}

bool text_equal(Text a, Text b)
{
    return a.length == b.length && (a.length == 0 || memcmp(a.at, b.at, a.length) == 0);
}

// Of the first `length` bytes: below, at or above zero.
static int compare_letters(Text a, Text b, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        int order = tolower((unsigned char)a.at[i]) - tolower((unsigned char)b.at[i]);
        if (order) return order;
    }
    return 0;
}

bool text_alike(Text a, Text b)
{
    return a.length == b.length && compare_letters(a, b, a.length) == 0;
}

bool text_is_alike(Text a, const char *string)
{
    return text_alike(a, text_of(string));
}

bool text_starts_alike(Text text, const char *prefix)
{
    Text begin = text_of(prefix);
    return text.length >= begin.length && compare_letters(text, begin, begin.length) == 0;
}

int text_compare_alike(Text a, Text b)
{
    int order = compare_letters(a, b, a.length < b.length ? a.length : b.length);
    return order ? order : (a.length > b.length) - (a.length < b.length);
}

bool text_within(Text path, Text folder)
{
    return text_alike(text_slice(path, 0, folder.length), folder) &&
           (path.length == folder.length || path.at[folder.length] == '/');
}

Text text_lower(Arena *arena, Text text)
{
    char *copy = text_string(arena, text);
    for (size_t i = 0; i < text.length; i++) copy[i] = (char)tolower((unsigned char)copy[i]);
    return (Text){copy, text.length};
}

bool text_is(Text a, const char *string)
{
    for (size_t i = 0; i < a.length; i++) {
        if (string[i] == '\0' || a.at[i] != string[i]) return false;
    }
    return string[a.length] == '\0';
}

int text_compare(Text a, Text b)
{
    size_t shorter = a.length < b.length ? a.length : b.length;
    int order = shorter ? memcmp(a.at, b.at, shorter) : 0;
    if (order) return order;
    return a.length < b.length ? -1 : a.length > b.length;
}

bool text_starts(Text text, const char *prefix)
{
    size_t length = strlen(prefix);
    return text.length >= length && memcmp(text.at, prefix, length) == 0;
}

bool text_ends(Text text, const char *suffix)
{
    size_t length = strlen(suffix);
    return text.length >= length && memcmp(text.at + text.length - length, suffix, length) == 0;
}

Text text_slice(Text text, size_t from, size_t to)
{
    if (to > text.length) to = text.length;
    if (from > to) from = to;
    return (Text){from ? text.at + from : text.at, to - from}; // `at` may be NULL
}

size_t text_index(Text text, char c)
{
    size_t at = 0;
    while (at < text.length && text.at[at] != c) at++;
    return at;
}

Text text_copy(Arena *arena, Text text)
{
    return (Text){text_string(arena, text), text.length};
}

char *text_string(Arena *arena, Text text)
{
    char *copy = arena_alloc(arena, text.length + 1);
    if (text.length) memcpy(copy, text.at, text.length);
    return copy;
}

Text text_format(Arena *arena, const char *format, ...)
{
    TextBuffer buffer = {.arena = arena};
    va_list arguments;
    va_start(arguments, format);
    buffer_format_list(&buffer, format, arguments);
    va_end(arguments);
    return buffer_done(&buffer);
}

// The last eight bytes of a text, or what there is of it, in some order.
static uint64_t last_word(Text text)
{
    uint64_t word = 0;
    if (text.length >= 8) {
        memcpy(&word, text.at + text.length - 8, 8);
    } else if (text.length >= 4) {
        uint32_t first, last;
        memcpy(&first, text.at, 4);
        memcpy(&last, text.at + text.length - 4, 4);
        word = (uint64_t)last << 32 | first;
    } else {
        for (size_t at = 0; at < text.length; at++) word = word << 8 | (unsigned char)text.at[at];
    }
    return word;
}

// Eight bytes a step; the product's upper half is folded down, as tables take the lower bits.
uint64_t text_hash(Text text)
{
    uint64_t hash = 14695981039346656037u ^ text.length, word;
    for (size_t at = 0; at + 8 < text.length; at += 8) {
        memcpy(&word, text.at + at, 8);
        hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
        hash ^= hash >> 32;
    }
    hash = (hash ^ last_word(text)) * 0x9E3779B97F4A7C15u;
    hash = (hash ^ hash >> 32) * 0x9E3779B97F4A7C15u; // the last bytes reach the lowest bits too
    return hash ^ hash >> 32;
}

// Length of the UTF-8 sequence that `lead` begins; 0 if none does.
static size_t sequence_length(unsigned char lead)
{
    if (lead < 0x80) return 1;
    if (lead >= 0xC2 && lead < 0xE0) return 2;
    if (lead >= 0xE0 && lead < 0xF0) return 3;
    if (lead >= 0xF0 && lead < 0xF5) return 4;
    return 0;
}

// The code point of the sequence at `at`; false if it is not one.
static bool decode(Text text, size_t at, uint32_t *code, size_t *length)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char lead = (unsigned char)text.at[at];
    *length = sequence_length(lead);
    if (*length == 0 || at + *length > text.length) return false;
    uint32_t value = *length == 1 ? lead : lead & (0x7Fu >> *length);
    for (size_t i = 1; i < *length; i++) {
        unsigned char next = (unsigned char)text.at[at + i];
        if ((next & 0xC0) != 0x80) return false;
        value = value << 6 | (next & 0x3F);
    }
    *code = value;
    return value >= least[*length] && value <= 0x10FFFF && !(value >= 0xD800 && value <= 0xDFFF);
}

Text text_variable(Arena *arena, Text parameter)
{
    TextBuffer name = {.arena = arena};
    buffer_string(&name, "SWARM_");
    for (size_t i = 0; i < parameter.length; i++) {
        char c = parameter.at[i];
        bool upper = c >= 'A' && c <= 'Z';
        if (upper && i) buffer_char(&name, '_');
        buffer_char(&name, c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c);
    }
    return buffer_done(&name);
}

uint32_t text_next(Text text, size_t *at)
{
    if ((unsigned char)text.at[*at] < 0x80) return (unsigned char)text.at[(*at)++];
    uint32_t code;
    size_t length;
    if (decode(text, *at, &code, &length)) {
        *at += length;
        return code;
    }
    *at += 1;
    return 0xFFFD;
}

bool text_valid_utf8(Text text, size_t *bad)
{
    for (size_t at = 0; at < text.length;) {
        uint64_t words[2];
        size_t length;
        uint32_t code;
        while (text.length - at >= sizeof words) { // of ASCII alone
            memcpy(words, text.at + at, sizeof words);
            if ((words[0] | words[1]) & 0x8080808080808080u) break;
            at += sizeof words;
        }
        if (at == text.length) break;
        if ((unsigned char)text.at[at] < 0x80) {
            at++;
            continue;
        }
        if (!decode(text, at, &code, &length)) {
            *bad = at;
            return false;
        }
        at += length;
    }
    return true;
}

size_t text_utf16_length(Text text)
{
    size_t units = 0;
    for (size_t at = 0; at < text.length;) {
        uint64_t word;
        if (text.length - at >= 8) { // eight letters of ASCII at once
            memcpy(&word, text.at + at, 8);
            if (!(word & 0x8080808080808080u)) {
                units += 8;
                at += 8;
                continue;
            }
        }
        units += text_next(text, &at) > 0xFFFF ? 2 : 1;
    }
    return units;
}

void buffer_grow(TextBuffer *buffer, size_t more)
{
    size_t room = buffer->room ? buffer->room * 2 : 64;
    if (room - buffer->count < more) room = buffer->count + more;
    buffer->items = arena_grow(buffer->arena, buffer->items, buffer->count, room);
    buffer->room = room;
}

void buffer_expect(TextBuffer *buffer, size_t more)
{
    if (buffer->room - buffer->count < more) buffer_grow(buffer, more);
}

void buffer_fill(TextBuffer *buffer, char c, size_t count)
{
    if (count == 0) return;
    buffer_expect(buffer, count);
    memset(buffer->items + buffer->count, c, count);
    buffer->count += count;
}

void buffer_string(TextBuffer *buffer, const char *string)
{
    buffer_text(buffer, text_of(string));
}

void buffer_code_point(TextBuffer *buffer, uint32_t code)
{
    if (code < 0x80) {
        buffer_char(buffer, (char)code);
    } else if (code < 0x800) {
        buffer_char(buffer, (char)(0xC0 | code >> 6));
        buffer_char(buffer, (char)(0x80 | (code & 0x3F)));
    } else if (code < 0x10000) {
        buffer_char(buffer, (char)(0xE0 | code >> 12));
        buffer_char(buffer, (char)(0x80 | (code >> 6 & 0x3F)));
        buffer_char(buffer, (char)(0x80 | (code & 0x3F)));
    } else {
        buffer_char(buffer, (char)(0xF0 | code >> 18));
        buffer_char(buffer, (char)(0x80 | (code >> 12 & 0x3F)));
        buffer_char(buffer, (char)(0x80 | (code >> 6 & 0x3F)));
        buffer_char(buffer, (char)(0x80 | (code & 0x3F)));
    }
}

void buffer_int(TextBuffer *buffer, int64_t value)
{
    char digits[20];
    size_t at = sizeof digits;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do digits[--at] = (char)('0' + rest % 10);
    while (rest /= 10);
    if (value < 0) buffer_char(buffer, '-');
    buffer_text(buffer, (Text){digits + at, sizeof digits - at});
}

// The forms that nearly all formats are made of, several times faster than vsnprintf. False: there
// is another one.
static bool format_simple(TextBuffer *buffer, const char *format, va_list arguments)
{
    size_t count = buffer->count;
    for (const char *at = format; *at;) {
        size_t plain = strcspn(at, "%");
        buffer_text(buffer, (Text){at, plain});
        at += plain;
        if (!*at) break;
        if (strncmp(at, "%.*s", 4) == 0) {
            size_t length = (size_t)va_arg(arguments, int);
            buffer_text(buffer, (Text){va_arg(arguments, const char *), length});
            at += 4;
        } else if (at[1] == 's') {
            buffer_string(buffer, va_arg(arguments, const char *));
            at += 2;
        } else if (at[1] == 'd') {
            buffer_int(buffer, va_arg(arguments, int));
            at += 2;
        } else if (at[1] == 'u') {
            buffer_int(buffer, va_arg(arguments, unsigned));
            at += 2;
        } else if (strncmp(at, "%zu", 3) == 0) {
            buffer_int(buffer, (int64_t)va_arg(arguments, size_t));
            at += 3;
        } else if (strncmp(at, "%lld", 4) == 0) {
            buffer_int(buffer, va_arg(arguments, long long));
            at += 4;
        } else {
            buffer->count = count;
            return false;
        }
    }
    return true;
}

void buffer_format_list(TextBuffer *buffer, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    bool done = format_simple(buffer, format, again);
    va_end(again);
    if (done) return;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (length <= 0) return;
    buffer_expect(buffer, (size_t)length + 1);
    vsnprintf(buffer->items + buffer->count, (size_t)length + 1, format, arguments);
    buffer->count += (size_t)length;
}

void buffer_format(TextBuffer *buffer, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    buffer_format_list(buffer, format, arguments);
    va_end(arguments);
}

Text buffer_done(const TextBuffer *buffer)
{
    return (Text){buffer->items ? buffer->items : "", buffer->count};
}
