// compiler/arm/assignment.c: parameters files. Values are evaluated while compiling; texts are not
// escaped.
#include "compiler/arm/emit.h"

#include "compiler/arm/expression.h"
#include "compiler/arm/external.h"
#include "compiler/arm/feature.h"

#include <stdlib.h>

typedef struct {
    Arena *arena;
    Diags *diags;
    JsonWriter *json;
    Map written;       // names that were assigned
    External external; // one for all files: inputs have their numbers in common
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
        const Syntax *given = symbol->declaration->declaration.value;
        bool plain = symbol->kind == SYMBOL_PARAM && !is_call(syntax_bare(given), "getSecret") &&
                     !external_needs(layer->file, given);
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

static void enter_layer(Assignments *assignments, const Layer *layer)
{
    External *external = &assignments->external;
    external->evaluator = layer->evaluator;
    external->base = layer->file->base ? &layer->base : NULL;
    external->emitter->unit = emitter_unit(external->emitter, layer->file);
}

// The vault's id where parts of it are external inputs.
static Text external_vault(Assignments *assignments, const Layer *layer, SyntaxList arguments)
{
    Arena *arena = assignments->arena;
    Emitter *emitter = assignments->external.emitter;
    Tree *id = tree_call(arena, "resourceId");
    enter_layer(assignments, layer);
    for (size_t i = 0; i < 3 && i < arguments.count; i++) {
        if (i == 2) tree_add(arena, id, tree_text(arena, TEXT("Microsoft.KeyVault")));
        if (i == 2) tree_add(arena, id, tree_text(arena, TEXT("vaults")));
        tree_add(arena, id, expression_tree(&emitter->unit->root, arguments.items[i]));
    }
    return tree_print(arena, id);
}

// getSecret(subscription, group, vault, secret, version?)
static void write_secret(Assignments *assignments, const Layer *layer, const Syntax *call,
                         const char *name)
{
    JsonWriter *json = assignments->json;
    SyntaxList arguments = call->call.arguments;
    Text given[5] = {{0}};
    bool external = false;
    for (size_t i = 0; i < arguments.count && i < 3; i++)
        external |= external_needs(layer->file, arguments.items[i]);
    for (size_t i = external ? 3 : 0; i < arguments.count && i < 5; i++) {
        const Value *value = value_of(layer, arguments.items[i]);
        if (value && value->kind == VALUE_STRING) given[i] = value->string;
    }
    Text id = text_format(
        assignments->arena,
        "/subscriptions/%.*s/resourceGroups/%.*s/providers/Microsoft.KeyVault/vaults/%.*s",
        TEXT_ARG(given[0]), TEXT_ARG(given[1]), TEXT_ARG(given[2]));
    if (external) id = external_vault(assignments, layer, arguments);
    json_key(json, text_of(name));
    json_begin_object(json);
    json_key(json, TEXT("keyVault"));
    json_begin_object(json);
    key_text(json, "id", id);
    json_end_object(json);
    key_text(json, "secretName", given[3]);
    if (arguments.count > 4) key_text(json, "secretVersion", given[4]);
    json_end_object(json);
}

static void write_expression(Assignments *assignments, const Layer *layer, const Syntax *value)
{
    Emitter *emitter = assignments->external.emitter;
    enter_layer(assignments, layer);
    Tree *tree = expression_tree(&emitter->unit->root, value);
    json_key(assignments->json, TEXT("expression"));
    json_text(assignments->json, tree_print(emitter->arena, tree_as_call(emitter->arena, tree)));
}

static void write_assignment(Assignments *assignments, const Layer *layer, const Symbol *symbol)
{
    JsonWriter *json = assignments->json;
    const Syntax *value = syntax_bare(symbol->declaration->declaration.value);
    json_key(json, symbol->name);
    json_begin_object(json);
    if (is_call(value, "getSecret")) {
        write_secret(assignments, layer, value, "reference");
    } else if (external_needs(layer->file, value)) {
        write_expression(assignments, layer, value);
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

// The inputs of the file's parameters and of those that it inherits, then of its variables.
static void collect_inputs(Assignments *assignments, BoundFile *file)
{
    static const SymbolKind kinds[] = {SYMBOL_PARAM, SYMBOL_VAR};
    for (size_t pass = 0; pass < 2; pass++) {
        for (BoundFile *at = file; at; at = pass == 0 ? at->base : NULL) {
            Layer layer = begin_layer(assignments, at, NULL);
            enter_layer(assignments, &layer);
            for (size_t i = 0; i < at->symbols.count; i++) {
                const Symbol *symbol = at->symbols.items[i];
                if (symbol->kind == kinds[pass])
                    external_collect(&assignments->external,
                                     symbol->declaration->declaration.value);
            }
        }
    }
}

static int by_alias(const void *left, const void *right)
{
    const Syntax *const *a = left, *const *b = right;
    return text_compare((*a)->extension.specification->name, (*b)->extension.specification->name);
}

static int by_property(const void *left, const void *right)
{
    const Syntax *const *a = left, *const *b = right;
    return text_compare((*a)->property.name, (*b)->property.name);
}

static void write_config(Assignments *assignments, const Layer *layer, const Syntax *with)
{
    JsonWriter *json = assignments->json;
    const Syntax **sorted = arena_array(assignments->arena, const Syntax *, with->list.count + 1);
    size_t count = 0;
    for (size_t i = 0; i < with->list.count; i++) {
        if (with->list.items[i]->kind == SYNTAX_PROPERTY) sorted[count++] = with->list.items[i];
    }
    if (count) qsort(sorted, count, sizeof *sorted, by_property);
    json_begin_object(json);
    for (size_t i = 0; i < count; i++) {
        const Syntax *value = syntax_bare(sorted[i]->property.value);
        json_key(json, sorted[i]->property.name);
        json_begin_object(json);
        if (is_call(value, "getSecret")) {
            write_secret(assignments, layer, value, "keyVaultReference");
        } else {
            const Value *result = value_of(layer, value);
            json_key(json, TEXT("value"));
            value_write_json(json, result ? result : &value_null);
        }
        json_end_object(json);
    }
    json_end_object(json);
}

// extensionConfig name with {…}, by name.
static void write_configs(Assignments *assignments, BoundFile *file)
{
    SyntaxList statements = file->syntax->statements;
    const Syntax **sorted = arena_array(assignments->arena, const Syntax *, statements.count + 1);
    size_t count = 0;
    Emitter *emitter = assignments->external.emitter;
    for (size_t i = 0; i < statements.count; i++) {
        const Syntax *node = statements.items[i];
        bool assigns = node->kind == SYNTAX_EXTENSION && node->extension.assigns;
        if (assigns && feature_wanted(emitter, FEATURE_EXTENSION_CONFIGS, node))
            sorted[count++] = node;
    }
    if (!(emitter->features & FEATURE_EXTENSION_CONFIGS)) return;
    if (count) qsort(sorted, count, sizeof *sorted, by_alias);
    Layer layer = begin_layer(assignments, file, NULL);
    json_key(assignments->json, TEXT("extensionConfigs"));
    json_begin_object(assignments->json);
    for (size_t i = 0; i < count; i++) {
        json_key(assignments->json, sorted[i]->extension.specification->name);
        write_config(assignments, &layer, sorted[i]->extension.with);
    }
    json_end_object(assignments->json);
}

static const Syntax *using_of(const BoundFile *file)
{
    for (size_t i = 0; i < file->syntax->statements.count; i++) {
        if (file->syntax->statements.items[i]->kind == SYNTAX_USING)
            return file->syntax->statements.items[i];
    }
    return NULL;
}

// using '…' with {…}: how it is to be deployed.
static void write_using(Assignments *assignments, BoundFile *file, const Syntax *using)
{
    JsonWriter *json = assignments->json;
    Emitter *emitter = assignments->external.emitter;
    bool wanted = (emitter->features & FEATURE_DEPLOY_COMMANDS) != 0;
    if (!using->declaration.with) {
        if (wanted)
            diag_add_with(assignments->diags, DIAG_PROPERTY_MISSING, syntax_place(using),
                          TEXT("with"));
        return;
    }
    if (!feature_wanted(emitter, FEATURE_DEPLOY_COMMANDS, using->declaration.with)) return;
    Layer layer = begin_layer(assignments, file, NULL);
    json_key(json, TEXT("usingConfig"));
    json_begin_object(json);
    write_expression(assignments, &layer, using->declaration.with);
    json_end_object(json);
}

Text emit_parameters(Arena *arena, Diags *diags, BoundFile *file)
{
    TextBuffer out = {.arena = arena};
    JsonWriter json = {.out = &out};
    Assignments assignments = {.arena = arena, .diags = diags, .json = &json};
    Emitter emitter = {
        .arena = arena, .diags = diags, .json = &json, .external = &assignments.external};
    size_t errors = diags->errors;
    assignments.external.emitter = &emitter;
    emitter.unit = emitter_unit(&emitter, file);
    emitter.features = feature_read(&emitter);
    const Syntax *using = using_of(file);
    collect_inputs(&assignments, file);
    if (using && using->declaration.with) {
        Layer layer = begin_layer(&assignments, file, NULL);
        enter_layer(&assignments, &layer);
        external_collect(&assignments.external, using->declaration.with);
    }
    json_begin_object(&json);
    key_text(
        &json, "$schema",
        TEXT("https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#"));
    key_text(&json, "contentVersion", TEXT("1.0.0.0"));
    json_key(&json, TEXT("parameters"));
    json_begin_object(&json);
    write_file(&assignments, file);
    json_end_object(&json);
    external_write(&assignments.external, &json);
    write_configs(&assignments, file);
    if (using) write_using(&assignments, file, using);
    json_end_object(&json);
    if (diags->errors > errors) return (Text){0};
    return buffer_done(&out);
}
