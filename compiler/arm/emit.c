// compiler/arm/emit.c: the sections of a template, in the order of the official compiler.
// Everything is written once, from top to bottom, into one buffer; only the template's hash is put
// in afterwards.
#include "compiler/arm/emit.h"

#include "compiler/arm/closure.h"
#include "compiler/arm/decoration.h"
#include "compiler/arm/expression.h"
#include "compiler/arm/extension.h"
#include "compiler/arm/feature.h"
#include "compiler/arm/limit.h"
#include "compiler/arm/loading.h"
#include "compiler/arm/passed.h"
#include "compiler/arm/resource.h"
#include "compiler/arm/survey.h"
#include "compiler/arm/templatehash.h"
#include "compiler/arm/typejson.h"
#include "compiler/evaluate/value.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

// ---- the form

static Target target_of(Emitter *emitter)
{
    static const struct {
        const char *name;
        Target target;
    } rows[] = {{"resourceGroup", TARGET_RESOURCE_GROUP},
                {"subscription", TARGET_SUBSCRIPTION},
                {"managementGroup", TARGET_MANAGEMENT_GROUP},
                {"tenant", TARGET_TENANT}};
    const Syntax *node = emitter->unit->file->target_scope;
    Text name = {0};
    if (!node) return TARGET_RESOURCE_GROUP;
    syntax_plain_string(node->declaration.value, &name);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (text_is(name, rows[i].name)) return rows[i].target;
    }
    emitter_unsupported(emitter, node, "this target scope");
    return TARGET_RESOURCE_GROUP;
}

static bool has_secure_output(Emitter *emitter, BoundFile *file)
{
    for (size_t i = 0; i < file->outputs.count; i++) {
        const Syntax *node = file->outputs.items[i];
        const Env *env = &emitter_unit(emitter, file)->root;
        if (typejson_is_secure(env, node->declaration.type, node->declaration.decorators))
            return true;
    }
    return false;
}

static bool module_wants_symbolic(Emitter *emitter, const Symbol *module)
{
    return !syntax_property(syntax_body(module->declaration), "name") ||
           has_secure_output(emitter, module->target_file);
}

static bool wants_symbolic(Emitter *emitter)
{
    const BoundFile *file = emitter->unit->file;
    if (feature_symbolic(emitter) || emitter->unit->symbolic ||
        has_secure_output(emitter, emitter->unit->file))
        return true;
    for (size_t i = 0; i < file->symbols.count; i++) {
        const Symbol *symbol = file->symbols.items[i];
        if (symbol->kind == SYMBOL_MODULE && module_wants_symbolic(emitter, symbol)) return true;
    }
    return false;
}

static const char *schema_of(Target target)
{
    switch (target) {
    case TARGET_RESOURCE_GROUP: return "2019-04-01/deploymentTemplate.json#";
    case TARGET_SUBSCRIPTION: return "2018-05-01/subscriptionDeploymentTemplate.json#";
    case TARGET_MANAGEMENT_GROUP: return "2019-08-01/managementGroupDeploymentTemplate.json#";
    case TARGET_TENANT: return "2019-08-01/tenantDeploymentTemplate.json#";
    }
    return "";
}

// ---- sections

static void begin_section(Emitter *emitter, bool *begun, const char *key)
{
    if (*begun) return;
    json_key(emitter->json, text_of(key));
    json_begin_object(emitter->json);
    *begun = true;
}

static void end_section(Emitter *emitter, bool begun)
{
    if (begun) json_end_object(emitter->json);
}

static void write_text(Emitter *emitter, const char *key, Text text)
{
    json_key(emitter->json, text_of(key));
    json_text(emitter->json, tree_escape(emitter->arena, text));
}

static int by_symbol_name(const void *left, const void *right)
{
    return text_compare((*(Symbol *const *)left)->name, (*(Symbol *const *)right)->name);
}

static void write_exported_variables(Emitter *emitter)
{
    const SymbolList *symbols = &emitter->unit->file->symbols;
    const Env *env = &emitter->unit->root;
    SymbolList exported = {0};
    for (size_t i = 0; i < symbols->count; i++) {
        Symbol *symbol = symbols->items[i];
        if (symbol->kind == SYMBOL_VAR && bind_exported(emitter->unit->file, symbol->name)) {
            list_add(emitter->arena, &exported, symbol);
        }
    }
    if (exported.count == 0) return;
    qsort(exported.items, exported.count, sizeof *exported.items, by_symbol_name);
    json_key(emitter->json, TEXT("__bicep_exported_variables!"));
    json_begin_array(emitter->json);
    for (size_t i = 0; i < exported.count; i++) {
        const Syntax *node = exported.items[i]->declaration;
        Text description;
        json_begin_object(emitter->json);
        write_text(emitter, "name", exported.items[i]->name);
        if (decoration_description(env, node->declaration.decorators, &description)) {
            write_text(emitter, "description", description);
        }
        if (node->declaration.type) {
            json_key(emitter->json, TEXT("type"));
            node_write(emitter, typejson_type(env, node->declaration.type, (SyntaxList){0}));
        }
        json_end_object(emitter->json);
    }
    json_end_array(emitter->json);
}

static const char hash_placeholder[] = "00000000000000000000";

static void write_generator(Emitter *emitter, const char *key, char stand_in)
{
    json_key(emitter->json, text_of(key));
    json_raw(emitter->json, text_format(emitter->arena, "\"%c\"", stand_in));
}

// Returns where the hash belongs.
static size_t write_metadata(Emitter *emitter)
{
    JsonWriter *json = emitter->json;
    SyntaxList statements = emitter->unit->file->syntax->statements;
    json_key(json, TEXT("metadata"));
    json_begin_object(json);
    feature_write(emitter);
    json_key(json, TEXT("_generator"));
    json_begin_object(json);
    write_generator(emitter, "name", TEMPLATEHASH_NAME);
    write_generator(emitter, "version", TEMPLATEHASH_VERSION);
    write_text(emitter, "templateHash", text_of(hash_placeholder));
    size_t place = json->out->count - strlen(hash_placeholder) - 1;
    json_end_object(json);
    write_exported_variables(emitter);
    for (size_t i = 0; i < statements.count; i++) {
        const Syntax *node = statements.items[i];
        if (node->kind != SYNTAX_METADATA) continue;
        json_key(json, tree_key(emitter->arena, node->declaration.name));
        expression_write(&emitter->unit->root, node->declaration.value);
    }
    json_end_object(json);
    return place;
}

static void write_import_origin(Emitter *emitter, Node *object, const Imported *imported)
{
    Arena *arena = emitter->arena;
    Node *origin = node_object(arena), *metadata = node_object(arena);
    node_merge(arena, origin, "sourceTemplate", node_text(arena, imported->unit->path));
    char *name = text_string(arena, imported->original);
    if (!text_ends(imported->name, name)) {
        node_merge(arena, origin, "originalIdentifier", node_text(arena, imported->original));
    }
    node_merge(arena, metadata, "__bicep_imported_from!", origin);
    node_merge(arena, object, "metadata", metadata);
}

static Node *definition(const Env *env, const Symbol *symbol, bool exported)
{
    const Syntax *node = symbol->declaration;
    Node *object = typejson_type(env, node->declaration.type, node->declaration.decorators);
    decoration_merge(env, object, node->declaration.decorators, exported);
    return object;
}

static void write_definitions(Emitter *emitter, const ImportedList *imported)
{
    const SymbolList *symbols = &emitter->unit->file->symbols;
    bool begun = false;
    for (size_t i = 0; i < symbols->count; i++) {
        const Symbol *symbol = symbols->items[i];
        if (symbol->kind != SYMBOL_TYPE) continue;
        begin_section(emitter, &begun, "definitions");
        json_key(emitter->json, symbol->name);
        node_write(emitter, definition(&emitter->unit->root, symbol, true));
    }
    for (size_t i = 0; i < imported->count; i++) {
        const Imported *at = &imported->items[i];
        begin_section(emitter, &begun, "definitions");
        Node *object = definition(&at->unit->root, at->symbol, false);
        write_import_origin(emitter, object, at);
        json_key(emitter->json, at->name);
        node_write(emitter, object);
    }
    end_section(emitter, begun);
}

// ---- functions

static const Env *function_env(const Env *root, const Syntax *lambda)
{
    Arena *arena = root->emitter->arena;
    Env *env = arena_new(arena, Env);
    *env = *root;
    env->in_function = true;
    for (size_t i = 0; i < lambda->lambda.count; i++) {
        Local *local = arena_new(arena, Local);
        *local = (Local){.name = lambda->lambda.parameters[i].name,
                         .kind = LOCAL_PARAMETER,
                         .outer = env->locals};
        env->locals = local;
    }
    return env;
}

static void write_function_metadata(Emitter *emitter, const Env *root, const Syntax *node,
                                    const Imported *imported, Text name)
{
    Text description;
    SyntaxList decorators = node->declaration.decorators;
    bool described = decoration_description(root, decorators, &description);
    bool exported = !imported && syntax_decorator(decorators, "export");
    if (!described && !exported && !imported) return;
    json_key(emitter->json, TEXT("metadata"));
    json_begin_object(emitter->json);
    if (described) write_text(emitter, "description", description);
    if (exported) {
        json_key(emitter->json, TEXT("__bicep_export!"));
        json_bool(emitter->json, true);
    }
    if (imported) {
        json_key(emitter->json, TEXT("__bicep_imported_from!"));
        json_begin_object(emitter->json);
        write_text(emitter, "sourceTemplate", imported->unit->path);
        if (!text_equal(name, imported->original)) {
            write_text(emitter, "originalIdentifier", imported->original);
        }
        json_end_object(emitter->json);
    }
    json_end_object(emitter->json);
}

static void write_function(Emitter *emitter, const Env *root, const Symbol *symbol,
                           const Imported *imported, Text name)
{
    JsonWriter *json = emitter->json;
    const Syntax *node = symbol->declaration, *lambda = node->declaration.value;
    json_key(json, name);
    json_begin_object(json);
    json_key(json, TEXT("parameters"));
    json_begin_array(json);
    for (size_t i = 0; i < lambda->lambda.count; i++) {
        const SyntaxParameter *parameter = &lambda->lambda.parameters[i];
        Node *object = typejson_type(root, parameter->type, (SyntaxList){0});
        node_merge(emitter->arena, object, "name", node_text(emitter->arena, parameter->name));
        node_write(emitter, object);
    }
    json_end_array(json);
    json_key(json, TEXT("output"));
    Node *output = typejson_type(root, lambda->lambda.result, (SyntaxList){0});
    node_merge(emitter->arena, output, "value",
               node_value(emitter->arena, function_env(root, lambda), lambda->lambda.body));
    node_write(emitter, output);
    write_function_metadata(emitter, root, node, imported, name);
    json_end_object(json);
}

static Text space_of(const Imported *imported)
{
    const char *dot = memchr(imported->name.at, '.', imported->name.length);
    if (!dot) return TEXT("__bicep");
    return text_slice(imported->name, 0, (size_t)(dot - imported->name.at));
}

static Text member_of(const Imported *imported)
{
    const char *dot = memchr(imported->name.at, '.', imported->name.length);
    if (!dot) return imported->name;
    return text_slice(imported->name, (size_t)(dot + 1 - imported->name.at), imported->name.length);
}

static void write_imported_functions(Emitter *emitter, const ImportedList *imported, Text space)
{
    for (size_t i = 0; i < imported->count; i++) {
        const Imported *at = &imported->items[i];
        if (!text_equal(space_of(at), space)) continue;
        write_function(emitter, &at->unit->root, at->symbol, at, member_of(at));
    }
}

static void begin_space(Emitter *emitter, Text space)
{
    json_begin_object(emitter->json);
    write_text(emitter, "namespace", space);
    json_key(emitter->json, TEXT("members"));
    json_begin_object(emitter->json);
}

static void end_space(Emitter *emitter)
{
    json_end_object(emitter->json);
    json_end_object(emitter->json);
}

// Name spaces stand in the order in which their first function does, the file's own first.
static void write_functions(Emitter *emitter, const ImportedList *imported)
{
    const SymbolList *symbols = &emitter->unit->file->symbols;
    size_t own = 0;
    for (size_t i = 0; i < symbols->count; i++) own += symbols->items[i]->kind == SYMBOL_FUNC;
    if (own + imported->count == 0) return;
    json_key(emitter->json, TEXT("functions"));
    json_begin_array(emitter->json);
    if (own) {
        begin_space(emitter, TEXT("__bicep"));
        for (size_t i = 0; i < symbols->count; i++) {
            const Symbol *symbol = symbols->items[i];
            if (symbol->kind == SYMBOL_FUNC) {
                write_function(emitter, &emitter->unit->root, symbol, NULL, symbol->name);
            }
        }
        write_imported_functions(emitter, imported, TEXT("__bicep"));
        end_space(emitter);
    }
    for (size_t i = 0; i < imported->count; i++) {
        Text space = space_of(&imported->items[i]);
        bool written = own && text_is(space, "__bicep");
        for (size_t j = 0; j < i && !written; j++)
            written = text_equal(space_of(&imported->items[j]), space);
        if (written) continue;
        begin_space(emitter, space);
        write_imported_functions(emitter, imported, space);
        end_space(emitter);
    }
    json_end_array(emitter->json);
}

// ---- parameters, variables, outputs

static void write_parameters(Emitter *emitter)
{
    Arena *arena = emitter->arena;
    const SymbolList *symbols = &emitter->unit->file->symbols;
    const Env *env = &emitter->unit->root;
    bool begun = false;
    for (size_t i = 0; i < symbols->count; i++) {
        const Syntax *node = symbols->items[i]->declaration;
        if (symbols->items[i]->kind != SYMBOL_PARAM) continue;
        begin_section(emitter, &begun, "parameters");
        SyntaxList decorators = node->declaration.decorators;
        if (!node->declaration.type) {
            emitter_unsupported(emitter, node, "a parameter without a type");
            continue;
        }
        Node *object = typejson_type(env, node->declaration.type, decorators);
        if (node->declaration.value) {
            node_merge(arena, object, "defaultValue",
                       node_value(arena, env, node->declaration.value));
        }
        const Syntax *allowed = syntax_decorator(decorators, "allowed");
        if (allowed && allowed->call.arguments.count) {
            node_merge(arena, object, "allowedValues",
                       node_value(arena, env, allowed->call.arguments.items[0]));
        }
        decoration_merge(env, object, decorators, false);
        json_key(emitter->json, symbols->items[i]->name);
        node_write(emitter, object);
    }
    end_section(emitter, begun);
}

// A variable of the template, from wherever it comes.
typedef struct {
    const Env *env;
    Text name;
    const Syntax *value;
    bool content; // what a load call reads
} Variable;

typedef struct {
    Variable *items;
    size_t count, room;
} VariableList;

static int by_variable_name(const void *left, const void *right)
{
    return text_compare(((const Variable *)left)->name, ((const Variable *)right)->name);
}

static VariableList all_variables(Emitter *emitter, const ImportedList *imported)
{
    Arena *arena = emitter->arena;
    Unit *unit = emitter->unit;
    VariableList list = {0};
    for (size_t i = 0; i < unit->loads.count; i++) {
        const Load *load = &unit->loads.items[i];
        list_add(arena, &list, ((Variable){&unit->root, load->name, load->call, true}));
    }
    if (list.count) qsort(list.items, list.count, sizeof(Variable), by_variable_name);
    for (size_t i = 0; i < unit->file->symbols.count; i++) {
        const Symbol *symbol = unit->file->symbols.items[i];
        if (symbol->kind != SYMBOL_VAR || survey_inlined(unit, symbol)) continue;
        list_add(
            arena, &list,
            ((Variable){&unit->root, symbol->name, symbol->declaration->declaration.value, false}));
    }
    for (size_t i = 0; i < imported->count; i++) {
        const Imported *at = &imported->items[i];
        const Syntax *value =
            at->symbol ? at->symbol->declaration->declaration.value : at->load->call;
        list_add(arena, &list, ((Variable){&at->unit->root, at->name, value, at->symbol == NULL}));
    }
    return list;
}

static void write_variable_loops(Emitter *emitter, const VariableList *variables)
{
    bool begun = false;
    for (size_t i = 0; i < variables->count; i++) {
        const Variable *at = &variables->items[i];
        if (at->content || at->value->kind != SYNTAX_FOR) continue;
        if (!begun) {
            json_key(emitter->json, TEXT("copy"));
            json_begin_array(emitter->json);
            begun = true;
        }
        Tree *index = tree_call1(emitter->arena, "copyIndex", tree_text(emitter->arena, at->name));
        expression_write_copy(at->env, at->name, at->value, index, 0, true);
    }
    if (begun) json_end_array(emitter->json);
}

static void write_variables(Emitter *emitter, const ImportedList *imported)
{
    VariableList variables = all_variables(emitter, imported);
    if (variables.count == 0) return;
    json_key(emitter->json, TEXT("variables"));
    json_begin_object(emitter->json);
    write_variable_loops(emitter, &variables);
    for (size_t i = 0; i < variables.count; i++) {
        const Variable *at = &variables.items[i];
        if (!at->content && at->value->kind == SYNTAX_FOR) continue;
        json_key(emitter->json, at->name);
        if (at->content) {
            loading_write_content(at->env, at->value);
        } else {
            expression_write(at->env, at->value);
        }
    }
    json_end_object(emitter->json);
}

static void write_output(Emitter *emitter, const Syntax *node)
{
    JsonWriter *json = emitter->json;
    const Env *env = &emitter->unit->root;
    bool carries = passed_by(env, node);
    Node *object = typejson_output(env, node);
    decoration_merge(env, object, node->declaration.decorators, false);
    json_key(json, node->declaration.name);
    json_begin_object(json);
    node_write_members(emitter, object);
    if (carries) {
        Tree *id = passed_id(env, node->declaration.value);
        if (!id) // as the official compiler does, also of what is an id already
            id = tree_property(emitter->arena, expression_tree(env, node->declaration.value),
                               tree_text(emitter->arena, TEXT("id")));
        json_key(json, TEXT("value"));
        expression_write_tree(emitter, id);
    } else if (node->declaration.value->kind == SYNTAX_FOR) {
        json_key(json, TEXT("copy"));
        expression_write_copy(env, (Text){0}, node->declaration.value,
                              tree_call(emitter->arena, "copyIndex"), 0, true);
    } else {
        json_key(json, TEXT("value"));
        expression_write(env, node->declaration.value);
    }
    json_end_object(json);
}

static void write_outputs(Emitter *emitter)
{
    SyntaxList outputs = emitter->unit->file->outputs;
    bool begun = false;
    for (size_t i = 0; i < outputs.count; i++) {
        begin_section(emitter, &begun, "outputs");
        write_output(emitter, outputs.items[i]);
    }
    end_section(emitter, begun);
}

// ---- assertions

static void write_assertions(Emitter *emitter)
{
    SyntaxList statements = emitter->unit->file->syntax->statements;
    bool begun = false;
    for (size_t i = 0; i < statements.count; i++) {
        const Syntax *node = statements.items[i];
        if (node->kind != SYNTAX_ASSERT || !feature_wanted(emitter, FEATURE_ASSERTIONS, node))
            continue;
        begin_section(emitter, &begun, "asserts");
        json_key(emitter->json, node->declaration.name);
        expression_write(&emitter->unit->root, node->declaration.value);
    }
    end_section(emitter, begun);
}

// ---- the template

// Puts the hash where its placeholder stands; it may be shorter.
static void write_hash(Arena *arena, TextBuffer *out, size_t from, size_t place, int depth)
{
    char digits[sizeof hash_placeholder];
    size_t length = (size_t)snprintf(digits, sizeof digits, "%llu",
                                     (unsigned long long)templatehash_of(arena, out, from, depth));
    char *at = out->items + place, *behind = at + strlen(hash_placeholder);
    memcpy(at, digits, length);
    memmove(at + length, behind, (size_t)(out->items + out->count - behind));
    out->count -= (size_t)(behind - at) - length;
}

// What was JSON before is written as it was, but for spaces and comments.
static void emit_artifact(Arena *arena, const BindArtifact *artifact, JsonWriter *json)
{
    if (artifact->spec.length) {
        json_begin_object(json);
        json_key(json, TEXT("id"));
        json_text(json, artifact->spec);
        json_end_object(json);
        return;
    }
    Text error;
    const Value *value = value_read_template(arena, artifact->json->text, &error);
    assert(value); // it was read before
    value_write_json(json, value);
}

void emit_into(Arena *arena, Diags *diags, BoundFile *file, JsonWriter *json)
{
    if (file->artifact) {
        emit_artifact(arena, file->artifact, json);
        return;
    }
    Emitter emitter = {.arena = arena, .diags = diags, .json = json, .printed = {.arena = arena}};
    size_t from = json->out->count;
    emitter.unit = emitter_unit(&emitter, file);
    emitter.target = target_of(&emitter);
    emitter.features = feature_read(&emitter);
    emitter.symbolic = wants_symbolic(&emitter);
    limit_check(&emitter);
    Closure closure = closure_collect(&emitter);
    json_begin_object(json);
    write_text(&emitter, "$schema",
               text_format(arena, "https://schema.management.azure.com/schemas/%s",
                           schema_of(emitter.target)));
    if (emitter.symbolic) write_text(&emitter, "languageVersion", feature_language(&emitter));
    write_text(&emitter, "contentVersion", TEXT("1.0.0.0"));
    size_t hash = write_metadata(&emitter);
    write_definitions(&emitter, &closure.types);
    write_functions(&emitter, &closure.functions);
    write_parameters(&emitter);
    write_variables(&emitter, &closure.variables);
    extension_write_all(&emitter);
    resource_write_all(&emitter);
    write_outputs(&emitter);
    write_assertions(&emitter);
    resource_check_tests(&emitter);
    json_end_object(json);
    write_hash(arena, json->out, from, hash, json->depth);
}

// The next of the characters that stand, in turns, for a generator's name and its version; NULL if there is none.
static char *stand_in(const TextBuffer *out, size_t from, bool name)
{
    return memchr(out->items + from, name ? TEMPLATEHASH_NAME : TEMPLATEHASH_VERSION,
                  out->count - from);
}

// Writes them out, last first, so that each part of the text moves once.
static void name_generators(Arena *arena, TextBuffer *out)
{
    struct {
        size_t *items, count, room;
    } places = {0};
    size_t more = 0, from = 0;
    for (char *at; (at = stand_in(out, from, places.count % 2 == 0)); from++) {
        from = (size_t)(at - out->items);
        more += strlen(places.count % 2 == 0 ? "swarmgen" : SWARMGEN_VERSION) - 1;
        list_add(arena, &places, from);
    }
    buffer_expect(out, more);
    char *to = out->items + out->count + more;
    for (size_t i = places.count, end = out->count; i-- > 0; end = places.items[i]) {
        const char *name = i % 2 == 0 ? "swarmgen" : SWARMGEN_VERSION;
        size_t behind = places.items[i] + 1;
        to -= end - behind;
        memmove(to, out->items + behind, end - behind);
        to -= strlen(name);
        memcpy(to, name, strlen(name));
    }
    out->count += more;
}

Text emit_template(Arena *arena, Diags *diags, BoundFile *file)
{
    Arena work = arena_borrow(arena);
    TextBuffer out = {.arena = arena};
    JsonWriter json = {.out = &out};
    size_t errors = diags->errors;
    buffer_expect(&out, file->syntax->source->text.length * 5 / 2 + 4096);
    emit_into(&work, diags, file, &json);
    if (diags->errors == errors) name_generators(&work, &out);
    arena_return(&work, arena);
    return diags->errors == errors ? buffer_done(&out) : (Text){0};
}
