// tests/fuzz/template.c: each line of any bytes as an expression of a template: what is read and
// printed reads again as the same; evaluating it gives a value or a problem.
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_each_line((Text){(const char *)data, size}, try_line);
    return 0;
}
