// compiler/bundle/diff.c: equal beginnings and ends are cut off first, then Myers' greedy search
// for what lies between; beyond DEPTH differences the middle is shown as replaced.
#include "compiler/bundle/diff.h"

#include <string.h>

enum { DEPTH = 2000, CONTEXT = 3 };

typedef struct {
    Text *items;
    size_t count, room;
} Lines;

typedef enum { KEEP, REMOVE, ADD } EditKind;

typedef struct {
    EditKind kind;
    size_t old_line, new_line; // indices; of the side that has no line: where it would stand
} Edit;

typedef struct {
    Edit *items;
    size_t count, room;
} Edits;

static Lines lines_of(Arena *arena, Text text)
{
    Lines lines = {0};
    for (size_t from = 0; from < text.length;) {
        size_t to = from;
        while (to < text.length && text.at[to] != '\n') to++;
        if (to < text.length) to++;
        list_add(arena, &lines, text_slice(text, from, to));
        from = to;
    }
    return lines;
}

static void add(Arena *arena, Edits *edits, EditKind kind, size_t old_line, size_t new_line)
{
    Edit edit = {kind, old_line, new_line};
    list_add(arena, edits, edit);
}

// The edits that replace all of a[from…] by all of b[from…].
static void replace_all(Arena *arena, Edits *edits, size_t from, size_t a_end, size_t b_end)
{
    for (size_t i = from; i < a_end; i++) add(arena, edits, REMOVE, i, from);
    for (size_t i = from; i < b_end; i++) add(arena, edits, ADD, a_end, i);
}

static bool down(const long *v, long k, long d)
{
    return k == -d || (k != d && v[k - 1] < v[k + 1]);
}

// Follows the saved rounds back from the end; the edits come out in reverse.
static void walk_back(Arena *arena, Edits *edits, long **rounds, long d, long n, long m,
                      size_t from)
{
    Edits reversed = {0};
    long x = n, y = m;
    for (; d > 0; d--) {
        const long *v = rounds[d];
        long k = x - y, previous = down(v, k, d) ? k + 1 : k - 1;
        long px = v[previous], py = px - previous;
        while (x > px && y > py) {
            x--, y--;
            add(arena, &reversed, KEEP, from + (size_t)x, from + (size_t)y);
        }
        if (x == px) {
            add(arena, &reversed, ADD, from + (size_t)x, from + (size_t)py);
        } else {
            add(arena, &reversed, REMOVE, from + (size_t)px, from + (size_t)y);
        }
        x = px, y = py;
    }
    while (x > 0) {
        x--, y--;
        add(arena, &reversed, KEEP, from + (size_t)x, from + (size_t)y);
    }
    for (size_t i = reversed.count; i > 0; i--) list_add(arena, edits, reversed.items[i - 1]);
}

static void search(Arena *arena, Edits *edits, Lines a, Lines b, size_t from, size_t a_end,
                   size_t b_end)
{
    long n = (long)(a_end - from), m = (long)(b_end - from);
    long most = n + m < DEPTH ? n + m : DEPTH;
    long **rounds = arena_array(arena, long *, (size_t)most + 1);
    long *v = arena_array(arena, long, (size_t)(2 * most + 3));
    v += most + 1;
    for (long d = 0; d <= most; d++) {
        size_t width = (size_t)(2 * d + 3);
        long *saved = arena_array(arena, long, width);
        memcpy(saved, v - d - 1, width * sizeof *saved);
        rounds[d] = saved + d + 1;
        for (long k = -d; k <= d; k += 2) {
            long x = down(v, k, d) ? v[k + 1] : v[k - 1] + 1, y = x - k;
            if (d == 0) x = y = 0;
            while (x < n && y < m &&
                   text_equal(a.items[from + (size_t)x], b.items[from + (size_t)y])) {
                x++, y++;
            }
            v[k] = x;
            if (x >= n && y >= m) {
                walk_back(arena, edits, rounds, d, n, m, from);
                return;
            }
        }
    }
    replace_all(arena, edits, from, a_end, b_end);
}

static Edits edits_of(Arena *arena, Lines a, Lines b)
{
    Edits edits = {0};
    size_t from = 0, a_end = a.count, b_end = b.count;
    while (from < a_end && from < b_end && text_equal(a.items[from], b.items[from])) {
        add(arena, &edits, KEEP, from, from);
        from++;
    }
    while (a_end > from && b_end > from && text_equal(a.items[a_end - 1], b.items[b_end - 1])) {
        a_end--, b_end--;
    }
    search(arena, &edits, a, b, from, a_end, b_end);
    for (size_t i = 0; a_end + i < a.count; i++) add(arena, &edits, KEEP, a_end + i, b_end + i);
    return edits;
}

static void print_line(FILE *out, bool colour, EditKind kind, Text line)
{
    static const char *colours[] = {"", "\033[31m", "\033[32m"};
    bool ended = text_ends(line, "\n");
    if (ended) line.length--;
    fprintf(out, "%s%c%.*s%s\n", colour ? colours[kind] : "", " -+"[kind], TEXT_ARG(line),
            colour && kind != KEEP ? "\033[0m" : "");
    if (!ended) fputs("\\ No newline at end of file\n", out);
}

static void print_hunk(FILE *out, bool colour, Lines a, Lines b, const Edit *edits, size_t count)
{
    size_t old_count = 0, new_count = 0;
    for (size_t i = 0; i < count; i++) {
        old_count += edits[i].kind != ADD;
        new_count += edits[i].kind != REMOVE;
    }
    fprintf(out, "%s@@ -%zu,%zu +%zu,%zu @@%s\n", colour ? "\033[36m" : "",
            edits[0].old_line + (old_count > 0), old_count, edits[0].new_line + (new_count > 0),
            new_count, colour ? "\033[0m" : "");
    for (size_t i = 0; i < count; i++) {
        bool added = edits[i].kind == ADD;
        print_line(out, colour, edits[i].kind,
                   added ? b.items[edits[i].new_line] : a.items[edits[i].old_line]);
    }
}

void diff_show(Arena *arena, FILE *out, bool colour, Text old_name, Text old_text, Text new_name,
               Text new_text)
{
    if (text_equal(old_text, new_text) && old_name.length && new_name.length) return;
    Lines a = lines_of(arena, old_text), b = lines_of(arena, new_text);
    Edits edits = edits_of(arena, a, b);
    fprintf(out, "%s--- %.*s\n+++ %.*s%s\n", colour ? "\033[1m" : "",
            TEXT_ARG(old_name.length ? old_name : TEXT("/dev/null")),
            TEXT_ARG(new_name.length ? new_name : TEXT("/dev/null")), colour ? "\033[0m" : "");
    for (size_t at = 0; at < edits.count;) {
        while (at < edits.count && edits.items[at].kind == KEEP) at++;
        if (at == edits.count) break;
        size_t from = at > CONTEXT ? at - CONTEXT : 0, to = at, kept = 0;
        for (; to < edits.count && kept <= 2 * CONTEXT; to++) {
            kept = edits.items[to].kind == KEEP ? kept + 1 : 0;
        }
        if (kept > CONTEXT) to -= kept - CONTEXT;
        print_hunk(out, colour, a, b, edits.items + from, to - from);
        at = to;
    }
}
