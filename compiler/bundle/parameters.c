// compiler/bundle/parameters.c
#include "compiler/bundle/parameters.h"

#include "base/json.h"

static bool is_literal(const Syntax *node)
{
    if (!node) return false;
    Text text;
    if (node->kind == SYNTAX_UNARY) return node->unary.operand->kind == SYNTAX_INTEGER;
    return node->kind == SYNTAX_INTEGER || node->kind == SYNTAX_BOOL ||
           syntax_plain_string(node, &text);
}

static void write_description(TextBuffer *out, const Syntax *parameter)
{
    const Syntax *decorator = syntax_decorator(parameter->declaration.decorators, "description");
    Text text;
    if (!decorator || !syntax_plain_string(decorator->call.arguments.items[0], &text)) return;
    for (size_t from = 0; from < text.length;) {
        size_t to = from;
        while (to < text.length && text.at[to] != '\n') to++;
        buffer_format(out, "// %.*s\n", TEXT_ARG(text_slice(text, from, to)));
        from = to + 1;
    }
}

static void write_assignment(TextBuffer *out, const Syntax *parameter)
{
    Text name = parameter->declaration.name;
    const Syntax *value = parameter->declaration.value;
    bool secure = syntax_decorator(parameter->declaration.decorators, "secure") != NULL;
    buffer_char(out, '\n');
    write_description(out, parameter);
    if (is_literal(value)) {
        buffer_format(out, "param %.*s = %.*s\n", TEXT_ARG(name), TEXT_ARG(syntax_text(value)));
    } else if (value) {
        buffer_format(out, "// Left out: %.*s\n// param %.*s = …\n", TEXT_ARG(syntax_text(value)),
                      TEXT_ARG(name));
    } else {
        if (secure) {
            buffer_format(out, "// Or from a vault: az.getSecret('SUBSCRIPTION', 'GROUP', 'VAULT', "
                               "'SECRET')\n");
        }
        buffer_format(out, "param %.*s = readEnvironmentVariable('%.*s')\n", TEXT_ARG(name),
                      TEXT_ARG(text_variable(out->arena, name)));
    }
}

static Text bicep_parameters(Arena *arena, const BoundFile *main)
{
    TextBuffer out = {.arena = arena};
    buffer_string(&out, "using 'main.bicep'\n");
    for (size_t i = 0; i < main->symbols.count; i++) {
        const Symbol *symbol = main->symbols.items[i];
        if (symbol->kind == SYMBOL_PARAM) write_assignment(&out, symbol->declaration);
    }
    return buffer_done(&out);
}

static void write_json_value(JsonWriter *json, const Syntax *value)
{
    Text text;
    if (syntax_plain_string(value, &text)) {
        json_text(json, text);
    } else {
        json_raw(json, syntax_text(value));
    }
}

static Text json_parameters(Arena *arena, const BoundFile *main)
{
    TextBuffer out = {.arena = arena};
    JsonWriter json = {.out = &out};
    json_begin_object(&json);
    json_key(&json, TEXT("$schema"));
    json_text(&json, TEXT("https://schema.management.azure.com/schemas/2019-04-01/"
                          "deploymentParameters.json#"));
    json_key(&json, TEXT("contentVersion"));
    json_text(&json, TEXT("1.0.0.0"));
    json_key(&json, TEXT("parameters"));
    json_begin_object(&json);
    for (size_t i = 0; i < main->symbols.count; i++) {
        const Symbol *symbol = main->symbols.items[i];
        if (symbol->kind != SYMBOL_PARAM) continue;
        const Syntax *value = symbol->declaration->declaration.value;
        if (!is_literal(value)) continue;
        json_key(&json, symbol->name);
        json_begin_object(&json);
        json_key(&json, TEXT("value"));
        write_json_value(&json, value);
        json_end_object(&json);
    }
    json_end_object(&json);
    json_end_object(&json);
    return buffer_done(&out);
}

void parameters_add(Arena *arena, const BoundFile *main, OutputFiles *files)
{
    OutputFile bicep = {TEXT("main.bicepparam"), bicep_parameters(arena, main)};
    OutputFile json = {TEXT("azuredeploy.parameters.json"), json_parameters(arena, main)};
    list_add(arena, files, bicep);
    list_add(arena, files, json);
}
