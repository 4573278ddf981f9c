// tests/deploy/replay.c: shows a recorded deployment with the reporters of deploy/, faster than it was.
//   replay RECORDING SPEED [FORMAT]: {portal, deployment, group, subscription,
//   steps: [{symbol, section, type, needs: [SYMBOL…], usual}], events: [{at, symbol, state, code}],
//   note: {from, to, text}, end: {at, state, error}}; times in seconds, FORMAT as of --format
#include "base/file.h"
#include "compiler/evaluate/shape.h"
#include "deploy/progress.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

static volatile sig_atomic_t interrupted;

static void interrupt(int number)
{
    (void)number;
    if (interrupted) {
        report_restore();
        _Exit(130);
    }
    interrupted = 1;
}

static StepState state_named(Text name)
{
    static const char *const names[] = {"waiting", "running", "succeeded", "failed", "canceled"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (text_is(name, names[i])) return (StepState)i;
    }
    fprintf(stderr, "replay: no state '%.*s'\n", TEXT_ARG(name));
    exit(2);
}

static Step *step_named(Progress *progress, Text symbol)
{
    for (size_t i = 0; i < progress->count; i++) {
        if (text_equal(progress->steps[i].symbol, symbol)) return &progress->steps[i];
    }
    fprintf(stderr, "replay: no step '%.*s'\n", TEXT_ARG(symbol));
    exit(2);
}

// What of `needs` is not done yet.
static void find_waits(Arena *arena, Progress *progress, const Value *steps)
{
    for (size_t i = 0; i < progress->count; i++) {
        TextBuffer waits = {.arena = arena};
        const Value *needs = shape_at(steps->array.items[i], "needs");
        for (size_t n = 0; needs && n < needs->array.count; n++) {
            const Step *other = step_named(progress, needs->array.items[n]->string);
            if (other->state == STEP_DONE) continue;
            if (waits.count) buffer_string(&waits, ", ");
            buffer_text(&waits, other->symbol);
        }
        progress->steps[i].waits_for = buffer_done(&waits);
    }
}

int main(int count, char **words)
{
    if (count < 3) return 2;
    Arena arena = {0};
    Diags diags = {.arena = &arena};
    const Source *source =
        file_read(&arena, &diags, (Place){0}, text_of(words[1]), text_of(words[1]));
    Text error = {0};
    const Value *tape = source ? value_read_json(&arena, source->text, &error) : NULL;
    if (!tape) return 2;
    double speed = atof(words[2]);
    const Value *steps = shape_at(tape, "steps"), *events = shape_at(tape, "events");
    Progress progress = {.portal = shape_text(tape, "portal"),
                         .deployment = shape_text(tape, "deployment"),
                         .group = shape_text(tape, "group"),
                         .subscription = shape_text(tape, "subscription"),
                         .count = steps->array.count,
                         .left = -1};
    progress.steps = arena_array(&arena, Step, progress.count + 1);
    for (size_t i = 0; i < progress.count; i++) {
        const Value *step = steps->array.items[i];
        progress.steps[i] = (Step){.symbol = shape_text(step, "symbol"),
                                   .group = shape_text(step, "section"),
                                   .type = shape_text(step, "type"),
                                   .usual = shape_number(step, "usual", 0)};
    }
    find_waits(&arena, &progress, steps);
    signal(SIGINT, interrupt);
    bool verbose = false, quiet = count > 3 && strcmp(words[3], "quiet") == 0;
    Reporter *reporter =
        report_open(&arena, report_kind(count > 3 ? words[3] : NULL, quiet, verbose));
    double start = progress_now(), end = shape_number(tape, "end.at", 0);
    progress.begun = progress.now = start;
    reporter->begin(reporter, &progress);
    for (size_t next = 0; progress.now - start < end && !interrupted;) {
        progress.now = start + (progress_now() - start) * speed;
        double at = progress.now - start;
        if (speed > 0 && shape_at(tape, "estimate")) progress.left = end - at;
        bool noted =
            at >= shape_number(tape, "note.from", 1e9) && at < shape_number(tape, "note.to", 0);
        progress.note = noted ? shape_text(tape, "note.text") : (Text){0};
        for (; next < events->array.count; next++) {
            const Value *event = events->array.items[next];
            double when = shape_number(event, "at", 0);
            if (when > at) break;
            Step *step = step_named(&progress, shape_text(event, "symbol"));
            step->state = state_named(shape_text(event, "state"));
            step->code = shape_text(event, "code");
            if (step->state == STEP_RUNNING)
                step->begun = start + when;
            else if (step->begun > 0)
                step->ended = start + when;
            find_waits(&arena, &progress, steps);
            reporter->show(reporter, &progress, step);
        }
        reporter->show(reporter, &progress, NULL);
        poll(NULL, 0, 50);
    }
    const Value *wrong = shape_at(tape, "end.error");
    Failure failure = {.kind = FAILURE_AZURE, .error = wrong};
    failure.correlation = TEXT("6f0c0a4e-9d5c-4f43-9bd0-0b3f0c2f7d11");
    Ending ending = {.state =
                         interrupted ? STEP_RUNNING : state_named(shape_text(tape, "end.state")),
                     .failure = wrong && !interrupted ? &failure : NULL,
                     .seconds = progress.now - start};
    reporter->end(reporter, &progress, &ending);
    arena_free(&arena);
    return interrupted ? 130 : 0;
}
