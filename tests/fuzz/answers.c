// tests/fuzz/answers.c: any bytes as what a server answers: errors, clouds, operations, templates,
// and each line as a header, a token, an address. Whatever comes, something that can be said comes
// out.
#include "compiler/evaluate/shape.h"
#include "deploy/address.h"
#include "deploy/answer.h"
#include "deploy/changes.h"
#include "deploy/cloud.h"
#include "deploy/problem.h"
#include "deploy/steps.h"
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>

static void check_line(Arena *arena, Text line)
{
    double seconds = 0;
    fuzz_require(answer_retry_after(line, 1e9) >= 0, "a negative wait");
    if (answer_duration(line, &seconds))
        fuzz_require(seconds == seconds, "a duration that is no number");
    if (answer_timestamp(line, &seconds))
        fuzz_require(seconds == seconds, "a time that is no number");
    const Value *claims = answer_claims(arena, line);
    fuzz_require(!claims || claims->kind == VALUE_OBJECT, "claims that are no object");
    Text base = TEXT("https://management.example/a?b=c");
    Text there = address_resolve(arena, base, address_clean(arena, line));
    if (there.length && address_same_host(there, base))
        fuzz_require(text_equal(address_host(arena, there), TEXT("management.example")),
                     "another host");
    address_masked(arena, line);
    address_call(arena, "GET", line);
}

static bool is_clean(Text text)
{
    for (size_t i = 0; i < text.length; i++) {
        if ((unsigned char)text.at[i] < ' ' || text.at[i] == 0x7F) return false;
    }
    return true;
}

static void check_failure(Arena *arena, Text body)
{
    Failure failure = {0};
    answer_failure(arena, 500, body, &failure);
    fuzz_require(failure.code.length && failure.message.length, "a failure without words");
    fuzz_require(is_clean(failure.code) && is_clean(failure.message),
                 "a failure that moves the cursor");
    fuzz_require(problems_of_failure(arena, &failure, NULL).count > 0, "no problem of a failure");
}

// What people see of it moves no cursor.
static void check_shown(Arena *arena, const Value *value)
{
    char *at = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&at, &length);
    Failure failure = {.kind = FAILURE_AZURE, .error = value};
    problems_show(out, arena, &failure, false);
    const Value *changes = shape_at(value, "changes");
    bool differs = changes_show(out, arena, changes ? changes : value, value, false, true);
    fuzz_require(differs == changes_any(arena, changes ? changes : value),
                 "two opinions of changes");
    fclose(out);
    for (size_t i = 0; i < length; i++)
        fuzz_require(at[i] == '\n' || (unsigned char)at[i] >= ' ', "a character that commands");
    free(at);
    TextBuffer text = {.arena = arena};
    JsonWriter json = {.out = &text};
    Text error;
    json_begin_object(&json);
    changes_write_json(&json, arena, changes ? changes : value, value);
    problems_write_json(&json, arena, &failure);
    json_end_object(&json);
    fuzz_require(value_read_json(arena, buffer_done(&text), &error) != NULL,
                 "events that are no JSON");
}

// The same value as template, sections, and operations twice.
static void check_steps(Arena *arena, const Value *value)
{
    Times times = {.arena = arena, .types = value_object(arena)};
    Steps steps = steps_of(arena, &times, value, value);
    Progress progress = {0};
    StepChanges changed = {0};
    const Value *operations = shape_at(value, "value");
    steps_show(&steps, &progress);
    size_t before = progress.count;
    for (int i = 0; i < 2 && operations && operations->kind == VALUE_ARRAY; i++) {
        steps_take(&steps, arena, NULL, operations, 0, 0, &changed);
        steps_show(&steps, &progress);
    }
    fuzz_require(progress.count >= before, "steps went away");
    for (size_t i = 0; i < changed.count; i++)
        fuzz_require(steps_shown(&steps, &progress, changed.items[i]) != NULL,
                     "a change of no step");
    steps_end(&steps, arena, STEP_DONE, &changed);
    steps_show(&steps, &progress);
    for (size_t i = 0; i < progress.count; i++) {
        const Step *step = &progress.steps[i];
        fuzz_require(step->state != STEP_WAITING && step->state != STEP_RUNNING,
                     "a step without end");
        fuzz_require(step->begun <= step->ended, "a step that ends before it begins");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena arena = {0};
    Text text = {(const char *)data, size}, error;
    Cloud cloud;
    fuzz_each_line(text, check_line);
    check_failure(&arena, text);
    const Value *value = value_read_json(&arena, text, &error);
    if (value) {
        if (cloud_read(&arena, TEXT("https://management.example"), value, &cloud))
            fuzz_require(cloud.login.length && cloud.audience.length, "a cloud without sign-in");
        check_steps(&arena, value);
        check_shown(&arena, value);
    }
    arena_free(&arena);
    return 0;
}
