// deploy/events.c: one JSON object a line on standard output; docs/deploy.md says what is in them.
#include "deploy/changes.h"
#include "deploy/problem.h"
#include "deploy/report.h"

#include <stdio.h>
#include <time.h>

typedef struct {
    Reporter reporter;
    Arena *arena;
    Text note;
} Events;

static const char *const states[] = {
    [STEP_WAITING] = "waiting", [STEP_RUNNING] = "running",   [STEP_DONE] = "succeeded",
    [STEP_FAILED] = "failed",   [STEP_CANCELED] = "canceled",
};

static void seconds_member(Arena *arena, JsonWriter *json, const char *key, double seconds)
{
    json_key(json, text_of(key));
    json_raw(json, text_format(arena, "%.1f", seconds));
}

static void begin_event(Arena *arena, JsonWriter *json, const char *event)
{
    struct timespec now;
    struct tm utc;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    char day[32];
    strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%S", &utc);
    json_begin_object(json);
    json_member(json, "event", text_of(event));
    json_member(json, "time", text_format(arena, "%s.%03ldZ", day, now.tv_nsec / 1000000));
}

static void end_event(JsonWriter *json)
{
    json_end_object(json);
    buffer_char(json->out, '\n');
    fwrite(json->out->items, 1, json->out->count, stdout);
    fflush(stdout);
}

void report_event(Arena *arena, const char *event, const char *key, const Value *value)
{
    Arena work = arena_borrow(arena);
    TextBuffer text = {.arena = &work};
    JsonWriter json = {.out = &text, .compact = true};
    begin_event(&work, &json, event);
    json_key(&json, text_of(key));
    value_write_json(&json, value);
    end_event(&json);
    arena_return(&work, arena);
}

void report_failure(Arena *arena, const Failure *failure)
{
    Arena work = arena_borrow(arena);
    TextBuffer text = {.arena = &work};
    JsonWriter json = {.out = &text, .compact = true};
    begin_event(&work, &json, "error");
    problems_write_json(&json, &work, failure);
    end_event(&json);
    arena_return(&work, arena);
}

void report_changes(Arena *arena, const Value *changes, const Value *sections)
{
    Arena work = arena_borrow(arena);
    TextBuffer text = {.arena = &work};
    JsonWriter json = {.out = &text, .compact = true};
    begin_event(&work, &json, "changes");
    changes_write_json(&json, &work, changes, sections);
    end_event(&json);
    arena_return(&work, arena);
}

static void step_members(JsonWriter *json, const Step *step)
{
    json_member(json, "symbol", step->symbol);
    json_member(json, "section", step->group);
    json_member(json, "type", step->type);
    json_member(json, "id", step->id);
    json_member(json, "state", text_of(states[step->state]));
}

static void begin(Reporter *reporter, const Progress *progress)
{
    Events *self = (Events *)reporter;
    Arena work = arena_borrow(self->arena);
    TextBuffer text = {.arena = &work};
    JsonWriter json = {.out = &text, .compact = true};
    begin_event(&work, &json, "begin");
    json_member(&json, "deployment", progress->deployment);
    json_member(&json, "group", progress->group);
    json_member(&json, "subscription", progress->subscription);
    json_member(&json, "portal", progress->portal);
    json_key(&json, TEXT("steps"));
    json_begin_array(&json);
    for (size_t i = 0; i < progress->count; i++) {
        json_begin_object(&json);
        step_members(&json, &progress->steps[i]);
        json_end_object(&json);
    }
    json_end_array(&json);
    end_event(&json);
    arena_return(&work, self->arena);
}

static void step_event(Arena *arena, JsonWriter *json, const Progress *progress, const Step *step)
{
    begin_event(arena, json, "step");
    step_members(json, step);
    if (step->begun > 0) seconds_member(arena, json, "seconds", report_seconds(progress, step));
    json_member(json, "code", step->code);
    json_member(json, "message", step->message);
    json_key(json, TEXT("done"));
    json_int(json, (int64_t)report_count(progress, STEP_DONE));
    json_key(json, TEXT("count"));
    json_int(json, (int64_t)progress->count);
    if (progress->left >= 0) seconds_member(arena, json, "left", progress->left);
    end_event(json);
}

static void show(Reporter *reporter, const Progress *progress, const Step *changed)
{
    Events *self = (Events *)reporter;
    if (!changed && text_equal(progress->note, self->note)) return;
    Arena work = arena_borrow(self->arena);
    TextBuffer text = {.arena = &work};
    JsonWriter json = {.out = &text, .compact = true};
    if (!text_equal(progress->note, self->note)) {
        self->note = text_copy(self->arena, progress->note);
        begin_event(&work, &json, "note");
        json_key(&json, TEXT("note"));
        json_text(&json, self->note);
        end_event(&json);
        text.count = 0;
        json = (JsonWriter){.out = &text, .compact = true};
    }
    if (changed) step_event(&work, &json, progress, changed);
    arena_return(&work, self->arena);
}

static void end(Reporter *reporter, const Progress *progress, const Ending *ending)
{
    Events *self = (Events *)reporter;
    Arena work = arena_borrow(self->arena);
    TextBuffer text = {.arena = &work};
    JsonWriter json = {.out = &text, .compact = true};
    begin_event(&work, &json, "end");
    json_member(&json, "state", text_of(states[ending->state]));
    seconds_member(&work, &json, "seconds", ending->seconds);
    json_key(&json, TEXT("done"));
    json_int(&json, (int64_t)report_count(progress, STEP_DONE));
    json_key(&json, TEXT("count"));
    json_int(&json, (int64_t)progress->count);
    if (ending->outputs) {
        json_key(&json, TEXT("outputs"));
        value_write_json(&json, ending->outputs);
    }
    if (ending->failure) {
        Problems problems = problems_of_failure(&work, ending->failure, progress);
        problems_write(&json, &problems, ending->failure);
    }
    end_event(&json);
    arena_return(&work, self->arena);
}

Reporter *events_open(Arena *arena)
{
    Events *self = arena_new(arena, Events);
    *self = (Events){.reporter = {begin, show, end}, .arena = arena};
    return &self->reporter;
}
