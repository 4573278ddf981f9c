// deploy/noise.c
#include "deploy/noise.h"

#include "compiler/evaluate/shape.h"

#include <ctype.h>

static const char *const words[] = {
    [NOISE_NOT] = "",
    [NOISE_READ_ONLY] = "only Azure sets it",
    [NOISE_DEFAULT] = "Azure's default",
    [NOISE_WRITE_ONLY] = "Azure does not tell its value",
    [NOISE_NO_EFFECT] = "no effect",
    [NOISE_CASE] = "the same, written differently",
    [NOISE_ORDER] = "only the order differs",
    [NOISE_EMPTY] = "empty is like none",
    [NOISE_UNKNOWN] = "known only during the deployment",
};

static const struct {
    const char *type, *path;
    NoiseKind kind;
    const char *value;
} noise_rows[] = {
#define NOISE(type, path, kind, value) {type, path, NOISE_##kind, value},
#include "deploy/noise.def"
#undef NOISE
};

const char *noise_words(NoiseKind kind)
{
    return words[kind];
}

// ---- comparing

static bool same_byte(char a, char b)
{
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

// "West Europe" and "westeurope" are one place.
static Text without_blanks(Arena *arena, Text text)
{
    TextBuffer out = {.arena = arena};
    for (size_t i = 0; i < text.length; i++) {
        if (text.at[i] != ' ') buffer_char(&out, text.at[i]);
    }
    return buffer_done(&out);
}

// * is anything without a dot or slash, ** is anything.
bool noise_glob(const char *pattern, Text text)
{
    if (!*pattern) return text.length == 0;
    if (*pattern != '*')
        return text.length && same_byte(*pattern, text.at[0]) &&
               noise_glob(pattern + 1, text_slice(text, 1, text.length));
    bool all = pattern[1] == '*';
    const char *rest = pattern + 1 + all;
    for (size_t i = 0; i <= text.length; i++) {
        if (noise_glob(rest, text_slice(text, i, text.length))) return true;
        if (i < text.length && !all && (text.at[i] == '.' || text.at[i] == '/')) return false;
    }
    return false;
}

// Of what Azure compares without regard to case: an ID, a choice; not a query, a script, a message.
static bool is_name(Text text)
{
    for (size_t i = 0; i < text.length; i++) {
        if (isspace((unsigned char)text.at[i])) return false;
    }
    return text.length <= 64 || text_starts(text, "/subscriptions/");
}

static bool loosely_equal(const Value *a, const Value *b);

// Each item of `a` has one of its own in `b`.
static bool same_items(Arena *arena, const Value *a, const Value *b)
{
    if (a->array.count != b->array.count) return false;
    bool *taken = arena_array(arena, bool, b->array.count + 1);
    for (size_t i = 0; i < a->array.count; i++) {
        size_t j = 0;
        while (j < b->array.count &&
               (taken[j] || !loosely_equal(a->array.items[i], b->array.items[j])))
            j++;
        if (j == b->array.count) return false;
        taken[j] = true;
    }
    return true;
}

// As Azure compares: names and enumerations without regard to case, 1 like 1.0.
static bool loosely_equal(const Value *a, const Value *b)
{
    if (a->kind == VALUE_STRING && b->kind == VALUE_STRING)
        return text_equal(a->string, b->string) ||
               (is_name(a->string) && text_alike(a->string, b->string));
    bool numbers = (a->kind == VALUE_INT && b->kind == VALUE_FLOAT) ||
                   (a->kind == VALUE_FLOAT && b->kind == VALUE_INT);
    if (numbers) {
        double left = a->kind == VALUE_INT ? (double)a->integer : a->number;
        return !(left < (b->kind == VALUE_INT ? (double)b->integer : b->number)) &&
               !(left > (b->kind == VALUE_INT ? (double)b->integer : b->number));
    }
    if (a->kind != b->kind) return false;
    if (a->kind == VALUE_ARRAY) {
        bool same = a->array.count == b->array.count;
        for (size_t i = 0; same && i < a->array.count; i++)
            same = loosely_equal(a->array.items[i], b->array.items[i]);
        return same;
    }
    if (a->kind != VALUE_OBJECT) return value_equal(a, b);
    if (a->object.count != b->object.count) return false;
    for (size_t i = 0; i < a->object.count; i++) {
        const Value *other = value_find(b, a->object.items[i].name);
        if (!other || !loosely_equal(a->object.items[i].value, other)) return false;
    }
    return true;
}

static bool is_empty(const Value *value)
{
    return !value || value->kind == VALUE_NULL ||
           (value->kind == VALUE_ARRAY && value->array.count == 0) ||
           (value->kind == VALUE_OBJECT && value->object.count == 0) ||
           (value->kind == VALUE_STRING && value->string.length == 0);
}

// ---- what is noise

static bool in_table(Arena *arena, Text type, const Delta *delta, NoiseKind *kind)
{
    for (size_t i = 0; i < sizeof noise_rows / sizeof *noise_rows; i++) {
        bool written = noise_rows[i].kind == NOISE_WRITE_ONLY;
        if (delta->kind != (written ? DELTA_CREATE : DELTA_DELETE)) continue;
        if (!noise_glob(noise_rows[i].path, delta->path) || !noise_glob(noise_rows[i].type, type))
            continue;
        Text error, wanted = text_of(noise_rows[i].value);
        const Value *value = wanted.length ? value_read_json(arena, wanted, &error) : NULL;
        if (value && (!delta->before || !loosely_equal(value, delta->before))) continue;
        *kind = noise_rows[i].kind;
        return true;
    }
    return false;
}

// What what-if could not evaluate stands there as the template's expression.
static bool is_expression(const Value *value)
{
    return value && value->kind == VALUE_STRING && text_starts(value->string, "[") &&
           text_ends(value->string, "]") && !text_starts(value->string, "[[");
}

// What goes from a list comes back elsewhere in it.
static bool only_moved(Arena *arena, const Delta *list)
{
    if (list->before && list->after && list->before->kind == VALUE_ARRAY &&
        list->after->kind == VALUE_ARRAY)
        return same_items(arena, list->before, list->after);
    Value *gone = value_array(arena), *come = value_array(arena);
    for (size_t i = 0; i < list->inner.count; i++) {
        const Delta *item = &list->inner.items[i];
        if (item->inner.count) return false;
        if (item->before) value_append(arena, gone, item->before);
        if (item->after) value_append(arena, come, item->after);
    }
    return gone->array.count && same_items(arena, gone, come);
}

static NoiseKind leaf_noise(Arena *arena, Text type, const Delta *delta)
{
    NoiseKind kind = NOISE_NOT;
    if (delta->kind == DELTA_NO_EFFECT) return NOISE_NO_EFFECT;
    if (in_table(arena, type, delta, &kind)) return kind;
    if (text_starts(delta->path, "tags")) return NOISE_NOT; // theirs are exact
    if (is_expression(delta->after) && delta->before) return NOISE_UNKNOWN;
    if (is_empty(delta->before) && is_empty(delta->after)) return NOISE_EMPTY;
    if (!delta->before || !delta->after) return NOISE_NOT;
    if (loosely_equal(delta->before, delta->after)) return NOISE_CASE;
    bool place = text_is(delta->path, "location") && delta->before->kind == VALUE_STRING &&
                 delta->after->kind == VALUE_STRING;
    if (place && text_alike(without_blanks(arena, delta->before->string),
                            without_blanks(arena, delta->after->string)))
        return NOISE_CASE;
    bool lists = delta->before->kind == VALUE_ARRAY && delta->after->kind == VALUE_ARRAY;
    return lists && same_items(arena, delta->before, delta->after) ? NOISE_ORDER : NOISE_NOT;
}

// Marks a tree; adds the noise in it to `changes` and `change`.
static void mark(Arena *arena, Changes *changes, Change *change, Delta *delta)
{
    NoiseKind kind = NOISE_NOT;
    if (!delta->inner.count) {
        delta->noise = leaf_noise(arena, change->type, delta);
    } else if (delta->kind == DELTA_ARRAY && only_moved(arena, delta)) {
        delta->noise = NOISE_ORDER;
    } else if (in_table(arena, change->type, delta, &kind)) {
        delta->noise = kind;
    } else {
        bool all = true;
        for (size_t i = 0; i < delta->inner.count; i++) {
            mark(arena, changes, change, &delta->inner.items[i]);
            all = all && delta->inner.items[i].noise;
        }
        delta->noise = all ? delta->inner.items[0].noise : NOISE_NOT;
        return;
    }
    if (!delta->noise) return;
    change->noise++;
    changes->reasons[delta->noise]++;
}

void noise_mark(Arena *arena, Changes *changes, Change *change)
{
    for (size_t i = 0; i < change->deltas.count; i++)
        mark(arena, changes, change, &change->deltas.items[i]);
}
