// deploy/picture.c: a section of the description a paragraph, a step a row; where the window is too low,
// sections fold. Below, what all wait for, and a bar.
#include "deploy/picture.h"
#include "deploy/report.h"

// How much of a section is shown.
typedef enum {
    FOLD_OPEN, // each step
    FOLD_BUSY, // what runs or failed; one line for all else
    FOLD_SHUT, // one line
    FOLD_AWAY, // counted in one line for several sections
} Fold;

typedef struct {
    Arena *arena;
    const Progress *progress;
    Window window;                           // less a column that stays free
    size_t section, name, type, usual, time; // where each column begins
    Rows rows;
} Picture;

static Painter begin_row(Picture *picture)
{
    TextBuffer *row = arena_new(picture->arena, TextBuffer);
    row->arena = picture->arena;
    return (Painter){row, picture->window.colour, picture->window.utf8, picture->window.columns, 0};
}

static void end_row(Picture *picture, Painter *painter)
{
    list_add(picture->arena, &picture->rows, buffer_done(painter->out));
}

static void empty_row(Picture *picture)
{
    list_add(picture->arena, &picture->rows, (Text){0});
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

// The columns: section, mark, name, type, and right-aligned the time; narrow windows lose the type.
static void measure(Picture *picture, const Groups *groups)
{
    Painter painter = {.utf8 = picture->window.utf8};
    const Progress *progress = picture->progress;
    size_t section = 0, name = 0, type = 0;
    bool usual = false;
    for (size_t i = 0; i < groups->count; i++)
        section = larger(section, paint_width(&painter, groups->items[i].name));
    for (size_t i = 0; i < progress->count; i++) {
        const Step *step = &progress->steps[i];
        name = larger(name, paint_width(&painter, step->symbol));
        type = larger(type, paint_width(&painter, report_type(picture->arena, step->type)));
        usual = usual || step->usual > 0;
    }
    size_t width = picture->window.columns;
    if (width < 90) type = smaller(type, 18);
    section = width < 24 ? 0 : smaller(section, width < 60 ? 10 : 16);
    picture->section = section ? section + 2 : 0;
    picture->name = picture->section + 2;
    bool wide = width >= 60;
    size_t times = usual && wide ? 16 : 8; // "  1:02:03 of 1:00:00"
    size_t room = width > picture->name + times ? width - picture->name - times : 1;
    name = smaller(name + 2, wide && room > 40 ? room - smaller(room / 2, type + 1) : room);
    picture->type = picture->name + name;
    picture->time = smaller(picture->type + (wide ? type + 10 : 8), width);
    if (picture->time + (times - 8) > width)
        picture->time = width > times - 8 ? width - (times - 8) : width;
    picture->usual = usual && wide ? picture->time + 1 : 0;
    if (!wide) picture->type = 0, picture->time = width;
}

static void part(Painter *painter, Paint how, Text text, size_t end)
{
    size_t limit = painter->limit;
    painter->limit = smaller(limit, larger(end, painter->column));
    paint(painter, how, text);
    painter->limit = limit;
}

static void right(Painter *painter, Paint how, Text text, size_t end)
{
    if (!text.length || end < text.length) return;
    paint_to(painter, end - text.length);
    paint(painter, how, text);
}

static void section_part(Picture *picture, Painter *painter, const Group *group, bool first)
{
    if (!picture->section) return;
    if (first) part(painter, PAINT_STRONG, group->name, picture->section - 1);
    paint_to(painter, picture->section);
}

static void step_row(Picture *picture, const Group *group, const Step *step, bool first)
{
    Painter painter = begin_row(picture);
    bool idle = step->state == STEP_WAITING;
    Paint plain = idle ? PAINT_FAINT : PAINT_PLAIN;
    section_part(picture, &painter, group, first);
    paint(&painter, report_paint(step->state), report_mark(step->state));
    paint_to(&painter, picture->name);
    size_t end = picture->type ? picture->type : picture->time - 8;
    part(&painter, plain, step->symbol, end - 1);
    if (picture->type) {
        paint_to(&painter, picture->type);
        if (step->code.length)
            part(&painter, PAINT_BAD, step->code, picture->time - 8);
        else
            part(&painter, PAINT_FAINT, report_type(picture->arena, step->type), picture->time - 8);
    }
    if (step->state == STEP_WAITING && step->waits_for.length && picture->type) {
        paint_to(&painter, picture->time - 7);
        paint_format(&painter, PAINT_FAINT, "waits for %.*s", TEXT_ARG(step->waits_for));
    }
    if (step->begun > 0) {
        Text time = progress_time(picture->arena, report_seconds(picture->progress, step));
        right(&painter, step->state == STEP_RUNNING ? PAINT_BUSY : PAINT_PLAIN, time,
              picture->time);
    }
    if (picture->usual && step->state == STEP_RUNNING && step->usual > 0) {
        Text usual = progress_time(picture->arena, step->usual);
        paint_format(&painter, PAINT_FAINT, " of %.*s", TEXT_ARG(usual));
    }
    end_row(picture, &painter);
}

static StepState state_of(const size_t states[])
{
    if (states[STEP_FAILED]) return STEP_FAILED;
    if (states[STEP_CANCELED]) return STEP_CANCELED;
    if (states[STEP_RUNNING]) return STEP_RUNNING;
    return states[STEP_WAITING] ? STEP_WAITING : STEP_DONE;
}

// "1 failed, 2 running, 3 done, 4 waiting"
static void counts(Painter *painter, const size_t states[], Paint plain)
{
    static const struct {
        StepState state;
        const char *word;
    } order[] = {{STEP_FAILED, "failed"},
                 {STEP_CANCELED, "canceled"},
                 {STEP_RUNNING, "running"},
                 {STEP_DONE, "done"},
                 {STEP_WAITING, "waiting"}};
    bool first = true;
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        size_t count = states[order[i].state];
        if (!count) continue;
        Paint how = order[i].state == STEP_FAILED ? PAINT_BAD : plain;
        paint_format(painter, how, "%s%zu %s", first ? "" : ", ", count, order[i].word);
        first = false;
    }
}

// From the first that began to the last that ended.
static double group_seconds(const Progress *progress, const Group *group)
{
    double from = 0, to = 0;
    for (size_t i = 0; i < group->count; i++) {
        const Step *step = group->items[i];
        if (step->begun <= 0) continue;
        double end = step->ended > 0 ? step->ended : progress->now;
        if (from <= 0 || step->begun < from) from = step->begun;
        if (end > to) to = end;
    }
    return to - from;
}

static void shut_row(Picture *picture, const Group *group, const size_t states[], bool first)
{
    StepState state = state_of(states);
    Painter painter = begin_row(picture);
    section_part(picture, &painter, group, first);
    paint(&painter, report_paint(state), report_mark(state));
    paint_to(&painter, picture->name);
    size_t limit = painter.limit;
    painter.limit = smaller(limit, picture->time - 8);
    counts(&painter, states, PAINT_FAINT);
    painter.limit = limit;
    if (first && !states[STEP_WAITING] && !states[STEP_RUNNING]) {
        double seconds = group_seconds(picture->progress, group);
        right(&painter, PAINT_PLAIN, progress_time(picture->arena, seconds), picture->time);
    }
    end_row(picture, &painter);
}

static bool busy(const Step *step)
{
    return step->state != STEP_WAITING && step->state != STEP_DONE;
}

static size_t busy_count(const Group *group)
{
    return group->count - group->states[STEP_WAITING] - group->states[STEP_DONE];
}

static size_t height(const Group *group, Fold fold)
{
    switch (fold) {
    case FOLD_OPEN: return group->count;
    case FOLD_BUSY: return busy_count(group) + 1;
    case FOLD_SHUT: return 1;
    case FOLD_AWAY: return 0;
    }
    return 0;
}

typedef enum { GROUP_DONE, GROUP_WAITING, GROUP_MIXED } GroupKind;

static GroupKind kind_of(const Group *group)
{
    if (group->states[STEP_DONE] == group->count) return GROUP_DONE;
    return group->states[STEP_WAITING] == group->count ? GROUP_WAITING : GROUP_MIXED;
}

// What each pass over the sections folds, and how far, until all fits; some begin with the last one.
static const struct {
    GroupKind kind;
    Fold to;
    bool backwards;
} passes[] = {
    {GROUP_WAITING, FOLD_SHUT, true}, {GROUP_MIXED, FOLD_BUSY, false},
    {GROUP_MIXED, FOLD_SHUT, true},   {GROUP_DONE, FOLD_AWAY, false},
    {GROUP_WAITING, FOLD_AWAY, true}, {GROUP_MIXED, FOLD_AWAY, true},
};

// If not everything fits, what is done folds at once and for good, since a picture that is calm is
// easier to read; the rest no more than needed.
static void fold(const Groups *groups, Fold folds[], size_t room)
{
    size_t all = 0, total = 0, away = 0;
    for (size_t i = 0; i < groups->count; i++) all += groups->items[i].count;
    for (size_t i = 0; i < groups->count; i++) {
        bool shut = all > room && kind_of(&groups->items[i]) == GROUP_DONE;
        folds[i] = shut ? FOLD_SHUT : FOLD_OPEN;
        total += height(&groups->items[i], folds[i]);
    }
    for (size_t pass = 0; pass < sizeof passes / sizeof *passes; pass++) {
        for (size_t n = 0; n < groups->count && total + (away > 0) > room; n++) {
            size_t i = passes[pass].backwards ? groups->count - 1 - n : n;
            const Group *group = &groups->items[i];
            size_t now = height(group, folds[i]), then = height(group, passes[pass].to);
            if (kind_of(group) != passes[pass].kind || then >= now) continue;
            folds[i] = passes[pass].to;
            total -= now - then;
            away += passes[pass].to == FOLD_AWAY;
        }
    }
    // The last one may have given more room than was needed.
    for (size_t i = 0; i < groups->count; i++) {
        const Group *group = &groups->items[i];
        size_t open = total - height(group, folds[i]) + group->count + (away > 0);
        if (kind_of(group) != GROUP_MIXED || folds[i] == FOLD_AWAY || open > room) continue;
        total += group->count - height(group, folds[i]);
        folds[i] = FOLD_OPEN;
    }
}

static void group_rows(Picture *picture, const Group *group, Fold folded)
{
    if (folded == FOLD_AWAY) return;
    if (folded == FOLD_SHUT) {
        shut_row(picture, group, group->states, true);
        return;
    }
    bool first = true;
    for (size_t i = 0; i < group->count; i++) {
        if (folded == FOLD_BUSY && !busy(group->items[i])) continue;
        step_row(picture, group, group->items[i], first);
        first = false;
    }
    if (folded != FOLD_BUSY) return;
    const size_t rest[STEP_CANCELED + 1] = {
        [STEP_DONE] = group->states[STEP_DONE], [STEP_WAITING] = group->states[STEP_WAITING]};
    shut_row(picture, group, rest, first);
}

static void away_row(Picture *picture, const Groups *groups, const Fold folds[])
{
    size_t states[STEP_CANCELED + 1] = {0}, away = 0;
    for (size_t i = 0; i < groups->count; i++) {
        if (folds[i] != FOLD_AWAY) continue;
        away++;
        for (size_t s = 0; s <= STEP_CANCELED; s++) states[s] += groups->items[i].states[s];
    }
    if (!away) return;
    Painter painter = begin_row(picture);
    paint_format(&painter, PAINT_FAINT, "%zu more %s: ", away, away == 1 ? "section" : "sections");
    counts(&painter, states, PAINT_FAINT);
    end_row(picture, &painter);
}

// What all wait for; or what the follower waits for.
static void reason_row(Picture *picture)
{
    const Progress *progress = picture->progress;
    const Step *longest = report_longest(progress);
    Painter painter = begin_row(picture);
    if (progress->note.length) {
        paint(&painter, PAINT_CHANGE, progress->note);
    } else if (longest) {
        Text since = progress_time(picture->arena, report_seconds(progress, longest));
        size_t others = report_waiting_for(progress, longest);
        paint(&painter, PAINT_FAINT, TEXT("slowest: "));
        paint(&painter, PAINT_PLAIN, longest->symbol);
        paint_format(&painter, PAINT_FAINT, ", for %.*s", TEXT_ARG(since));
        if (longest->usual > 0)
            paint_format(&painter, PAINT_FAINT, " of usually %.*s",
                         TEXT_ARG(progress_time(picture->arena, longest->usual)));
        if (others)
            paint_format(&painter, PAINT_FAINT, "; %zu %s for it", others,
                         others == 1 ? "waits" : "wait");
    }
    end_row(picture, &painter);
}

static Text left_text(Arena *arena, double left)
{
    if (left < 0.5) return (Text){0};
    long seconds = (long)(left + 0.5);
    if (seconds < 55) return text_format(arena, "about %ld s left", (seconds + 9) / 10 * 10);
    return text_format(arena, "about %ld min left", (seconds + 30) / 60);
}

static void bar_piece(Picture *picture, Painter *painter, Paint how, const char *mark, size_t count)
{
    TextBuffer piece = {.arena = picture->arena};
    for (size_t i = 0; i < count; i++) buffer_string(&piece, mark);
    paint(painter, how, buffer_done(&piece));
}

static void bar_row(Picture *picture)
{
    const Progress *progress = picture->progress;
    size_t done = report_count(progress, STEP_DONE), running = report_count(progress, STEP_RUNNING);
    size_t failed = report_count(progress, STEP_FAILED) + report_count(progress, STEP_CANCELED);
    Text count = text_format(picture->arena, "%zu of %zu", done + failed, progress->count);
    Text time = progress_time(picture->arena, progress->now - progress->begun);
    Text left = left_text(picture->arena, progress->left);
    size_t words = count.length + 2 + time.length + (left.length ? left.length + 2 : 0);
    if (words + 12 > picture->window.columns)
        words -= left.length ? left.length + 2 : 0, left.length = 0;
    Painter painter = begin_row(picture);
    size_t width = picture->window.columns > words + 3 ? picture->window.columns - words - 2 : 0;
    width = smaller(width, 60);
    if (progress->count && width) {
        size_t green = width * done / progress->count, red = width * failed / progress->count;
        size_t blue = width * (done + failed + running) / progress->count - green - red;
        bar_piece(picture, &painter, PAINT_GOOD, "━", green);
        bar_piece(picture, &painter, PAINT_BAD, "━", red);
        bar_piece(picture, &painter, PAINT_BUSY, picture->window.colour ? "━" : "─", blue);
        bar_piece(picture, &painter, PAINT_FAINT, "─", width - green - red - blue);
        paint(&painter, PAINT_PLAIN, TEXT("  "));
    }
    paint(&painter, PAINT_STRONG, count);
    paint_format(&painter, PAINT_PLAIN, "  %.*s", TEXT_ARG(time));
    if (left.length) paint_format(&painter, PAINT_FAINT, "  %.*s", TEXT_ARG(left));
    end_row(picture, &painter);
}

// The address may be longer than the window: terminals that know links open all of it.
static void portal_row(Picture *picture)
{
    Text portal = picture->progress->portal;
    Painter painter = begin_row(picture);
    bool link = picture->window.links && portal.length;
    if (link) buffer_format(painter.out, "\033]8;;%.*s\033\\", TEXT_ARG(portal));
    paint(&painter, PAINT_FAINT, portal);
    if (link) buffer_string(painter.out, "\033]8;;\033\\");
    end_row(picture, &painter);
}

Rows picture_draw(Arena *arena, const Progress *progress, Window window)
{
    // At the edge, terminals differ in where the cursor is then.
    window.columns = window.columns > 1 ? window.columns - 1 : 1;
    Picture made = {.arena = arena, .progress = progress, .window = window}, *picture = &made;
    size_t lines = picture->window.lines;
    Groups groups = report_groups(picture->arena, picture->progress);
    bool head = lines >= 10, air = lines >= 16, reason = lines >= 4;
    measure(picture, &groups);
    if (head) portal_row(picture);
    if (air) empty_row(picture);
    size_t around = picture->rows.count + (size_t)air + reason + 1;
    size_t room = lines > around ? lines - around : 0;
    Fold *folds = arena_array(picture->arena, Fold, groups.count + 1);
    fold(&groups, folds, room);
    for (size_t i = 0; i < groups.count && room; i++)
        group_rows(picture, &groups.items[i], folds[i]);
    if (room) away_row(picture, &groups, folds);
    if (air) empty_row(picture);
    if (reason) reason_row(picture);
    bar_row(picture);
    return picture->rows;
}
