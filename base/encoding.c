// base/encoding.c
#include "base/encoding.h"

typedef enum { ASCII, LATIN1, UTF8, UTF16, UTF16BE, UTF32, UTF32BE } Encoding;

enum { WRONG = 0xFFFD };

static const struct {
    const char *name; // NULL: only by its mark
    Text mark;
    Encoding encoding;
} rows[] = {
    {"us-ascii", {"", 0}, ASCII},
    {"iso-8859-1", {"", 0}, LATIN1},
    {"utf-8", {"\xEF\xBB\xBF", 3}, UTF8},
    {NULL, {"\xFF\xFE\0\0", 4}, UTF32}, // begins like that of utf-16
    {"utf-16", {"\xFF\xFE", 2}, UTF16},
    {"utf-16BE", {"\xFE\xFF", 2}, UTF16BE},
    {NULL, {"\0\0\xFE\xFF", 4}, UTF32BE},
};

enum { ROWS = sizeof rows / sizeof *rows };

static size_t row_of(Text name)
{
    size_t row = 0;
    while (row < ROWS && !(rows[row].name && text_is(name, rows[row].name))) row++;
    return row;
}

bool encoding_known(Text name)
{
    return row_of(name) < ROWS;
}

static bool begins(Text bytes, Text mark)
{
    return mark.length > 0 && bytes.length >= mark.length &&
           text_equal(text_slice(bytes, 0, mark.length), mark);
}

// The `size` bytes at `at` as a number; fewer if the text ends.
static uint32_t number_at(Text bytes, size_t at, size_t size, bool big)
{
    uint32_t number = 0;
    for (size_t i = 0; i < size; i++) {
        uint32_t byte = (unsigned char)bytes.at[at + i];
        number |= byte << 8 * (big ? size - 1 - i : i);
    }
    return number;
}

static uint32_t next_utf16(Text bytes, size_t *at, bool big)
{
    if (bytes.length - *at < 2) {
        *at = bytes.length;
        return WRONG;
    }
    uint32_t unit = number_at(bytes, *at, 2, big);
    *at += 2;
    if (unit < 0xD800 || unit > 0xDFFF) return unit;
    if (unit > 0xDBFF || bytes.length - *at < 2) return WRONG;
    uint32_t second = number_at(bytes, *at, 2, big);
    if (second < 0xDC00 || second > 0xDFFF) return WRONG;
    *at += 2;
    return 0x10000 + ((unit - 0xD800) << 10) + (second - 0xDC00);
}

static uint32_t next_utf32(Text bytes, size_t *at, bool big)
{
    if (bytes.length - *at < 4) {
        *at = bytes.length;
        return WRONG;
    }
    uint32_t code = number_at(bytes, *at, 4, big);
    *at += 4;
    return code > 0x10FFFF || (code >= 0xD800 && code < 0xE000) ? (uint32_t)WRONG : code;
}

// The longest beginning of a character that is there counts as one wrong one.
static uint32_t next_utf8(Text bytes, size_t *at)
{
    size_t from = *at;
    uint32_t code = text_next(bytes, at);
    if (code != WRONG || *at - from > 1) return code;
    unsigned char first = (unsigned char)bytes.at[from];
    size_t more = first >= 0xC2 && first < 0xE0   ? 1
                  : first >= 0xE0 && first < 0xF0 ? 2
                  : first >= 0xF0 && first < 0xF5 ? 3
                                                  : 0;
    for (size_t i = 0; i < more && *at < bytes.length; i++, ++*at) {
        unsigned char byte = (unsigned char)bytes.at[*at];
        unsigned char low = i == 0 && first == 0xE0 ? 0xA0 : i == 0 && first == 0xF0 ? 0x90 : 0x80;
        unsigned char high = i == 0 && first == 0xED ? 0x9F : i == 0 && first == 0xF4 ? 0x8F : 0xBF;
        if (byte < low || byte > high) break;
    }
    return WRONG;
}

static uint32_t next(Text bytes, size_t *at, Encoding encoding)
{
    uint32_t byte = (unsigned char)bytes.at[*at];
    switch (encoding) {
    case ASCII: ++*at; return byte < 0x80 ? byte : '?';
    case LATIN1: ++*at; return byte;
    case UTF8: return next_utf8(bytes, at);
    case UTF16:
    case UTF16BE: return next_utf16(bytes, at, encoding == UTF16BE);
    case UTF32:
    case UTF32BE: return next_utf32(bytes, at, encoding == UTF32BE);
    }
    return WRONG;
}

Text encoding_decode(Arena *arena, Text bytes, Text name)
{
    size_t row = row_of(name), bad;
    if (!begins(bytes, rows[row].mark)) {
        size_t marked = 0;
        while (marked < ROWS && !begins(bytes, rows[marked].mark)) marked++;
        if (marked < ROWS) row = marked;
    }
    if (begins(bytes, rows[row].mark))
        bytes = text_slice(bytes, rows[row].mark.length, bytes.length);
    if (rows[row].encoding == UTF8 && text_valid_utf8(bytes, &bad)) return bytes;
    TextBuffer out = {.arena = arena};
    for (size_t at = 0; at < bytes.length;) {
        buffer_code_point(&out, next(bytes, &at, rows[row].encoding));
    }
    return buffer_done(&out);
}
