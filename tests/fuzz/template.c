// tests/fuzz/template.c: any bytes as a template, or else each line as an expression of one: what is
// read and printed reads again as the same; evaluating it gives a value or a problem, in a snapshot
// and in a deployment.
#include "compiler/snapshot/call.h"
#include "compiler/snapshot/prediction.h"
#include "tests/fuzz/fuzz.h"

static Text printed(Arena *arena, const Value *value)
{
    TextBuffer out = {.arena = arena};
    buffer_char(&out, '[');
    call_write(&out, value);
    buffer_char(&out, ']');
    return buffer_done(&out);
}

// {"resources": [], "outputs": {"o": {"value": line}}}
static const Value *template_of(Arena *arena, Text line)
{
    Value *json = value_object(arena), *outputs = value_object(arena),
          *output = value_object(arena);
    value_set(arena, output, TEXT("value"), value_string(arena, line));
    value_set(arena, outputs, TEXT("o"), output);
    value_set(arena, json, TEXT("resources"), value_array(arena));
    value_set(arena, json, TEXT("outputs"), outputs);
    return json;
}

static void try_line(Arena *arena, Text line)
{
    Text error = {0};
    line = text_format(arena, "[%.*s]", TEXT_ARG(line));
    const Value *value = call_is_expression(line) ? call_read(arena, line, &error) : NULL;
    if (value) {
        Text once = printed(arena, value);
        const Value *again = once.length <= CALL_TEXT_LIMIT ? call_read(arena, once, &error) : NULL;
        fuzz_require(once.length > CALL_TEXT_LIMIT || again, "what was printed cannot be read");
        if (again) fuzz_require(text_equal(once, printed(arena, again)), "printed in another way");
    } else if (call_is_expression(line)) {
        fuzz_require(error.length > 0, "neither a value nor an error");
    }
    TemplateContext context = {.partial = true};
    TemplateProblem problem = {0};
    Template *template = template_read(arena, template_of(arena, line), NULL, &context, &problem);
    Text json = template ? prediction_json(arena, template, &problem) : (Text){0};
    fuzz_require(json.length || problem.message.length, "neither a snapshot nor a problem");
}

static const Value *nothing(void *self, Arena *arena, Text id, Text api_version)
{
    (void)self, (void)arena, (void)id, (void)api_version;
    return NULL;
}

// As the emulator does: bodies and outputs with a runtime that knows no resource.
static void deploy(Arena *arena, const Value *json)
{
    TemplateContext context = {.tenant = TEXT("t"),
                               .subscription = TEXT("s"),
                               .group = TEXT("g"),
                               .location = TEXT("westeurope"),
                               .name = TEXT("d")};
    TemplateRuntime runtime = {.resource = nothing};
    TemplateProblem problem = {0};
    size_t count = 0;
    Template *template = template_read(arena, json, NULL, &context, &problem);
    fuzz_require(template || (problem.code.length && problem.message.length),
                 "no words for a problem");
    if (template) template_resources(template, &count);
    for (size_t i = 0; i < count; i++) {
        const TemplateResource *resource = &template_resources(template, &count)[i];
        const Value *body = template_body(template, i, &runtime, &problem);
        fuzz_require(body || problem.message.length, "neither a body nor a problem");
        if (body && resource->nested) template_nested(template, i, &runtime, &problem);
    }
    if (template && !template_outputs(template, &runtime, &problem))
        fuzz_require(problem.message.length > 0, "neither outputs nor a problem");
}

static bool try_template(Text text)
{
    Arena arena = {0};
    Text error;
    TemplateProblem problem = {0};
    TemplateContext context = {.partial = true};
    const Value *json = value_read_json(&arena, text, &error);
    bool object = json && json->kind == VALUE_OBJECT;
    Template *template = object ? template_read(&arena, json, NULL, &context, &problem) : NULL;
    if (template)
        fuzz_require(prediction_json(&arena, template, &problem).length || problem.message.length,
                     "neither a snapshot nor a problem");
    if (object) deploy(&arena, json);
    arena_free(&arena);
    return object;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Text text = {(const char *)data, size};
    if (!try_template(text)) fuzz_each_line(text, try_line);
    return 0;
}
