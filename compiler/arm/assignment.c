// compiler/arm/assignment.c: parameters files. Values are evaluated while compiling; texts are not escaped.
#include "compiler/arm/emit.h"

#include "compiler/evaluate/evaluate.h"

#include <stdlib.h>

typedef struct {
    Arena *arena;
    Diags *diags;
    JsonWriter *json;
    Map written; // names that were assigned
} Assignments;

static void key_text(JsonWriter *json, const char *key, Text text)
{
    json_key(json, text_of(key));
    json_text(json, text);
}

// getSecret(subscription, group, vault, secret, version?)
static void write_secret(Assignments *assignments, Evaluator *evaluator, const Syntax *call)
{
    JsonWriter *json = assignments->json;
    SyntaxList arguments = call->call.arguments;
    Text given[5] = {{0}};
    for (size_t i = 0; i < arguments.count && i < 5; i++) {
        const Value *value = evaluate_expression(evaluator, arguments.items[i], NULL);
        if (!value) return;
        given[i] = value->string;
    }
    Text id = text_format(assignments->arena,
                          "/subscriptions/%.*s/resourceGroups/%.*s/providers/Microsoft.KeyVault/vaults/%.*s",
                          TEXT_ARG(given[0]), TEXT_ARG(given[1]), TEXT_ARG(given[2]));
    json_key(json, TEXT("reference"));
    json_begin_object(json);
    json_key(json, TEXT("keyVault"));
    json_begin_object(json);
    key_text(json, "id", id);
    json_end_object(json);
    key_text(json, "secretName", given[3]);
    if (arguments.count > 4) key_text(json, "secretVersion", given[4]);
    json_end_object(json);
}

static void write_assignment(Assignments *assignments, Evaluator *evaluator, const Symbol *symbol)
{
    JsonWriter *json = assignments->json;
    const Syntax *value = syntax_bare(symbol->declaration->declaration.value);
    json_key(json, symbol->name);
    json_begin_object(json);
    if (value->kind == SYNTAX_CALL && text_is(value->call.name, "getSecret")) {
        write_secret(assignments, evaluator, value);
    } else {
        const Value *result = evaluate_expression(evaluator, value, NULL);
        json_key(json, TEXT("value"));
        if (result) {
            value_write_json(json, result);
        } else {
            json_null(json);
        }
    }
    json_end_object(json);
}

// Own assignments in source order, then inherited ones.
static void write_file(Assignments *assignments, BoundFile *file)
{
    Evaluator *evaluator = evaluate_begin(assignments->arena, assignments->diags, file, NULL);
    for (size_t i = 0; i < file->symbols.count; i++) {
        Symbol *symbol = file->symbols.items[i];
        if (symbol->kind != SYMBOL_PARAM || map_has(&assignments->written, symbol->name)) continue;
        map_put(assignments->arena, &assignments->written, symbol->name, symbol);
        write_assignment(assignments, evaluator, symbol);
    }
    if (file->base) write_file(assignments, file->base);
}

Text emit_parameters(Arena *arena, Diags *diags, BoundFile *file)
{
    TextBuffer out = {.arena = arena};
    JsonWriter json = {.out = &out};
    Assignments assignments = {.arena = arena, .diags = diags, .json = &json};
    size_t errors = diags->errors;
    json_begin_object(&json);
    key_text(&json, "$schema",
             TEXT("https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#"));
    key_text(&json, "contentVersion", TEXT("1.0.0.0"));
    json_key(&json, TEXT("parameters"));
    json_begin_object(&json);
    write_file(&assignments, file);
    json_end_object(&json);
    json_end_object(&json);
    return diags->errors > errors ? (Text){0} : buffer_done(&out);
}
