// What people read of Azure's errors, of what-if and of progress: problems.test, changes.test and
// pictures.test, cases of
//   # what it shows
//   > the answer, one line of JSON; changes.test: {changes, sections, all, columns: of the window}
//   pictures.test: {portal, now, left, note, columns, lines, steps: [{symbol, section, type, state,
//   begun, ended, usual, waits, code}]}; numbers of states as in progress.h, times in seconds
//   the text, up to a line ---
// `show_test --write` writes the texts anew: read git diff.
#include "check.h"

#include "base/file.h"
#include "compiler/evaluate/shape.h"
#include "deploy/changes.h"
#include "deploy/picture.h"
#include "deploy/problem.h"

#include <stdlib.h>
#include <string.h>

static Arena arena;

// ---- the table

static const struct {
    const char *code, *pattern, *advice;
} rows[] = {
#define PROBLEM(code, pattern, advice) {code, pattern, advice},
#include "deploy/problem.def"
#undef PROBLEM
};

// Each {name} in the advice is one in the pattern.
static void check_rows(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (const char *at = strchr(rows[i].advice, '{'); at; at = strchr(at + 1, '{')) {
            const char *end = strchr(at, '}');
            CHECK(end != NULL);
            Text hole = text_format(&arena, "%.*s", (int)(end - at + 1), at);
            CHECK(strstr(rows[i].pattern, text_string(&arena, hole)) || text_is(hole, "{code}"));
        }
    }
}

// What users meet most must be in the table.
static void check_codes(void)
{
    static const char *const codes[] = {
        "QuotaExceeded",
        "SkuNotAvailable",
        "ZonalAllocationFailed",
        "AllocationFailed",
        "OverconstrainedAllocationRequest",
        "OverconstrainedZonalAllocationRequest",
        "PropertyChangeNotAllowed",
        "RoleAssignmentExists",
        "RoleAssignmentUpdateNotPermitted",
        "PrincipalNotFound",
        "VaultAlreadyExists",
        "VaultNameNotValid",
        "DnsRecordInUse",
        "StorageAccountAlreadyTaken",
        "AuthorizationFailed",
        "LinkedAuthorizationFailed",
        "RequestDisallowedByPolicy",
        "InvalidTemplate",
        "InvalidTemplateDeployment",
        "DeploymentActive",
        "DeploymentQuotaExceeded",
        "MissingSubscriptionRegistration",
        "ResourceGroupNotFound",
        "InvalidResourceGroupLocation",
        "ScopeLocked",
        "MarketplacePurchaseEligibilityFailed",
        "PublicIPCountLimitReached",
        "InUseSubnetCannotBeDeleted",
        "AnotherOperationInProgress",
        "VMExtensionProvisioningError",
        "SubscriptionNotFound",
        "ReadOnlyDisabledSubscription",
        "ParentResourceNotFound",
        "ImageNotFound",
        "PlatformImageNotFound",
        "ForbiddenByRbac",
        "AADSTS7000215",
        "AADSTS700016",
        "AADSTS50173",
        "AADSTS700082",
        "AADSTS53003",
        "AADSTS90002",
    };
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        bool known = false;
        for (size_t r = 0; r < sizeof rows / sizeof *rows; r++)
            known = known || strcmp(rows[r].code, codes[i]) == 0;
        if (!known) fprintf(stderr, "no row for %s\n", codes[i]);
        CHECK(known);
    }
}

// Whatever the local Resource Manager fails with, there is something to do about it.
static void check_emulated(void)
{
    static const struct {
        const char *code, *message;
    } failures[] = {
#define FAILURE(code, status, late, message) {code, message},
#include "emulator/failure.def"
#undef FAILURE
    };
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++) {
        if (strcmp(failures[i].code, "InvalidParameter") == 0) continue; // it says all itself
        Text advice =
            problem_advice(&arena, text_of(failures[i].code), text_of(failures[i].message));
        if (!advice.length) fprintf(stderr, "no advice for %s\n", failures[i].code);
        CHECK(advice.length > 0);
    }
}

// ---- cases

typedef void Show(FILE *out, const Value *input);

static void show_problems(FILE *out, const Value *input)
{
    Failure failure = {.kind = FAILURE_AZURE,
                       .error = input,
                       .code = shape_text(input, "failure.code"),
                       .message = shape_text(input, "failure.message"),
                       .call = shape_text(input, "failure.call"),
                       .correlation = shape_text(input, "failure.correlation"),
                       .status = (int)shape_number(input, "failure.status", 0)};
    if (shape_at(input, "failure")) failure.error = NULL;
    problems_show(out, &arena, &failure, false);
}

static void show_changes(FILE *out, const Value *input)
{
    const Value *changes = shape_at(input, "changes"), *sections = shape_at(input, "sections");
    bool differs = changes_show(out, &arena, changes, sections, false, shape_bool(input, "all"));
    CHECK(differs == changes_any(&arena, changes));
    fprintf(out, "differs: %s\n", differs ? "yes" : "no");
    if (!shape_bool(input, "json")) return;
    TextBuffer text = {.arena = &arena};
    JsonWriter json = {.out = &text};
    json_begin_object(&json);
    changes_write_json(&json, &arena, changes, sections);
    json_end_object(&json);
    fprintf(out, "%.*s\n", (int)text.count, text.items);
}

static void show_picture(FILE *out, const Value *input)
{
    const Value *steps = shape_at(input, "steps");
    double start = progress_now();
    Progress progress = {.portal = shape_text(input, "portal"),
                         .steps = arena_array(&arena, Step, steps->array.count + 1),
                         .count = steps->array.count,
                         .begun = start,
                         .now = start + shape_number(input, "now", 0),
                         .left = shape_number(input, "left", -1),
                         .note = shape_text(input, "note")};
    for (size_t i = 0; i < progress.count; i++) {
        const Value *step = steps->array.items[i];
        double begun = shape_number(step, "begun", -1), ended = shape_number(step, "ended", -1);
        progress.steps[i] = (Step){.symbol = shape_text(step, "symbol"),
                                   .group = shape_text(step, "section"),
                                   .type = shape_text(step, "type"),
                                   .state = (StepState)shape_number(step, "state", 0),
                                   .begun = begun < 0 ? 0 : start + begun,
                                   .ended = ended < 0 ? 0 : start + ended,
                                   .usual = shape_number(step, "usual", 0),
                                   .waits_for = shape_text(step, "waits"),
                                   .code = shape_text(step, "code")};
    }
    Window window = {.utf8 = !shape_bool(input, "ascii"),
                     .columns = (size_t)shape_number(input, "columns", 80),
                     .lines = (size_t)shape_number(input, "lines", 24)};
    Rows made = picture_draw(&arena, &progress, window);
    CHECK(made.count <= window.lines);
    for (size_t i = 0; i < made.count; i++) fprintf(out, "%.*s|\n", TEXT_ARG(made.items[i]));
}

static Text shown(Show *show, const Value *input)
{
    char *at = NULL, columns[8];
    size_t length = 0;
    snprintf(columns, sizeof columns, "%.0f", shape_number(input, "columns", 0));
    setenv("COLUMNS", columns, 1);
    FILE *out = open_memstream(&at, &length);
    show(out, input);
    fclose(out);
    Text text = text_copy(&arena, (Text){at, length});
    free(at);
    return text;
}

static Text line_at(Text text, size_t *at)
{
    size_t from = *at;
    while (*at < text.length && text.at[*at] != '\n') ++*at;
    Text line = text_slice(text, from, *at);
    if (*at < text.length) ++*at;
    return line;
}

// Returns the file as it should be.
static Text run_cases(const char *path, Show *show)
{
    Diags diags = {.arena = &arena};
    const Source *source = file_read(&arena, &diags, (Place){0}, text_of(path), text_of(path));
    CHECK(source != NULL);
    TextBuffer out = {.arena = &arena};
    for (size_t at = 0; source && at < source->text.length;) {
        Text line = line_at(source->text, &at);
        buffer_format(&out, "%.*s\n", TEXT_ARG(line));
        if (!text_starts(line, "> ")) continue;
        Text error = {0};
        const Value *input = value_read_json(&arena, text_slice(line, 2, line.length), &error);
        if (!input) fprintf(stderr, "%s: %.*s\n", path, TEXT_ARG(error));
        CHECK(input != NULL);
        size_t from = at, to = at;
        while (at < source->text.length) {
            to = at;
            if (text_is(line_at(source->text, &at), "---")) break;
        }
        Text got = input ? shown(show, input) : TEXT("");
        CHECK_TEXT(got, text_string(&arena, text_slice(source->text, from, to)));
        buffer_format(&out, "%.*s---\n", TEXT_ARG(got));
    }
    return buffer_done(&out);
}

int main(int count, char **words)
{
    static const struct {
        const char *path;
        Show *show;
    } files[] = {{"tests/unit/problems.test", show_problems},
                 {"tests/unit/changes.test", show_changes},
                 {"tests/unit/pictures.test", show_picture}};
    setenv("LC_ALL", "C.UTF-8", 1);
    check_rows();
    check_codes();
    check_emulated();
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        Text text = run_cases(files[i].path, files[i].show);
        if (count < 2 || strcmp(words[1], "--write") != 0) continue;
        FILE *file = fopen(files[i].path, "w");
        CHECK(file && fwrite(text.at, 1, text.length, file) == text.length);
        if (file) fclose(file);
    }
    arena_free(&arena);
    return check_done();
}
