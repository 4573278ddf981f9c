#include "deploy/paint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const char *const sequences[] = {
    [PAINT_PLAIN] = "",         [PAINT_GOOD] = "\033[32m",   [PAINT_BAD] = "\033[31m",
    [PAINT_BUSY] = "\033[36m",  [PAINT_CHANGE] = "\033[33m", [PAINT_FAINT] = "\033[2m",
    [PAINT_STRONG] = "\033[1m",
};

static const char *variable(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

bool paint_wants_colour(int file)
{
    const char *term = variable("TERM");
    return isatty(file) && !variable("NO_COLOR") && (!term || strcmp(term, "dumb") != 0);
}

size_t paint_columns(int file)
{
    struct winsize size = {0};
    const char *said = variable("COLUMNS");
    if (ioctl(file, TIOCGWINSZ, &size) == 0 && size.ws_col) return size.ws_col;
    long columns = said ? strtol(said, NULL, 10) : 0;
    return columns > 0 && columns < 10000 ? (size_t)columns : 0;
}

// The first of the three that is set decides, as in setlocale(3).
bool paint_wants_utf8(void)
{
    const char *locale = variable("LC_ALL");
    if (!locale) locale = variable("LC_CTYPE");
    if (!locale) locale = variable("LANG");
    if (!locale) return false;
    for (const char *at = locale; *at; at++) {
        if (strncmp(at, "UTF-8", 5) == 0 || strncmp(at, "utf8", 4) == 0 ||
            strncmp(at, "utf-8", 5) == 0 || strncmp(at, "UTF8", 4) == 0)
            return true;
    }
    return false;
}

Painter paint_begin(TextBuffer *out, int file)
{
    return (Painter){.out = out, .colour = paint_wants_colour(file), .utf8 = paint_wants_utf8()};
}

typedef struct {
    uint32_t from, to;
} Range;

static const Range combining[] = {
    {0x0300, 0x036F}, {0x0483, 0x0489},   {0x0591, 0x05BD}, {0x0610, 0x061A}, {0x064B, 0x065F},
    {0x0E34, 0x0E3A}, {0x0E47, 0x0E4E},   {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x200B, 0x200F},
    {0x202A, 0x202E}, {0x2060, 0x2069},   {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F},
    {0xFEFF, 0xFEFF}, {0xE0000, 0xE0FFF},
};

static const Range wide[] = {
    {0x1100, 0x115F},   {0x231A, 0x231B},   {0x2329, 0x232A},   {0x23E9, 0x23EC},
    {0x25FD, 0x25FE},   {0x2614, 0x2615},   {0x2648, 0x2653},   {0x26A1, 0x26A1},
    {0x2705, 0x2705},   {0x270A, 0x270B},   {0x2728, 0x2728},   {0x274C, 0x274C},
    {0x2753, 0x2755},   {0x2757, 0x2757},   {0x2795, 0x2797},   {0x2E80, 0x303E},
    {0x3041, 0x4DBF},   {0x4E00, 0xA4CF},   {0xA960, 0xA97C},   {0xAC00, 0xD7A3},
    {0xF900, 0xFAFF},   {0xFE10, 0xFE19},   {0xFE30, 0xFE6F},   {0xFF01, 0xFF60},
    {0xFFE0, 0xFFE6},   {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F7E0, 0x1F7EB},
    {0x1F900, 0x1F9FF}, {0x1FA70, 0x1FAFF}, {0x20000, 0x3FFFD},
};

static bool within(const Range *ranges, size_t count, uint32_t code)
{
    size_t from = 0, to = count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (code > ranges[middle].to)
            from = middle + 1;
        else if (code < ranges[middle].from)
            to = middle;
        else
            return true;
    }
    return false;
}

static size_t width_of(uint32_t code)
{
    if (within(combining, sizeof combining / sizeof *combining, code)) return 0;
    return within(wide, sizeof wide / sizeof *wide, code) ? 2 : 1;
}

// What stands for a character where the locale has no UTF-8.
static char ascii_of(uint32_t code)
{
    switch (code) {
    case 0x2713: return '+'; // ✓ done
    case 0x2717: return 'x'; // ✗ failed
    case 0x25CF: return '>'; // ● running
    case 0x00B7: return '.'; // · not begun
    case 0x2013: return '-'; // – canceled
    case 0x2501: return '='; // ━ of the bar
    case 0x2500: return '-'; // ─ of its rest
    case 0x2192: return '>'; // →
    case 0x2026: return '~'; // … cut here
    default: return '?';
    }
}

// What is really shown for a code point.
static uint32_t shown(const Painter *painter, uint32_t code)
{
    bool control = code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x2028 || code == 0x2029;
    if (control) return ' ';
    return painter->utf8 || code < 0x80 ? code : (uint32_t)(unsigned char)ascii_of(code);
}

size_t paint_width(const Painter *painter, Text text)
{
    size_t width = 0;
    for (size_t at = 0; at < text.length;) width += width_of(shown(painter, text_next(text, &at)));
    return width;
}

void paint(Painter *painter, Paint how, Text text)
{
    if (!text.length) return;
    size_t room = painter->limit ? painter->limit - painter->column : SIZE_MAX;
    bool fits = room == SIZE_MAX || paint_width(painter, text) <= room;
    if (!room) return;
    bool coloured = painter->colour && how != PAINT_PLAIN;
    if (coloured) buffer_string(painter->out, sequences[how]);
    for (size_t at = 0; at < text.length;) {
        uint32_t code = shown(painter, text_next(text, &at));
        size_t width = width_of(code);
        if (!fits && width >= room) { // also a wide one that would stand on the edge
            buffer_code_point(painter->out, shown(painter, 0x2026));
            painter->column++;
            break;
        }
        buffer_code_point(painter->out, code);
        painter->column += width;
        room -= width;
    }
    if (coloured) buffer_string(painter->out, "\033[0m");
}

void paint_format(Painter *painter, Paint how, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    TextBuffer text = {.arena = painter->out->arena};
    // The text shares the arena with the line, which then moves once more: short and rare.
    buffer_format_list(&text, format, arguments);
    va_end(arguments);
    paint(painter, how, buffer_done(&text));
}

void paint_to(Painter *painter, size_t column)
{
    if (painter->limit && column > painter->limit) column = painter->limit;
    if (column <= painter->column) return;
    buffer_fill(painter->out, ' ', column - painter->column);
    painter->column = column;
}

void paint_line(Painter *painter)
{
    buffer_char(painter->out, '\n');
    painter->column = 0;
}

void paint_words(Painter *painter, Paint how, Text text)
{
    size_t indent = painter->column;
    bool first = true; // of its line
    for (size_t at = 0; at < text.length;) {
        if (text.at[at] == '\n' || text.at[at] == ' ') {
            if (text.at[at] == '\n') {
                paint_line(painter);
                first = true;
            }
            at++;
            continue;
        }
        size_t end = at;
        while (end < text.length && text.at[end] != ' ' && text.at[end] != '\n') end++;
        Text word = text_slice(text, at, end);
        if (!first && painter->limit &&
            painter->column + 1 + paint_width(painter, word) > painter->limit) {
            paint_line(painter);
            first = true;
        }
        if (first) paint_to(painter, indent);
        if (!first) paint(painter, PAINT_PLAIN, TEXT(" "));
        // A word that fits on no line (an address) goes over its end, so that it can be copied.
        size_t limit = painter->limit;
        painter->limit = 0;
        paint(painter, how, word);
        painter->limit = limit;
        first = false;
        at = end;
    }
}
