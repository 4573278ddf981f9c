// deploy/lines.c: a line for each change, for logs and for terminals that cannot do more. While nothing
// changes, a line a minute: services that run builds take silence for death.
#include "deploy/problem.h"
#include "deploy/report.h"

#include <stdio.h>
#include <unistd.h>

enum { SILENCE = 60 }; // seconds

typedef struct {
    Reporter reporter;
    Arena *arena;
    bool quiet;
    double said; // when the last line was written
    Text note;
} Lines;

static void say(Lines *self, TextBuffer *text)
{
    (void)self;
    if (text->count) fwrite(text->items, 1, text->count, stderr);
    fflush(stderr);
}

static void begin(Reporter *reporter, const Progress *progress)
{
    Lines *self = (Lines *)reporter;
    self->said = progress->now;
    if (self->quiet) return;
    Arena work = arena_borrow(self->arena);
    TextBuffer text = {.arena = &work};
    Painter painter = paint_begin(&text, STDERR_FILENO);
    if (progress->portal.length) {
        paint(&painter, PAINT_PLAIN, progress->portal);
        paint_line(&painter);
    }
    say(self, &text);
    arena_return(&work, self->arena);
}

static void step_line(Painter *painter, Arena *arena, const Progress *progress, const Step *step)
{
    size_t ended = progress->count - report_count(progress, STEP_WAITING) -
                   report_count(progress, STEP_RUNNING);
    Text since = progress_time(arena, progress->now - progress->begun);
    paint_format(painter, PAINT_FAINT, "%7.*s  %2zu/%zu  ", TEXT_ARG(since), ended,
                 progress->count);
    paint(painter, report_paint(step->state), report_mark(step->state));
    paint_format(painter, PAINT_PLAIN, " %.*s: ", TEXT_ARG(step->group));
    paint(painter, PAINT_STRONG, step->symbol);
    paint_format(painter, PAINT_FAINT, " (%.*s)", TEXT_ARG(report_type(arena, step->type)));
    if (step->state == STEP_DONE || step->state == STEP_FAILED) {
        Text took = progress_time(arena, report_seconds(progress, step));
        paint_format(painter, PAINT_PLAIN, " %.*s", TEXT_ARG(took));
    }
    if (step->code.length) {
        paint(painter, PAINT_PLAIN, TEXT(" "));
        paint(painter, PAINT_BAD, step->code);
    }
    paint_line(painter);
}

static void still_running(Painter *painter, Arena *arena, const Progress *progress)
{
    const Step *longest = report_longest(progress);
    if (!longest) return;
    Text since = progress_time(arena, progress->now - progress->begun);
    paint_format(painter, PAINT_FAINT, "%7.*s  ", TEXT_ARG(since));
    paint_format(painter, PAINT_PLAIN, "still running: %.*s since %.*s", TEXT_ARG(longest->symbol),
                 TEXT_ARG(progress_time(arena, report_seconds(progress, longest))));
    size_t others = report_count(progress, STEP_RUNNING) - 1;
    if (others) paint_format(painter, PAINT_PLAIN, ", and %zu more", others);
    paint_line(painter);
}

static void show(Reporter *reporter, const Progress *progress, const Step *changed)
{
    Lines *self = (Lines *)reporter;
    if (self->quiet) return;
    Arena work = arena_borrow(self->arena);
    TextBuffer text = {.arena = &work};
    Painter painter = paint_begin(&text, STDERR_FILENO);
    if (!text_equal(progress->note, self->note)) {
        self->note = text_copy(self->arena, progress->note);
        if (self->note.length) {
            Text since = progress_time(&work, progress->now - progress->begun);
            paint_format(&painter, PAINT_FAINT, "%7.*s  ", TEXT_ARG(since));
            paint(&painter, PAINT_CHANGE, self->note);
            paint_line(&painter);
        }
    }
    if (changed)
        step_line(&painter, &work, progress, changed);
    else if (progress->now - self->said >= SILENCE)
        still_running(&painter, &work, progress);
    if (text.count) self->said = progress->now;
    say(self, &text);
    arena_return(&work, self->arena);
}

static void end(Reporter *reporter, const Progress *progress, const Ending *ending)
{
    Lines *self = (Lines *)reporter;
    Arena work = arena_borrow(self->arena);
    TextBuffer text = {.arena = &work};
    Painter painter = paint_begin(&text, STDERR_FILENO);
    if (!self->quiet) report_ending(&painter, &work, progress, ending);
    report_problems(&painter, progress, ending);
    say(self, &text);
    arena_return(&work, self->arena);
}

Reporter *lines_open(Arena *arena, bool quiet)
{
    Lines *self = arena_new(arena, Lines);
    *self = (Lines){.reporter = {begin, show, end}, .arena = arena, .quiet = quiet};
    return &self->reporter;
}
