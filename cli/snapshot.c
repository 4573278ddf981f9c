// cli/snapshot.c: what a deployment makes, without asking Azure.
#include "base/file.h"
#include "cli/command.h"
#include "cli/compile.h"
#include "compiler/arm/emit.h"
#include "compiler/artifact/artifact.h"
#include "compiler/bundle/bundle.h"
#include "compiler/snapshot/prediction.h"

#include <string.h>

typedef struct {
    const char *argument;
    const char *parameters, *format;
    const char *tenant, *subscription, *management_group, *group, *location, *name;
} SnapshotOptions;

static const Option options[] = {
    {"parameters", 'p', OPTION_TEXT, offsetof(SnapshotOptions, parameters), "FILE",
     "a parameters file (JSON) for the template"},
    {"format", 0, OPTION_TEXT, offsetof(SnapshotOptions, format), "text|json",
     "a line a resource, in the order of deployment (text); or all of each, as the Bicep CLI's"},
    {"subscription-id", 0, OPTION_TEXT, offsetof(SnapshotOptions, subscription), "ID",
     "what the template is told of where it is deployed; unknown if left out"},
    {"resource-group", 0, OPTION_TEXT, offsetof(SnapshotOptions, group), "NAME", "likewise"},
    {"location", 0, OPTION_TEXT, offsetof(SnapshotOptions, location), "PLACE", "likewise"},
    {"tenant-id", 0, OPTION_TEXT, offsetof(SnapshotOptions, tenant), "ID", "likewise"},
    {"management-group-id", 0, OPTION_TEXT, offsetof(SnapshotOptions, management_group), "ID",
     "likewise"},
    {"deployment-name", 0, OPTION_TEXT, offsetof(SnapshotOptions, name), "NAME", "likewise"},
    {0},
};

typedef struct {
    Text template, parameters; // JSON; `parameters` may be empty
} Texts;

// ---- where the template comes from

static bool from_bicep(Session *session, Text path, Texts *texts)
{
    Arena *arena = &session->arena;
    BoundFile *file = bind_file(arena, &session->diags, artifact_reader(arena), path);
    if (!file) return false;
    if (!text_ends(path, ".bicepparam")) {
        texts->template = compile_file(arena, &session->diags, file, false);
    } else {
        texts->parameters = compile_file(arena, &session->diags, file, true);
        if (!diag_failed(&session->diags) && file->target)
            texts->template = emit_template(arena, &session->diags, file->target);
        if (!file->target)
            diag_add_with(&session->diags, DIAG_TEMPLATE, (Place){0}, path,
                          TEXT("'using none' names no template to show"));
    }
    return !diag_failed(&session->diags);
}

static bool from_swarm(Session *session, const char *argument, Texts *texts)
{
    Arena *arena = &session->arena;
    BundleRequest request = {NULL, command_swarm_path(arena, argument), STAGE_ALL};
    OutputFiles files = {0};
    TextBuffer dump = {.arena = arena};
    if (!bundle_make(arena, &session->diags, &request, &files, &dump)) return false;
    for (size_t i = 0; i < files.count; i++) {
        if (text_is(files.items[i].path, "azuredeploy.json")) texts->template = files.items[i].text;
        if (text_is(files.items[i].path, "azuredeploy.parameters.json"))
            texts->parameters = files.items[i].text;
    }
    return true;
}

// Without a byte order mark.
static bool from_file(Session *session, const char *path, Text *text)
{
    const Source *source =
        file_read(&session->arena, &session->diags, (Place){0}, text_of(path), text_of(path));
    if (source) *text = file_decoded(&session->arena, source)->text;
    return source != NULL;
}

static bool read_texts(Session *session, const SnapshotOptions *want, Texts *texts)
{
    Text path = want->argument ? text_of(want->argument) : (Text){0};
    bool good = text_ends(path, ".bicep") || text_ends(path, ".bicepparam")
                    ? from_bicep(session, path, texts)
                : text_ends(path, ".json") ? from_file(session, want->argument, &texts->template)
                                           : from_swarm(session, want->argument, texts);
    return good && (!want->parameters || from_file(session, want->parameters, &texts->parameters));
}

// ---- what comes of it

static const Value *read_json(Session *session, Text text, const char *what)
{
    Text error;
    const Value *value = value_read_json(&session->arena, text, &error);
    if (value && value->kind == VALUE_OBJECT) return value;
    diag_add_with(&session->diags, DIAG_WRONG_CONTENT, (Place){0}, text_of(what),
                  value ? TEXT("no object") : error);
    return NULL;
}

static Text given(const char *text)
{
    return text ? text_of(text) : (Text){0};
}

static void write_lines(TextBuffer *out, const Template *template)
{
    size_t count;
    const TemplateResource *resources = template_resources(template, &count);
    for (size_t i = 0; i < count; i++) {
        if (resources[i].existing) continue;
        Text name = resources[i].symbol.length ? resources[i].symbol : resources[i].name;
        buffer_format(out, "%-32.*s %-60.*s %.*s\n", TEXT_ARG(name), TEXT_ARG(resources[i].type),
                      TEXT_ARG(resources[i].name));
    }
}

static bool write_snapshot(Session *session, const SnapshotOptions *want, const Texts *texts,
                           TextBuffer *out)
{
    Arena *arena = &session->arena;
    const Value *json = read_json(session, texts->template, "a template");
    const Value *file = texts->parameters.length
                            ? read_json(session, texts->parameters, "a parameters file")
                            : NULL;
    if (!json || (texts->parameters.length && !file)) return false;
    TemplateContext context = {
        .tenant = given(want->tenant),
        .subscription = given(want->subscription),
        .management_group = given(want->management_group),
        .group = given(want->group),
        .location = given(want->location),
        .name = given(want->name),
        .partial = true,
    };
    TemplateProblem problem = {0};
    const Value *parameters = file ? value_find(file, TEXT("parameters")) : NULL;
    Template *template = template_read(arena, json, parameters, &context, &problem);
    bool full = want->format && strcmp(want->format, "json") == 0;
    if (template && full) buffer_text(out, prediction_json(arena, template, &problem));
    if (template && !full) write_lines(out, template);
    if (!problem.message.length) return true;
    diag_add_with(&session->diags, DIAG_TEMPLATE, (Place){0}, problem.code, problem.message);
    return false;
}

static Status snapshot_run(Session *session, const void *options_given)
{
    const SnapshotOptions *want = options_given;
    bool known =
        !want->format || strcmp(want->format, "json") == 0 || strcmp(want->format, "text") == 0;
    if (!known) return STATUS_USAGE;
    Texts texts = {0};
    TextBuffer out = {.arena = &session->arena};
    if (!read_texts(session, want, &texts) || !write_snapshot(session, want, &texts, &out))
        return STATUS_INPUT;
    return command_print(buffer_done(&out)) ? STATUS_DONE : STATUS_INPUT;
}

const Command command_snapshot = {
    "snapshot",
    "[SWARM | FILE.bicep | FILE.bicepparam | TEMPLATE.json]",
    "show what a deployment makes, without asking Azure",
    options,
    sizeof(SnapshotOptions),
    false,
    snapshot_run,
};
