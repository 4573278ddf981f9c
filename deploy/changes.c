// deploy/changes.c: reads both forms of what-if's answer into one tree, marks in it what is no change,
// then shows it. A difference with differences in it is noise if all of them are.
#include "deploy/changes.h"

#include "base/map.h"
#include "compiler/evaluate/shape.h"
#include "deploy/paint.h"
#include "deploy/report.h"

#include <ctype.h>
#include <string.h>

enum { LONG_TEXT = 160 }; // longer values are only measured

typedef enum {
    CHANGE_DELETE,
    CHANGE_DETACH, // a stack no longer manages it; it stays
    CHANGE_MODIFY,
    CHANGE_CREATE,
    CHANGE_DEPLOY,
    CHANGE_UNSUPPORTED,
    CHANGE_NONE,
    CHANGE_IGNORE,
    CHANGE_COUNT,
} ChangeKind;

static const char *const kind_names[] = {"delete", "detach",      "modify",   "create",
                                         "deploy", "unsupported", "noChange", "ignore"};

typedef enum { DELTA_DELETE, DELTA_CREATE, DELTA_MODIFY, DELTA_ARRAY, DELTA_NO_EFFECT } DeltaKind;

static const char *const delta_names[] = {"delete", "create", "modify", "array", "noEffect"};

// Why a difference is none.
typedef enum {
    NOISE_NOT,
    NOISE_READ_ONLY,
    NOISE_DEFAULT,
    NOISE_WRITE_ONLY,
    NOISE_NO_EFFECT,
    NOISE_CASE,
    NOISE_ORDER,
    NOISE_EMPTY,
    NOISE_UNKNOWN,
    NOISE_COUNT,
} NoiseKind;

static const char *const noise_words[] = {
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

typedef struct Delta Delta;
typedef struct {
    Delta *items;
    size_t count, room;
} Deltas;

struct Delta {
    Text label, path; // as it stands there; with those of the differences around it
    DeltaKind kind;
    const Value *before, *after; // NULL: none
    Deltas inner;
    NoiseKind noise;
};

typedef struct {
    ChangeKind kind;
    Text id, symbol, section, type, name, reason;
    bool perhaps; // a stack's what-if is not sure
    Deltas deltas;
    size_t noise; // differences that are none
} Change;

typedef struct {
    Change *items;
    size_t count, room;
    size_t kinds[CHANGE_COUNT];
    size_t reasons[NOISE_COUNT]; // differences that are none, by why
    size_t only_noise;           // resources in which nothing else differs
} Changes;

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
static bool glob(const char *pattern, Text text)
{
    if (!*pattern) return text.length == 0;
    if (*pattern != '*')
        return text.length && same_byte(*pattern, text.at[0]) &&
               glob(pattern + 1, text_slice(text, 1, text.length));
    bool all = pattern[1] == '*';
    const char *rest = pattern + 1 + all;
    for (size_t i = 0; i <= text.length; i++) {
        if (glob(rest, text_slice(text, i, text.length))) return true;
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
        if (!glob(noise_rows[i].path, delta->path) || !glob(noise_rows[i].type, type)) continue;
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

// ---- reading

static size_t index_of(Text name, const char *const names[], size_t count, size_t otherwise)
{
    for (size_t i = 0; i < count; i++) {
        if (text_alike(name, text_of(names[i]))) return i;
    }
    return otherwise;
}

static const Value *some(const Value *value)
{
    return value && value->kind != VALUE_NULL ? value : NULL;
}

static Deltas read_deltas(Arena *arena, const Value *list, Text around)
{
    Deltas deltas = {0};
    for (size_t i = 0; list && list->kind == VALUE_ARRAY && i < list->array.count; i++) {
        const Value *item = list->array.items[i];
        Text kind = shape_text(item, "propertyChangeType");
        if (!kind.length) kind = shape_text(item, "changeType");
        Delta delta = {.label = shape_text(item, "path"),
                       .kind = (DeltaKind)index_of(kind, delta_names, 5, DELTA_MODIFY),
                       .before = some(shape_at(item, "before")),
                       .after = some(shape_at(item, "after"))};
        delta.path = around.length
                         ? text_format(arena, "%.*s.%.*s", TEXT_ARG(around), TEXT_ARG(delta.label))
                         : delta.label;
        delta.inner = read_deltas(arena, shape_at(item, "children"), delta.path);
        list_add(arena, &deltas, delta);
    }
    return deltas;
}

// Microsoft.Compute/virtualMachines/extensions of an ID; `name`: the last name in it.
static Text type_of(Arena *arena, Text id, Text *name)
{
    TextBuffer type = {.arena = arena};
    size_t from = 0, word = 0;
    bool provider = false;
    *name = (Text){0};
    for (size_t at = 0; at <= id.length; at++) {
        if (at < id.length && id.at[at] != '/') continue;
        Text part = text_slice(id, from, at);
        from = at + 1;
        if (text_alike(part, TEXT("providers"))) { // the last one is the resource's own
            provider = true;
            word = 0;
            type.count = 0;
            continue;
        }
        if (provider && word == 0) buffer_text(&type, part);
        if (provider && word % 2 == 1) buffer_format(&type, "/%.*s", TEXT_ARG(part));
        if (part.length) *name = part;
        word++;
    }
    return type.count ? buffer_done(&type) : TEXT("Microsoft.Resources/resourceGroups");
}

static bool real(const Deltas *deltas)
{
    for (size_t i = 0; i < deltas->count; i++) {
        if (!deltas->items[i].noise) return true;
    }
    return false;
}

static Changes read_changes(Arena *arena, const Value *list, const Value *sections)
{
    Changes changes = {0};
    for (size_t i = 0; list && list->kind == VALUE_ARRAY && i < list->array.count; i++) {
        const Value *item = list->array.items[i];
        Change change = {.id = shape_text(item, "resourceId"),
                         .symbol = shape_text(item, "symbolicName"),
                         .reason = shape_text(item, "unsupportedReason")};
        if (!change.id.length) change.id = shape_text(item, "id");
        Text kind = shape_text(item, "changeType");
        change.kind = (ChangeKind)index_of(kind, kind_names, CHANGE_COUNT, CHANGE_UNSUPPORTED);
        change.perhaps = text_alike(shape_text(item, "changeCertainty"), TEXT("potential"));
        change.type = type_of(arena, change.id, &change.name);
        const Value *section = sections && sections->kind == VALUE_OBJECT && change.symbol.length
                                   ? value_get(sections, change.symbol)
                                   : NULL;
        if (section && section->kind == VALUE_STRING) change.section = section->string;
        if (!change.symbol.length) change.symbol = change.name;
        const Value *delta = shape_at(item, "resourceConfigurationChanges.delta");
        change.deltas = read_deltas(arena, delta ? delta : shape_at(item, "delta"), (Text){0});
        for (size_t d = 0; d < change.deltas.count; d++)
            mark(arena, &changes, &change, &change.deltas.items[d]);
        if (change.kind == CHANGE_MODIFY && change.noise && !real(&change.deltas))
            changes.only_noise++;
        else
            changes.kinds[change.kind]++;
        list_add(arena, &changes, change);
    }
    return changes;
}

static bool differs(const Changes *changes)
{
    for (size_t kind = 0; kind < CHANGE_UNSUPPORTED; kind++) {
        if (changes->kinds[kind]) return true;
    }
    return false;
}

bool changes_any(Arena *arena, const Value *changes)
{
    Changes read = read_changes(arena, changes, NULL);
    return differs(&read);
}

// ---- showing

static const struct {
    const char *mark, *title, *count;
    Paint paint;
} looks[] = {
    [CHANGE_DELETE] = {"-", "Delete", "to delete", PAINT_BAD},
    [CHANGE_DETACH] = {"v", "Detach (stays, but is no longer managed)", "to detach", PAINT_CHANGE},
    [CHANGE_MODIFY] = {"~", "Modify", "to modify", PAINT_CHANGE},
    [CHANGE_CREATE] = {"+", "Create", "to create", PAINT_GOOD},
    [CHANGE_DEPLOY] = {"!", "Deploy (what changes is not known)", "to deploy", PAINT_BUSY},
    [CHANGE_UNSUPPORTED] = {"x", "Not foreseen", "not foreseen", PAINT_FAINT},
    [CHANGE_NONE] = {"=", "No change", "unchanged", PAINT_FAINT},
    [CHANGE_IGNORE] = {"*", "Not touched", "not touched", PAINT_FAINT},
};

typedef struct {
    Painter painter;
    Arena *arena;
    bool all;
    size_t columns;         // of the window; 0: no end
    size_t section, symbol; // width of these columns
} View;

// Nobody reads these, and nobody should.
static bool is_secret(Text type, Text path)
{
    return glob("**password", path) || glob("**protectedSettings**", path) ||
           (glob("Microsoft.KeyVault/vaults/secrets", type) && glob("properties.value", path));
}

static Text value_text(View *view, Text type, const Delta *delta, const Value *value)
{
    if (is_secret(type, delta->path)) return TEXT("(secret)");
    Text text = report_ids(view->arena, shape_json(view->arena, value));
    if (text.length <= LONG_TEXT) return text;
    return text_format(view->arena, "(%zu characters)", text.length);
}

// On a line of its own where it does not fit; never cut.
static void paint_values(View *view, Text type, const Delta *delta, size_t indent)
{
    Painter *painter = &view->painter;
    Text before = delta->before ? value_text(view, type, delta, delta->before) : TEXT("");
    Text after = delta->after ? value_text(view, type, delta, delta->after) : TEXT("");
    size_t width = paint_width(painter, before) + paint_width(painter, after) + 5;
    paint(painter, PAINT_PLAIN, TEXT(":"));
    if (view->columns && painter->column + width > view->columns) {
        paint_line(painter);
        paint_to(painter, indent + 4);
    } else {
        paint(painter, PAINT_PLAIN, TEXT(" "));
    }
    paint(painter, PAINT_PLAIN, before);
    if (before.length && after.length) paint(painter, PAINT_FAINT, TEXT(" → "));
    paint(painter, PAINT_PLAIN, after);
}

// properties.subnets + 0 + name → properties.subnets[0].name
static Text joined_label(View *view, Text before, const Delta *delta)
{
    Text label = report_ids(view->arena, delta->label);
    bool position = label.length && isdigit((unsigned char)label.at[0]);
    TextBuffer out = {.arena = view->arena};
    buffer_text(&out, before);
    buffer_string(&out, position ? "[" : before.length ? "." : "");
    buffer_text(&out, label);
    buffer_string(&out, position ? "]" : "");
    return buffer_done(&out);
}

// The only difference within that is shown; NULL: there are none, or several.
static const Delta *only_inner(const View *view, const Delta *delta)
{
    const Delta *only = NULL;
    for (size_t i = 0; i < delta->inner.count; i++) {
        if (delta->inner.items[i].noise && !view->all) continue;
        if (only) return NULL;
        only = &delta->inner.items[i];
    }
    return only;
}

static void show_delta(View *view, Text type, const Delta *delta, size_t indent)
{
    static const struct {
        const char *mark;
        Paint paint;
    } marks[] = {[DELTA_DELETE] = {"- ", PAINT_BAD},
                 [DELTA_CREATE] = {"+ ", PAINT_GOOD},
                 [DELTA_MODIFY] = {"~ ", PAINT_CHANGE},
                 [DELTA_ARRAY] = {"~ ", PAINT_CHANGE},
                 [DELTA_NO_EFFECT] = {"= ", PAINT_FAINT}};
    if (delta->noise && !view->all) return;
    Painter *painter = &view->painter;
    Text label = joined_label(view, (Text){0}, delta);
    for (const Delta *only = only_inner(view, delta); only; only = only_inner(view, delta)) {
        label = joined_label(view, label, only);
        delta = only;
    }
    painter->limit = 0; // a value that is cut would say nothing
    paint_to(painter, indent);
    paint(painter, delta->noise ? PAINT_FAINT : marks[delta->kind].paint,
          text_of(marks[delta->kind].mark));
    paint(painter, PAINT_PLAIN, label);
    if (!delta->inner.count) paint_values(view, type, delta, indent);
    if (delta->noise && (!delta->inner.count || delta->noise == NOISE_ORDER))
        paint_format(painter, PAINT_FAINT, "  (%s)", noise_words[delta->noise]);
    paint_line(painter);
    painter->limit = view->columns;
    for (size_t i = 0; i < delta->inner.count; i++)
        show_delta(view, type, &delta->inner.items[i], indent + 4);
}

static void show_change(View *view, const Change *change)
{
    Painter *painter = &view->painter;
    paint_to(painter, 2);
    paint(painter, looks[change->kind].paint, text_of(looks[change->kind].mark));
    paint(painter, PAINT_PLAIN, TEXT(" "));
    paint(painter, PAINT_PLAIN, change->section);
    paint_to(painter, 4 + view->section);
    paint(painter, PAINT_STRONG, change->symbol);
    paint_to(painter, 4 + view->section + view->symbol);
    paint(painter, PAINT_FAINT, report_type(view->arena, change->type));
    if (!text_equal(change->name, change->symbol) && change->kind != CHANGE_UNSUPPORTED)
        paint_format(painter, PAINT_FAINT, "  %.*s", TEXT_ARG(change->name));
    if (change->perhaps) paint(painter, PAINT_CHANGE, TEXT("  perhaps"));
    paint_line(painter);
    if (change->reason.length) {
        paint_to(painter, 6);
        paint_words(painter, PAINT_FAINT, change->reason);
        paint_line(painter);
    }
    if (change->kind != CHANGE_MODIFY) return;
    for (size_t i = 0; i < change->deltas.count; i++)
        show_delta(view, change->type, &change->deltas.items[i], 6);
}

static bool is_shown(const View *view, const Change *change)
{
    return change->kind != CHANGE_MODIFY || view->all || !change->noise || real(&change->deltas);
}

// A section a paragraph, since a first deployment makes dozens.
static void show_created(View *view, const Changes *changes)
{
    Map seen = {0};
    Painter *painter = &view->painter;
    for (size_t i = 0; i < changes->count; i++) {
        Text section = changes->items[i].section;
        if (changes->items[i].kind != CHANGE_CREATE || map_has(&seen, section)) continue;
        map_put(view->arena, &seen, section, view);
        paint_to(painter, 4);
        paint(painter, PAINT_PLAIN, section);
        paint_to(painter, 4 + view->section);
        size_t indent = painter->column;
        for (size_t j = i; j < changes->count; j++) {
            const Change *change = &changes->items[j];
            if (change->kind != CHANGE_CREATE || !text_equal(change->section, section)) continue;
            size_t width = 3 + paint_width(painter, change->symbol);
            if (painter->column > indent && view->columns &&
                painter->column + width > view->columns) {
                paint_line(painter);
                paint_to(painter, indent);
            }
            if (painter->column > indent) paint(painter, PAINT_PLAIN, TEXT(" "));
            paint(painter, PAINT_GOOD, TEXT("+ "));
            paint(painter, PAINT_PLAIN, change->symbol);
        }
        paint_line(painter);
    }
}

static void show_kind(View *view, const Changes *changes, ChangeKind kind)
{
    size_t count = 0;
    for (size_t i = 0; i < changes->count; i++) {
        const Change *change = &changes->items[i];
        count += change->kind == kind && is_shown(view, change);
    }
    if (!count) return;
    paint_format(&view->painter, looks[kind].paint, "%s", looks[kind].title);
    paint_format(&view->painter, PAINT_PLAIN, " %zu", count);
    paint_line(&view->painter);
    if (kind == CHANGE_CREATE && !view->all) {
        show_created(view, changes);
        return;
    }
    for (size_t i = 0; i < changes->count; i++) {
        if (changes->items[i].kind == kind && is_shown(view, &changes->items[i]))
            show_change(view, &changes->items[i]);
    }
}

static void show_counts(View *view, const Changes *changes)
{
    Painter *painter = &view->painter;
    TextBuffer line = {.arena = view->arena};
    for (size_t kind = 0; kind < CHANGE_COUNT; kind++) {
        size_t count = changes->kinds[kind];
        if (kind == CHANGE_NONE) count += changes->only_noise;
        if (!count) continue;
        if (line.count) buffer_string(&line, ", ");
        buffer_format(&line, "%zu %s", count, looks[kind].count);
    }
    paint_words(painter, PAINT_STRONG, line.count ? buffer_done(&line) : TEXT("Nothing is there"));
    paint_line(painter);
    TextBuffer reasons = {.arena = view->arena};
    size_t noise = 0;
    for (size_t kind = NOISE_NOT + 1; kind < NOISE_COUNT; kind++) {
        if (!changes->reasons[kind]) continue;
        noise += changes->reasons[kind];
        buffer_format(&reasons, "%s%zu %s", reasons.count ? "; " : "", changes->reasons[kind],
                      noise_words[kind]);
    }
    if (!noise) return;
    Text text = text_format(
        view->arena, "%zu %s none (%.*s)%s", noise,
        noise == 1 ? "difference that Azure reports is" : "differences that Azure reports are",
        TEXT_ARG(buffer_done(&reasons)), view->all ? "" : "; --verbose shows them");
    paint_words(painter, PAINT_FAINT, text);
    paint_line(painter);
}

static void measure(View *view, const Changes *changes)
{
    for (size_t i = 0; i < changes->count; i++) {
        const Change *change = &changes->items[i];
        size_t section = paint_width(&view->painter, change->section);
        size_t symbol = paint_width(&view->painter, change->symbol);
        bool listed = change->kind < CHANGE_NONE && is_shown(view, change);
        if (listed && section + 2 > view->section) view->section = section + 2;
        bool line = view->all || change->kind != CHANGE_CREATE;
        if (listed && line && symbol + 2 > view->symbol) view->symbol = symbol + 2;
    }
    if (view->section == 2) view->section = 0;
}

bool changes_show(FILE *out, Arena *arena, const Value *changes, const Value *sections, bool colour,
                  bool all)
{
    Changes read = read_changes(arena, changes, sections);
    TextBuffer text = {.arena = arena};
    View view = {.arena = arena, .all = all, .columns = paint_columns(fileno(out))};
    view.painter = (Painter){&text, colour, paint_wants_utf8(), view.columns, 0};
    measure(&view, &read);
    for (size_t kind = 0; kind < CHANGE_NONE; kind++) show_kind(&view, &read, (ChangeKind)kind);
    show_counts(&view, &read);
    fwrite(text.items, 1, text.count, out);
    fflush(out);
    return differs(&read);
}

// ---- JSON

static void value_member(JsonWriter *json, const char *key, const Value *value, bool secret)
{
    if (!value) return;
    json_key(json, text_of(key));
    if (secret)
        json_text(json, TEXT("(secret)"));
    else
        value_write_json(json, value);
}

// Leaves only, with whole paths.
static void write_deltas(JsonWriter *json, Text type, const Deltas *deltas)
{
    for (size_t i = 0; i < deltas->count; i++) {
        const Delta *delta = &deltas->items[i];
        bool inside = delta->inner.count && delta->noise != NOISE_ORDER;
        if (inside) {
            write_deltas(json, type, &delta->inner);
            continue;
        }
        bool secret = is_secret(type, delta->path);
        json_begin_object(json);
        json_member(json, "path", delta->path);
        json_member(json, "change", text_of(delta_names[delta->kind]));
        value_member(json, "before", delta->before, secret);
        value_member(json, "after", delta->after, secret);
        json_member(json, "noise", text_of(noise_words[delta->noise]));
        json_end_object(json);
    }
}

static void write_counts(JsonWriter *json, const Changes *changes)
{
    json_begin_object(json);
    for (size_t kind = 0; kind < CHANGE_NONE; kind++) {
        json_key(json, text_of(kind_names[kind]));
        json_int(json, (int64_t)changes->kinds[kind]);
    }
    json_key(json, TEXT("unchanged"));
    json_int(json, (int64_t)(changes->kinds[CHANGE_NONE] + changes->only_noise));
    size_t noise = 0;
    for (size_t kind = 0; kind < NOISE_COUNT; kind++) noise += changes->reasons[kind];
    json_key(json, TEXT("noise"));
    json_int(json, (int64_t)noise);
    json_end_object(json);
}

void changes_write_json(JsonWriter *json, Arena *arena, const Value *changes, const Value *sections)
{
    Changes read = read_changes(arena, changes, sections);
    json_key(json, TEXT("differs"));
    json_bool(json, differs(&read));
    json_key(json, TEXT("counts"));
    write_counts(json, &read);
    json_key(json, TEXT("changes"));
    json_begin_array(json);
    for (size_t kind = 0; kind < CHANGE_COUNT; kind++) {
        for (size_t i = 0; i < read.count; i++) {
            const Change *change = &read.items[i];
            if (change->kind != (ChangeKind)kind) continue;
            json_begin_object(json);
            json_member(json, "change", text_of(kind_names[kind]));
            json_member(json, "symbol", change->symbol);
            json_member(json, "section", change->section);
            json_member(json, "type", change->type);
            json_member(json, "id", change->id);
            json_member(json, "unsupported", change->reason);
            if (change->deltas.count) {
                json_key(json, TEXT("delta"));
                json_begin_array(json);
                write_deltas(json, change->type, &change->deltas);
                json_end_array(json);
            }
            json_end_object(json);
        }
    }
    json_end_array(json);
}
