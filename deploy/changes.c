// deploy/changes.c: shows what-if's answer: as lines for people, as JSON for programs.
#include "deploy/changes.h"

#include "base/map.h"
#include "compiler/evaluate/shape.h"
#include "deploy/noise.h"
#include "deploy/paint.h"
#include "deploy/report.h"

#include <ctype.h>

enum { LONG_TEXT = 160 }; // longer values are only measured

bool changes_any(Arena *arena, const Value *changes)
{
    Changes read = changelist_read(arena, changes, NULL);
    return changelist_differs(&read);
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
    return noise_glob("**password", path) || noise_glob("**protectedSettings**", path) ||
           (noise_glob("Microsoft.KeyVault/vaults/secrets", type) &&
            noise_glob("properties.value", path));
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
        paint_format(painter, PAINT_FAINT, "  (%s)", noise_words(delta->noise));
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
    return change->kind != CHANGE_MODIFY || view->all || !change->noise ||
           changelist_real(&change->deltas);
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
                      noise_words((NoiseKind)kind));
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
    Changes read = changelist_read(arena, changes, sections);
    TextBuffer text = {.arena = arena};
    View view = {.arena = arena, .all = all, .columns = paint_columns(fileno(out))};
    view.painter = (Painter){&text, colour, paint_wants_utf8(), view.columns, 0};
    measure(&view, &read);
    for (size_t kind = 0; kind < CHANGE_NONE; kind++) show_kind(&view, &read, (ChangeKind)kind);
    show_counts(&view, &read);
    fwrite(text.items, 1, text.count, out);
    fflush(out);
    return changelist_differs(&read);
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
        json_member(json, "change", text_of(changelist_delta(delta->kind)));
        value_member(json, "before", delta->before, secret);
        value_member(json, "after", delta->after, secret);
        json_member(json, "noise", text_of(noise_words(delta->noise)));
        json_end_object(json);
    }
}

static void write_counts(JsonWriter *json, const Changes *changes)
{
    json_begin_object(json);
    for (size_t kind = 0; kind < CHANGE_NONE; kind++) {
        json_key(json, text_of(changelist_kind((ChangeKind)kind)));
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
    Changes read = changelist_read(arena, changes, sections);
    json_key(json, TEXT("differs"));
    json_bool(json, changelist_differs(&read));
    json_key(json, TEXT("counts"));
    write_counts(json, &read);
    json_key(json, TEXT("changes"));
    json_begin_array(json);
    for (size_t kind = 0; kind < CHANGE_COUNT; kind++) {
        for (size_t i = 0; i < read.count; i++) {
            const Change *change = &read.items[i];
            if (change->kind != (ChangeKind)kind) continue;
            json_begin_object(json);
            json_member(json, "change", text_of(changelist_kind((ChangeKind)kind)));
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
