#include "deploy/progress.h"
#include "deploy/problem.h"
#include "deploy/report.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

double progress_now(void)
{
    enum { FAR = 1000000000 };
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return FAR + (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

Text progress_time(Arena *arena, double seconds)
{
    long all = seconds > 0 ? (long)(seconds + 0.5) : 0;
    if (all < 3600) return text_format(arena, "%ld:%02ld", all / 60, all % 60);
    return text_format(arena, "%ld:%02ld:%02ld", all / 3600, all / 60 % 60, all % 60);
}

ReportKind report_kind(const char *format, bool quiet, bool verbose)
{
    if (format && strcmp(format, "json") == 0) return REPORT_EVENTS;
    if (quiet) return REPORT_NOTHING;
    const char *ci = getenv("CI"), *term = getenv("TERM");
    bool automatic = ci && *ci && strcmp(ci, "false") != 0;
    bool able = term && *term && strcmp(term, "dumb") != 0;
    // Requests on standard error would be written into the picture.
    return !verbose && !automatic && able && isatty(STDERR_FILENO) ? REPORT_TERMINAL : REPORT_LINES;
}

Reporter *report_open(Arena *arena, ReportKind kind)
{
    switch (kind) {
    case REPORT_TERMINAL: return terminal_open(arena);
    case REPORT_LINES: return lines_open(arena, false);
    case REPORT_EVENTS: return events_open(arena);
    case REPORT_NOTHING: return lines_open(arena, true);
    }
    return NULL;
}

// ---- words

static const struct {
    const char *type, *words;
} type_words[] = {
#define TYPE(type, words) {type, words},
#include "deploy/type.def"
#undef TYPE
};

// virtualMachines → virtual machine, publicIPAddresses → public IP address
static Text words_of(Arena *arena, Text name)
{
    if (text_ends(name, "ies") && name.length > 4)
        name = text_format(arena, "%.*sy", (int)name.length - 3, name.at);
    else if (text_ends(name, "sses"))
        name = text_slice(name, 0, name.length - 2);
    else if (text_ends(name, "s") && !text_ends(name, "ss"))
        name = text_slice(name, 0, name.length - 1);
    TextBuffer words = {.arena = arena};
    for (size_t i = 0; i < name.length; i++) {
        unsigned char c = (unsigned char)name.at[i];
        bool next_small = i + 1 < name.length && islower((unsigned char)name.at[i + 1]);
        bool after_small = i > 0 && islower((unsigned char)name.at[i - 1]);
        bool begins = isupper(c) && i > 0 && (after_small || next_small);
        if (begins) buffer_char(&words, ' ');
        bool keeps = isupper(c) && !next_small;
        buffer_char(&words, keeps ? (char)c : (char)tolower(c));
    }
    return buffer_done(&words);
}

Text report_type(Arena *arena, Text type)
{
    for (size_t i = 0; i < sizeof type_words / sizeof *type_words; i++) {
        if (text_alike(type, text_of(type_words[i].type))) return text_of(type_words[i].words);
    }
    size_t at = type.length;
    while (at > 0 && type.at[at - 1] != '/') at--;
    return words_of(arena, text_slice(type, at, type.length));
}

static Text part_of(Text path, size_t *at)
{
    while (*at < path.length && path.at[*at] == '/') ++*at;
    size_t from = *at;
    while (*at < path.length && path.at[*at] != '/') ++*at;
    return text_slice(path, from, *at);
}

// Behind each "providers" stands a namespace; what is before the first one is the group.
static Text short_id(Arena *arena, Text id)
{
    TextBuffer out = {.arena = arena};
    Text group = {0};
    for (size_t at = 0; at < id.length;) {
        Text part = part_of(id, &at);
        if (text_alike(part, TEXT("providers"))) {
            part_of(id, &at);
            group = TEXT("/");
        } else if (text_is(group, "/")) {
            buffer_format(&out, "%s%.*s", out.count ? "/" : "", TEXT_ARG(part));
        } else if (text_alike(part, TEXT("resourceGroups"))) {
            group = part_of(id, &at);
        }
    }
    if (out.count || !group.length || text_is(group, "/"))
        return out.count ? buffer_done(&out) : id;
    return text_format(arena, "resource group %.*s", TEXT_ARG(group));
}

Text report_ids(Arena *arena, Text text)
{
    static const char begin[] = "/subscriptions/";
    TextBuffer out = {.arena = arena};
    for (size_t at = 0; at < text.length;) {
        size_t end = at;
        if (text.length - at >= sizeof begin - 1 &&
            text_alike(text_slice(text, at, at + sizeof begin - 1), text_of(begin))) {
            while (end < text.length && !isspace((unsigned char)text.at[end]) &&
                   !strchr("'\",;()[]", text.at[end]))
                end++;
            buffer_text(&out, short_id(arena, text_slice(text, at, end)));
            at = end;
        } else {
            buffer_char(&out, text.at[at++]);
        }
    }
    return buffer_done(&out);
}

Text report_mark(StepState state)
{
    switch (state) {
    case STEP_WAITING: return TEXT("·");
    case STEP_RUNNING: return TEXT("●");
    case STEP_DONE: return TEXT("✓");
    case STEP_FAILED: return TEXT("✗");
    case STEP_CANCELED: return TEXT("–");
    }
    return TEXT("");
}

Paint report_paint(StepState state)
{
    switch (state) {
    case STEP_WAITING: return PAINT_FAINT;
    case STEP_RUNNING: return PAINT_BUSY;
    case STEP_DONE: return PAINT_GOOD;
    case STEP_FAILED: return PAINT_BAD;
    case STEP_CANCELED: return PAINT_CHANGE;
    }
    return PAINT_PLAIN;
}

double report_seconds(const Progress *progress, const Step *step)
{
    if (step->begun <= 0) return 0;
    double end = step->ended > 0 ? step->ended : progress->now;
    return end > step->begun ? end - step->begun : 0;
}

const Step *report_longest(const Progress *progress)
{
    const Step *longest = NULL;
    for (size_t i = 0; i < progress->count; i++) {
        const Step *step = &progress->steps[i];
        if (step->state == STEP_RUNNING && (!longest || step->begun < longest->begun))
            longest = step;
    }
    return longest;
}

size_t report_count(const Progress *progress, StepState state)
{
    size_t count = 0;
    for (size_t i = 0; i < progress->count; i++) count += progress->steps[i].state == state;
    return count;
}

static bool names(Text list, Text symbol)
{
    for (size_t from = 0; from < list.length;) {
        size_t end = from;
        while (end < list.length && list.at[end] != ',') end++;
        if (text_equal(text_slice(list, from, end), symbol)) return true;
        from = end + 1;
        while (from < list.length && list.at[from] == ' ') from++;
    }
    return false;
}

size_t report_waiting_for(const Progress *progress, const Step *step)
{
    size_t count = 0;
    for (size_t i = 0; i < progress->count; i++) {
        const Step *other = &progress->steps[i];
        count += other->state == STEP_WAITING && names(other->waits_for, step->symbol);
    }
    return count;
}

Groups report_groups(Arena *arena, const Progress *progress)
{
    Groups groups = {0};
    for (size_t i = 0; i < progress->count; i++) {
        const Step *step = &progress->steps[i];
        Group *group = NULL;
        for (size_t g = 0; g < groups.count && !group; g++) {
            if (text_equal(groups.items[g].name, step->group)) group = &groups.items[g];
        }
        if (!group) {
            list_add(arena, &groups, ((Group){.name = step->group}));
            group = &groups.items[groups.count - 1];
        }
        list_add(arena, group, step);
        group->states[step->state]++;
    }
    return groups;
}

// ---- the end

static Text plainly(Arena *arena, double seconds)
{
    long all = (long)(seconds + 0.5);
    if (all < 60) return text_format(arena, "%ld s", all);
    if (all < 3600) return text_format(arena, "%ld min %ld s", all / 60, all % 60);
    return text_format(arena, "%ld h %ld min", all / 3600, all / 60 % 60);
}

static void failed_steps(Painter *painter, Arena *arena, const Progress *progress)
{
    for (size_t i = 0; i < progress->count; i++) {
        const Step *step = &progress->steps[i];
        if (step->state != STEP_FAILED && step->state != STEP_CANCELED) continue;
        paint(painter, report_paint(step->state), report_mark(step->state));
        paint_to(painter, 2);
        paint(painter, PAINT_STRONG, step->symbol);
        paint_format(painter, PAINT_FAINT, " (%.*s) ", TEXT_ARG(report_type(arena, step->type)));
        paint(painter, report_paint(step->state),
              step->code.length            ? step->code
              : step->state == STEP_FAILED ? TEXT("failed")
                                           : TEXT("canceled"));
        paint_line(painter);
    }
}

// One paragraph a section: its name, then each step with its time.
static void all_steps(Painter *painter, Arena *arena, const Progress *progress)
{
    Groups groups = report_groups(arena, progress);
    size_t column = 0;
    for (size_t g = 0; g < groups.count; g++) {
        size_t width = paint_width(painter, groups.items[g].name);
        if (width > column) column = width;
    }
    if (column > 16) column = 16;
    size_t limit = painter->limit;
    for (size_t g = 0; g < groups.count; g++) {
        painter->limit = limit && limit < column ? limit : column;
        paint(painter, PAINT_PLAIN, groups.items[g].name);
        painter->limit = limit;
        paint_to(painter, column + 1);
        for (size_t i = 0; i < groups.items[g].count; i++) {
            const Step *step = groups.items[g].items[i];
            Text time =
                step->begun > 0 ? progress_time(arena, report_seconds(progress, step)) : TEXT("");
            size_t width = 4 + paint_width(painter, step->symbol) + time.length;
            if (i > 0 && limit && painter->column + width > limit) {
                paint_line(painter);
                paint_to(painter, column + 1);
            }
            paint(painter, PAINT_PLAIN, TEXT(" "));
            paint(painter, report_paint(step->state), report_mark(step->state));
            paint(painter, PAINT_PLAIN, TEXT(" "));
            paint(painter, PAINT_PLAIN, step->symbol);
            if (time.length) paint_format(painter, PAINT_FAINT, " %.*s", TEXT_ARG(time));
        }
        paint_line(painter);
    }
}

void report_ending(Painter *painter, Arena *arena, const Progress *progress, const Ending *ending)
{
    Text time = plainly(arena, ending->seconds);
    StepState state = ending->state == STEP_WAITING ? STEP_RUNNING : ending->state;
    bool deleting = progress->removes, over = state != STEP_RUNNING;
    paint(painter, report_paint(state), report_mark(state));
    paint(painter, PAINT_PLAIN, TEXT(" "));
    const char *word = state == STEP_DONE       ? deleting ? "Deleted in" : "Deployed in"
                       : state == STEP_FAILED   ? "Failed after"
                       : state == STEP_CANCELED ? "Canceled after"
                       : deleting               ? "The deletion goes on at Azure"
                                                : "The deployment goes on at Azure";
    paint(painter, PAINT_STRONG, text_of(word));
    if (over) paint_format(painter, PAINT_STRONG, " %.*s", TEXT_ARG(time));
    size_t done = report_count(progress, STEP_DONE);
    if (state == STEP_DONE)
        paint_format(painter, PAINT_PLAIN, ": %zu resources", done);
    else
        paint_format(painter, PAINT_PLAIN, ": %zu of %zu resources are %s", done, progress->count,
                     deleting ? "gone" : "done");
    paint_line(painter);
}

void report_list(Painter *painter, Arena *arena, const Progress *progress)
{
    paint_line(painter);
    failed_steps(painter, arena, progress);
    bool failed = report_count(progress, STEP_FAILED) + report_count(progress, STEP_CANCELED) > 0;
    if (failed) paint_line(painter);
    all_steps(painter, arena, progress);
}

void report_problems(Painter *painter, const Progress *progress, const Ending *ending)
{
    if (!ending->failure) return;
    Problems problems = problems_of_failure(painter->out->arena, ending->failure, progress);
    problems_paint(painter, &problems, ending->failure);
}
