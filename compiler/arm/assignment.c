// compiler/arm/assignment.c: parameters files. Values are evaluated while compiling; texts are not
// escaped.
#include "compiler/arm/emit.h"

#include "compiler/evaluate/evaluate.h"

#include <stdlib.h>

typedef struct {
    Arena *arena;
    Diags *diags;
    JsonWriter *json;
    Map written; // names that were assigned
} Assignments;

// One file of a chain of `extends`.
typedef struct {
    BoundFile *file;
    Evaluator *evaluator;
    Scope base; // `base.x` reads what the file extends
} Layer;

static void key_text(JsonWriter *json, const char *key, Text text)
{
    json_key(json, text_of(key));
    json_text(json, text);
}

static bool is_call(const Syntax *node, const char *name)
{
    return node->kind == SYNTAX_CALL && text_is(node->call.name, name);
}

static const Value *value_of(const Layer *layer, const Syntax *node)
{
    return evaluate_expression(layer->evaluator, node, layer->file->base ? &layer->base : NULL);
}

// readEnvironmentVariable('NAME', 'default')
static const Value *environment_value(Assignments *assignments, const Layer *layer,
                                      const Syntax *call)
{
    SyntaxList arguments = call->call.arguments;
    const Value *name = arguments.count ? value_of(layer, arguments.items[0]) : NULL;
    if (!name || name->kind != VALUE_STRING) return NULL;
    const char *found = getenv(text_string(assignments->arena, name->string));
    if (found)
        return value_string(assignments->arena, text_copy(assignments->arena, text_of(found)));
    if (arguments.count > 1) return value_of(layer, arguments.items[1]);
    diag_add_with(assignments->diags, DIAG_NO_ENVIRONMENT_VARIABLE, syntax_place(call),
                  name->string);
    return NULL;
}

static const Value *assigned_value(Assignments *assignments, const Layer *layer,
                                   const Symbol *symbol)
{
    const Syntax *value = syntax_bare(symbol->declaration->declaration.value);
    if (is_call(value, "readEnvironmentVariable"))
        return environment_value(assignments, layer, value);
    return value_of(layer, value);
}

// What a file assigns, with what it inherits, as one object.
static const Value *all_values(Assignments *assignments, const Layer *layer, const Value *inherited)
{
    Value *object = value_object(assignments->arena);
    for (size_t i = 0; inherited && i < inherited->object.count; i++) {
        value_set(assignments->arena, object, inherited->object.items[i].name,
                  inherited->object.items[i].value);
    }
    for (size_t i = 0; i < layer->file->symbols.count; i++) {
        const Symbol *symbol = layer->file->symbols.items[i];
        bool plain = symbol->kind == SYMBOL_PARAM &&
                     !is_call(syntax_bare(symbol->declaration->declaration.value), "getSecret");
        const Value *value = plain ? assigned_value(assignments, layer, symbol) : NULL;
        if (value) value_set(assignments->arena, object, symbol->name, value);
    }
    return object;
}

// The layer of `file`; `*values` gets all that it assigns and inherits.
static Layer begin_layer(Assignments *assignments, BoundFile *file, const Value **values)
{
    Layer layer = {.file = file};
    const Value *inherited = NULL;
    if (file->base) {
        begin_layer(assignments, file->base, &inherited);
        layer.base = (Scope){.name = TEXT("base"), .value = inherited};
    }
    layer.evaluator = evaluate_begin(assignments->arena, assignments->diags, file, NULL);
    if (values) *values = all_values(assignments, &layer, inherited);
    return layer;
}

// getSecret(subscription, group, vault, secret, version?)
static void write_secret(Assignments *assignments, const Layer *layer, const Syntax *call)
{
    JsonWriter *json = assignments->json;
    SyntaxList arguments = call->call.arguments;
    Text given[5] = {{0}};
    for (size_t i = 0; i < arguments.count && i < 5; i++) {
        const Value *value = value_of(layer, arguments.items[i]);
        if (value && value->kind == VALUE_STRING) given[i] = value->string;
    }
    Text id = text_format(
        assignments->arena,
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

static void write_assignment(Assignments *assignments, const Layer *layer, const Symbol *symbol)
{
    JsonWriter *json = assignments->json;
    const Syntax *value = syntax_bare(symbol->declaration->declaration.value);
    json_key(json, symbol->name);
    json_begin_object(json);
    if (is_call(value, "getSecret")) {
        write_secret(assignments, layer, value);
    } else {
        const Value *result = assigned_value(assignments, layer, symbol);
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
    Layer layer = begin_layer(assignments, file, NULL);
    for (size_t i = 0; i < file->symbols.count; i++) {
        Symbol *symbol = file->symbols.items[i];
        if (symbol->kind != SYMBOL_PARAM || map_has(&assignments->written, symbol->name)) continue;
        map_put(assignments->arena, &assignments->written, symbol->name, symbol);
        write_assignment(assignments, &layer, symbol);
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
    key_text(
        &json, "$schema",
        TEXT("https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#"));
    key_text(&json, "contentVersion", TEXT("1.0.0.0"));
    json_key(&json, TEXT("parameters"));
    json_begin_object(&json);
    write_file(&assignments, file);
    json_end_object(&json);
    json_end_object(&json);
    if (diags->errors > errors) return (Text){0};
    return buffer_done(&out);
}
