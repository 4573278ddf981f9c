// compiler/snapshot/prediction.c
#include "compiler/snapshot/prediction.h"

#include "compiler/snapshot/inner.h"
#include "compiler/snapshot/nested.h"

// ---- JSON as .NET's relaxed encoder writes it: what is not in the first plane of Unicode as two
// escapes

static void write_text(JsonWriter *json, Text text)
{
    TextBuffer out = {.arena = json->out->arena};
    buffer_char(&out, '"');
    for (size_t at = 0; at < text.length;) {
        size_t from = at;
        uint32_t code = text_next(text, &at);
        if (code > 0xFFFF) {
            uint32_t rest = code - 0x10000;
            buffer_format(&out, "\\u%04X\\u%04X", 0xD800 + (rest >> 10), 0xDC00 + (rest & 0x3FF));
            continue;
        }
        const char *escapes = "\"\"\\\\\bb\ff\nn\rr\tt";
        while (*escapes && (uint32_t)*escapes != code) escapes += 2;
        if (*escapes)
            buffer_format(&out, "\\%c", escapes[1]);
        else if (code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x2028 || code == 0x2029)
            buffer_format(&out, "\\u%04X", code);
        else
            buffer_text(&out, text_slice(text, from, at));
    }
    buffer_char(&out, '"');
    json_raw(json, buffer_done(&out));
}

static void write_key(JsonWriter *json, Text key)
{
    json_key(json, key);
}

static void write(JsonWriter *json, const Value *value)
{
    switch (value->kind) {
    case VALUE_STRING: write_text(json, value->string); return;
    case VALUE_ARRAY:
        json_begin_array(json);
        for (size_t i = 0; i < value->array.count; i++) write(json, value->array.items[i]);
        json_end_array(json);
        return;
    case VALUE_OBJECT:
        json_begin_object(json);
        for (size_t i = 0; i < value->object.count; i++) {
            write_key(json, value->object.items[i].name);
            write(json, value->object.items[i].value);
        }
        json_end_object(json);
        return;
    case VALUE_NULL:
    case VALUE_BOOL:
    case VALUE_INT:
    case VALUE_FLOAT: value_write_json(json, value); return;
    }
}

// ---- resources

static void write_resource(JsonWriter *json, const Item *item, const Value *body,
                           const Value *condition)
{
    static const char *const order[] = {
        "type", "condition", "name",      "apiVersion",        "location", "extendedLocation",
        "sku",  "kind",      "managedBy", "managedByExtended", "plan",     "identity",
        "tags", "zones",     "scale",     "properties",        "placement"};
    json_begin_object(json);
    json_key(json, TEXT("id"));
    write_text(json, item->shown.id);
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        Text name = text_of(order[i]);
        const Value *value = text_is(name, "condition") ? condition : value_find(body, name);
        if (!value || value->kind == VALUE_NULL) continue;
        json_key(json, name);
        write(json, value);
    }
    json_end_object(json);
}

typedef struct {
    JsonWriter *json;
    TemplateProblem *problem;
    Value *diagnostics;
    Value *foreign; // bodies of resources of extensions: they come behind all others
} Writing;

static bool write_resources(const Writing *to, Template *template);

static bool write_nested(const Writing *to, Template *template, size_t index)
{
    Template *inner = template_nested(template, index, NULL, to->problem);
    Text skipped = template->sequence.items[index]->skipped;
    if (skipped.length)
        value_append(template->arena, to->diagnostics, value_string(template->arena, skipped));
    if (!inner) return !to->problem->message.length;
    return write_resources(to, inner) && template_outputs(inner, NULL, to->problem);
}

static bool write_resources(const Writing *to, Template *template)
{
    Frame frame = {.template = template, .problem = to->problem};
    for (size_t i = 0; i < template->sequence.count; i++) {
        const Item *item = template->sequence.items[i];
        if (item->shown.existing) continue;
        if (item->shown.nested) {
            if (!write_nested(to, template, i)) return false;
            continue;
        }
        const Value *body = template_body(template, i, NULL, to->problem);
        if (!body) return false;
        if (item->foreign) {
            value_append(template->arena, to->foreign, body);
            continue;
        }
        write_resource(to->json, item, body,
                       nested_both(&frame, template->condition, item->condition));
    }
    return true;
}

// An output with unknown parts is one expression.
static void write_output(JsonWriter *json, const Value *value)
{
    if (value->kind == VALUE_STRING || !call_stays(value)) {
        write(json, value);
        return;
    }
    TextBuffer text = {.arena = json->out->arena};
    buffer_char(&text, '[');
    call_write(&text, value);
    buffer_char(&text, ']');
    write_text(json, buffer_done(&text));
}

Text prediction_json(Arena *arena, Template *template, TemplateProblem *problem)
{
    TextBuffer out = {.arena = arena};
    JsonWriter json = {.out = &out};
    json_begin_object(&json);
    json_key(&json, TEXT("predictedResources"));
    json_begin_array(&json);
    Writing to = {&json, problem, value_array(arena), value_array(arena)};
    if (!write_resources(&to, template)) return (Text){0};
    for (size_t i = 0; i < to.foreign->array.count; i++) write(&json, to.foreign->array.items[i]);
    json_end_array(&json);
    json_key(&json, TEXT("diagnostics"));
    write(&json, to.diagnostics);
    json_key(&json, TEXT("outputs"));
    const Value *outputs = template_outputs(template, NULL, problem);
    if (!outputs) return (Text){0};
    json_begin_object(&json);
    for (size_t i = 0; i < outputs->object.count; i++) {
        json_key(&json, outputs->object.items[i].name);
        write_output(&json, value_find(outputs->object.items[i].value, TEXT("value")));
    }
    json_end_object(&json);
    json_end_object(&json);
    return buffer_done(&out);
}
