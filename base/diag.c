// base/diag.c: collects diagnostics; lines and columns are counted only here.
#include "base/diag.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    int number;
    Severity severity;
    const char *text;
} Row;

static const Row rows[] = {
#define DIAG(name, number, severity, text) {number, SEVERITY_##severity, text},
#include "base/diag.def"
#undef DIAG
};

static Text filled(Arena *arena, const char *text, size_t count, const Text *arguments)
{
    TextBuffer buffer = {.arena = arena};
    for (const char *at = text; *at; at++) {
        size_t index = (size_t)(at[0] == '{' ? at[1] - '0' : 9);
        if (at[0] == '{' && index < 9 && at[2] == '}') {
            if (index < count) buffer_text(&buffer, arguments[index]);
            at += 2;
        } else {
            buffer_char(&buffer, *at);
        }
    }
    return buffer_done(&buffer);
}

void diag_report(Diags *diags, DiagCode code, Place place, size_t count, const Text *arguments)
{
    Diag diag = {
        .code = code,
        .severity = rows[code].severity,
        .place = place,
        .message = filled(diags->arena, rows[code].text, count, arguments),
    };
    list_add(diags->arena, diags, diag);
    if (diag.severity == SEVERITY_ERROR) diags->errors++;
}

void diag_hint(Diags *diags, Text hint)
{
    if (diags->count) diags->items[diags->count - 1].hint = text_copy(diags->arena, hint);
}

void diag_append(Diags *diags, const Diags *more)
{
    for (size_t i = 0; i < more->count; i++) list_add(diags->arena, diags, more->items[i]);
    diags->errors += more->errors;
}

bool diag_failed(const Diags *diags)
{
    return diags->errors > 0;
}

int diag_number(DiagCode code)
{
    return rows[code].number;
}

// Edit distance with neighbours swapped counting one, ignoring the case of ASCII letters.
static size_t distance(Text a, Text b)
{
    enum { LONGEST = 64 };
    if (a.length >= LONGEST || b.length >= LONGEST) return SIZE_MAX;
    size_t table[LONGEST][LONGEST];
    for (size_t i = 0; i <= a.length; i++) {
        for (size_t j = 0; j <= b.length; j++) {
            if (i == 0 || j == 0) {
                table[i][j] = i + j;
                continue;
            }
            bool same = (a.at[i - 1] | 32) == (b.at[j - 1] | 32);
            size_t best = table[i - 1][j - 1] + !same;
            if (table[i - 1][j] + 1 < best) best = table[i - 1][j] + 1;
            if (table[i][j - 1] + 1 < best) best = table[i][j - 1] + 1;
            bool swapped =
                i > 1 && j > 1 && a.at[i - 1] == b.at[j - 2] && a.at[i - 2] == b.at[j - 1];
            if (swapped && table[i - 2][j - 2] + 1 < best) best = table[i - 2][j - 2] + 1;
            table[i][j] = best;
        }
    }
    return table[a.length][b.length];
}

Text diag_nearest(Text word, const Text *choices, size_t count)
{
    Text nearest = {0};
    size_t best = word.length / 3 + 2; // further away is another word
    if (best > word.length) best = word.length;
    for (size_t i = 0; i < count; i++) {
        size_t away = distance(word, choices[i]);
        if (away < best) {
            best = away;
            nearest = choices[i];
        }
    }
    return nearest;
}

void diag_suggest(Diags *diags, Text word, const Text *choices, size_t count)
{
    Text nearest = diag_nearest(word, choices, count);
    if (nearest.length)
        diag_hint(diags, text_format(diags->arena, "did you mean '%.*s'?", TEXT_ARG(nearest)));
}

enum { EXCERPT = 160 }; // bytes of a longer line that are shown around the place

// The line; of a very long one, twice as much on both sides as is ever shown.
static Text line_around(Text text, uint32_t at)
{
    size_t place = at > text.length ? text.length : at, from = place, to = place;
    size_t first = from > 2 * EXCERPT ? from - 2 * EXCERPT : 0;
    size_t last = text.length - to > 2 * EXCERPT ? to + 2 * EXCERPT : text.length;
    while (from > first && text.at[from - 1] != '\n') from--;
    while (to < last && text.at[to] != '\n' && text.at[to] != '\r') to++;
    return text_slice(text, from, to);
}

// Where reading for a line and column has come to: places are shown in order, so that a file is
// read once.
typedef struct {
    const Source *source;
    size_t at;
    uint32_t line, column;
} Cursor;

static void cursor_move(Cursor *cursor, const Source *source, uint32_t at)
{
    if (cursor->source != source || at < cursor->at) *cursor = (Cursor){source, 0, 1, 1};
    while (cursor->at < at && cursor->at < source->text.length) {
        bool newline = source->text.at[cursor->at] == '\n';
        text_next(source->text, &cursor->at);
        cursor->line += newline;
        cursor->column = newline ? 1 : cursor->column + 1;
    }
}

void diag_line_column(const Source *source, uint32_t at, uint32_t *line, uint32_t *column)
{
    Cursor cursor = {0};
    cursor_move(&cursor, source, at);
    *line = cursor.line;
    *column = cursor.column;
}

// A terminal obeys control characters; they are shown as U+FFFD, which keeps the columns.
static void show_character(TextBuffer *out, Text line, size_t *at)
{
    size_t from = *at;
    uint32_t code = text_next(line, at);
    bool hidden = (code < 0x20 && code != '\t') || (code >= 0x7F && code < 0xA0) ||
                  code == 0xFEFF || (code >= 0x2028 && code <= 0x202E) ||
                  (code >= 0x2066 && code <= 0x2069) || code == 0xFFFD;
    Text shown = hidden ? TEXT("\xEF\xBF\xBD") : text_slice(line, from, *at);
    buffer_text(out, shown);
}

static bool continues(Text line, size_t at)
{
    return at < line.length && ((unsigned char)line.at[at] & 0xC0) == 0x80;
}

static void show_excerpt(TextBuffer *out, const Diag *diag, bool colour)
{
    const Source *source = diag->place.source;
    Text line = line_around(source->text, diag->place.from);
    size_t from = diag->place.from - (size_t)(line.at - source->text.at);
    size_t to = from + (diag->place.to - diag->place.from), begin = 0, end = line.length;
    if (line.length > EXCERPT) {
        begin = from > EXCERPT / 2 ? from - EXCERPT / 2 : 0;
        end = begin + EXCERPT < line.length ? begin + EXCERPT : line.length;
        while (continues(line, begin)) begin++;
        while (continues(line, end)) end++;
    }
    buffer_string(out, begin ? "    …" : "    ");
    for (size_t i = begin; i < end;) show_character(out, line, &i);
    buffer_string(out, end < line.length ? "…\n    " : "\n    ");
    if (begin) buffer_char(out, ' ');
    for (size_t i = begin; i < from && i < end;) {
        bool tab = line.at[i] == '\t';
        text_next(line, &i);
        buffer_char(out, tab ? '\t' : ' ');
    }
    buffer_string(out, colour ? "\033[1;32m^" : "^");
    if (from < end) text_next(line, &from);
    while (from < to && from < end) {
        text_next(line, &from);
        buffer_char(out, '~');
    }
    buffer_string(out, colour ? "\033[0m\n" : "\n");
}

static void show_one(TextBuffer *out, const Diag *diag, bool colour, Cursor *cursor)
{
    static const char *names[] = {"error", "warning"};
    static const char *colours[] = {"\033[1;31m", "\033[1;33m"};
    if (diag->place.source) {
        cursor_move(cursor, diag->place.source, diag->place.from);
        buffer_format(out, "%.*s:%u:%u: ", TEXT_ARG(diag->place.source->path), cursor->line,
                      cursor->column);
    } else {
        buffer_string(out, "swarmgen: ");
    }
    buffer_format(out, "%s%s SG%04d:%s %.*s\n", colour ? colours[diag->severity] : "",
                  names[diag->severity], rows[diag->code].number, colour ? "\033[0m" : "",
                  TEXT_ARG(diag->message));
    if (diag->place.source && diag->place.source->text.length) show_excerpt(out, diag, colour);
    if (diag->hint.length) buffer_format(out, "    %.*s\n", TEXT_ARG(diag->hint));
}

static int by_place(const void *left, const void *right)
{
    const Diag *a = *(const Diag *const *)left, *b = *(const Diag *const *)right;
    if (a->place.source == b->place.source && a->place.from != b->place.from) {
        return a->place.from < b->place.from ? -1 : 1;
    }
    return a < b ? -1 : a > b; // otherwise as they were added
}

// True if an earlier diagnostic of the sorted list says the same at the same place.
static bool said_before(const Diag **order, size_t index)
{
    const Diag *diag = order[index];
    while (index-- > 0 && order[index]->place.from == diag->place.from &&
           order[index]->place.source == diag->place.source) {
        if (order[index]->code == diag->code && text_equal(order[index]->message, diag->message)) {
            return true;
        }
    }
    return false;
}

void diag_show(FILE *out, Diags *diags, bool colour)
{
    // Files stay in the order of their first diagnostic; within one, places decide.
    const Diag **order = arena_array(diags->arena, const Diag *, diags->count);
    size_t count = 0;
    for (size_t i = 0; i < diags->count; i++) {
        const Source *source = diags->items[i].place.source;
        bool first = true;
        for (size_t j = 0; j < i && first; j++) first = diags->items[j].place.source != source;
        if (!first) continue;
        size_t begin = count;
        for (size_t j = i; j < diags->count; j++) {
            if (diags->items[j].place.source == source) order[count++] = &diags->items[j];
        }
        qsort(order + begin, count - begin, sizeof *order, by_place);
    }
    Cursor cursor = {0};
    TextBuffer text = {.arena = diags->arena}; // one write: standard error has no buffer
    for (size_t i = 0; i < count; i++) {
        if (!said_before(order, i)) show_one(&text, order[i], colour, &cursor);
    }
    if (text.count) fwrite(text.items, 1, text.count, out);
}
