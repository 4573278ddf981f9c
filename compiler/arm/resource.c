// compiler/arm/resource.c
#include "compiler/arm/resource.h"

#include "compiler/arm/decoration.h"
#include "compiler/arm/dependency.h"
#include "compiler/arm/emit.h"
#include "compiler/arm/expression.h"
#include "compiler/arm/feature.h"
#include "compiler/arm/identity.h"
#include "compiler/arm/passed.h"
#include "compiler/arm/reference.h"
#include "compiler/arm/survey.h"
#include "compiler/bind/type.h"

// ---- parts that resources and modules share

static Reference own_reference(Emitter *emitter, Symbol *symbol)
{
    return (Reference){symbol, survey_info(emitter->unit, symbol)->env, NULL};
}

static void write_copy(Emitter *emitter, const Symbol *symbol, const Info *info)
{
    if (!info->loop) return;
    Env around = emitter->unit->root;
    around.within = symbol->parent;
    json_key(emitter->json, TEXT("copy"));
    expression_write_copy(&around, info->symbolic, info->loop, NULL,
                          syntax_batch_size(symbol->declaration->resource.decorators), false);
}

// Conditions of the resources around count, too.
static Tree *condition_tree(Emitter *emitter, const Symbol *symbol)
{
    const Info *info = survey_info(emitter->unit, symbol);
    Tree *around = symbol->parent ? condition_tree(emitter, symbol->parent) : NULL;
    if (!info->condition) return around;
    Tree *own = expression_tree(info->env, info->condition);
    return around ? tree_call2(emitter->arena, "and", around, own) : own;
}

static void write_condition(Emitter *emitter, const Symbol *symbol)
{
    const Symbol *only = NULL;
    size_t count = 0;
    for (const Symbol *at = symbol; at; at = at->parent) {
        if (!survey_info(emitter->unit, at)->condition) continue;
        only = at;
        count++;
    }
    if (count == 0) return;
    json_key(emitter->json, TEXT("condition"));
    if (count == 1) {
        const Info *info = survey_info(emitter->unit, only);
        expression_write(info->env, info->condition);
    } else {
        expression_write_tree(emitter, condition_tree(emitter, symbol));
    }
}

static void write_description(Emitter *emitter, const Syntax *node)
{
    Text text;
    if (!decoration_description(&emitter->unit->root, node->resource.decorators, &text)) return;
    json_key(emitter->json, TEXT("metadata"));
    json_begin_object(emitter->json);
    json_key(emitter->json, TEXT("description"));
    json_text(emitter->json, tree_escape(emitter->arena, text));
    json_end_object(emitter->json);
}

static void write_text_property(Emitter *emitter, const char *key, Text text)
{
    json_key(emitter->json, text_of(key));
    json_text(emitter->json, tree_escape(emitter->arena, text));
}

// ---- resources

static bool is_option(const Syntax *decorator)
{
    Text name = decorator->call.name;
    return text_is(name, "onlyIfNotExists") || text_is(name, "retryOn") ||
           text_is(name, "nullIfNotFound") || text_is(name, "waitUntil");
}

static void write_options(Emitter *emitter, const Syntax *node)
{
    JsonWriter *json = emitter->json;
    bool begun = false;
    for (size_t i = 0; i < node->resource.decorators.count; i++) {
        const Syntax *decorator = node->resource.decorators.items[i];
        if (!is_option(decorator)) continue;
        if (text_is(decorator->call.name, "waitUntil"))
            feature_wanted(emitter, FEATURE_WAIT_UNTIL, decorator);
        if (!begun) {
            json_key(json, TEXT("@options"));
            json_begin_object(json);
            begun = true;
        }
        json_key(json, decorator->call.name);
        json_begin_array(json);
        for (size_t j = 0; j < decorator->call.arguments.count; j++) {
            expression_write(&emitter->unit->root, decorator->call.arguments.items[j]);
        }
        json_end_array(json);
    }
    if (begun) json_end_object(json);
}

static void write_resource(Emitter *emitter, Symbol *symbol)
{
    static const char *const skipped[] = {"name", "parent", "scope", "dependsOn", NULL};
    JsonWriter *json = emitter->json;
    const Info *info = survey_info(emitter->unit, symbol);
    Reference reference = own_reference(emitter, symbol);
    json_begin_object(json);
    write_copy(emitter, symbol, info);
    write_condition(emitter, symbol);
    if (info->existing) {
        json_key(json, TEXT("existing"));
        json_bool(json, true);
    }
    write_options(emitter, symbol->declaration);
    const Syntax *patch = syntax_decorator(symbol->declaration->resource.decorators, "patch");
    if (patch && feature_wanted(emitter, FEATURE_PATCH, patch))
        write_text_property(emitter, "method", TEXT("PATCH"));
    bool by_module = (emitter->features & FEATURE_EXTENSION_CONFIGS) != 0;
    if (info->extension)
        write_text_property(emitter, by_module ? "extension" : "import", info->extension->name);
    if (info->foreign) {
        static const char *const outside[] = {"dependsOn", NULL};
        bool split = by_module || info->version.length == 0;
        Text type =
            text_format(emitter->arena, "%.*s@%.*s", TEXT_ARG(info->type), TEXT_ARG(info->version));
        write_text_property(emitter, "type", split ? info->type : type);
        if (by_module && info->version.length)
            write_text_property(emitter, "apiVersion", info->version);
        json_key(json, TEXT("properties"));
        json_begin_object(json);
        expression_write_members(info->env, info->body, outside);
        json_end_object(json);
        dependency_write(emitter, symbol);
        write_description(emitter, symbol->declaration);
        json_end_object(json);
        return;
    }
    // A property of the same name in the body takes the place of these.
    if (!syntax_property(info->body, "type")) write_text_property(emitter, "type", info->type);
    if (!syntax_property(info->body, "apiVersion"))
        write_text_property(emitter, "apiVersion", info->version);
    identity_write_scope(reference);
    json_key(json, TEXT("name"));
    expression_write_tree(emitter, identity_full_name(reference));
    if (info->body) expression_write_members(info->env, info->body, skipped);
    dependency_write(emitter, symbol);
    write_description(emitter, symbol->declaration);
    json_end_object(json);
}

// ---- modules

static bool is_secret_call(const Syntax *node)
{
    return node->kind == SYNTAX_CALL && node->call.base && text_is(node->call.name, "getSecret");
}

static Tree *vault_id(const Env *env, const Syntax *call)
{
    Reference vault = reference_of(env, call->call.base);
    if (vault.symbol && vault.symbol->kind == SYMBOL_RESOURCE) return identity_id(vault);
    Passed passed = passed_of(env, call->call.base);
    if (passed.id) return passed.id;
    emitter_unsupported(env->emitter, call, "this getSecret()");
    return tree_text(env->emitter->arena, (Text){0});
}

static void write_secret_as(const Env *env, const Syntax *call, const char *name)
{
    static const char *const keys[] = {"secretName", "secretVersion"};
    JsonWriter *json = env->emitter->json;
    json_begin_object(json);
    json_key(json, text_of(name));
    json_begin_object(json);
    json_key(json, TEXT("keyVault"));
    json_begin_object(json);
    json_key(json, TEXT("id"));
    expression_write_tree(env->emitter, vault_id(env, call));
    json_end_object(json);
    for (size_t i = 0; i < call->call.arguments.count && i < 2; i++) {
        json_key(json, text_of(keys[i]));
        expression_write(env, call->call.arguments.items[i]);
    }
    json_end_object(json);
    json_end_object(json);
}

static void write_secret(const Env *env, const Syntax *call)
{
    write_secret_as(env, call, "reference");
}

static Tree *secret_tree(const Env *env, const Syntax *call)
{
    static const char *const keys[] = {"secretName", "secretVersion"};
    Arena *arena = env->emitter->arena;
    Tree *vault =
        tree_call2(arena, "createObject", tree_text(arena, TEXT("id")), vault_id(env, call));
    Tree *object = tree_call2(arena, "createObject", tree_text(arena, TEXT("keyVault")), vault);
    for (size_t i = 0; i < call->call.arguments.count && i < 2; i++) {
        tree_add(arena, object, tree_text(arena, text_of(keys[i])));
        tree_add(arena, object, expression_tree(env, call->call.arguments.items[i]));
    }
    return tree_call2(arena, "createObject", tree_text(arena, TEXT("reference")), object);
}

// A parameter's value as createObject('value', …), each branch of a choice for itself.
static Tree *argument_tree(const Env *env, const Syntax *value)
{
    Arena *arena = env->emitter->arena;
    Meaning meaning = expression_meaning(env, value);
    if (is_secret_call(meaning.node)) return secret_tree(meaning.env, meaning.node);
    if (meaning.node->kind == SYNTAX_TERNARY) {
        const Syntax *node = meaning.node;
        Tree *tree = tree_call1(arena, "if", expression_tree(meaning.env, node->ternary.condition));
        tree_add(arena, tree, argument_tree(meaning.env, node->ternary.then));
        tree_add(arena, tree, argument_tree(meaning.env, node->ternary.otherwise));
        return tree;
    }
    return tree_call2(arena, "createObject", tree_text(arena, TEXT("value")),
                      expression_tree(meaning.env, meaning.node));
}

// The body of a loop becomes an expression even if it is an object.
static void write_argument_loop(const Env *env, const Syntax *loop)
{
    Emitter *emitter = env->emitter;
    JsonWriter *json = emitter->json;
    Arena *arena = emitter->arena;
    Tree *index = tree_call1(arena, "copyIndex", tree_text(arena, TEXT("value")));
    const Env *inner = emitter_loop_env(env, loop, index, index);
    Text plain;
    json_begin_object(json);
    json_key(json, TEXT("copy"));
    json_begin_array(json);
    json_begin_object(json);
    json_key(json, TEXT("name"));
    json_text(json, TEXT("value"));
    json_key(json, TEXT("count"));
    expression_write_tree(emitter,
                          tree_call1(arena, "length", expression_tree(env, loop->loop.array)));
    json_key(json, TEXT("input"));
    Tree *tree = expression_tree(inner, loop->loop.body);
    if (!syntax_plain_string(syntax_bare(loop->loop.body), &plain))
        tree = tree_as_call(arena, tree);
    json_text(json, tree_print(arena, tree));
    json_end_object(json);
    json_end_array(json);
    json_end_object(json);
}

static void write_argument(const Env *env, const Syntax *value)
{
    JsonWriter *json = env->emitter->json;
    Meaning meaning = expression_meaning(env, value);
    if (value->kind == SYNTAX_FOR) {
        write_argument_loop(env, value);
    } else if (is_secret_call(meaning.node)) {
        write_secret(meaning.env, meaning.node);
    } else if (meaning.node->kind == SYNTAX_TERNARY) {
        expression_write_tree(env->emitter, argument_tree(env, value));
    } else {
        json_begin_object(json);
        json_key(json, TEXT("value"));
        expression_write(meaning.env, meaning.node);
        json_end_object(json);
    }
}

static bool is_given(const Syntax *arguments, Text name)
{
    for (size_t i = 0; arguments && i < arguments->list.count; i++) {
        const Syntax *item = arguments->list.items[i];
        if (item->kind == SYNTAX_PROPERTY && text_equal(item->property.name, name)) return true;
    }
    return false;
}

static void check_unknown_argument(Emitter *emitter, const BoundFile *target, const Syntax *item)
{
    const Symbol *symbol = bind_lookup(target, item->property.name);
    if (symbol && symbol->kind == SYMBOL_PARAM) return;
    Text *choices = arena_array(emitter->arena, Text, target->symbols.count + 1);
    size_t count = 0;
    for (size_t i = 0; i < target->symbols.count; i++) {
        const Symbol *at = target->symbols.items[i];
        if (at->kind == SYMBOL_PARAM) choices[count++] = at->name;
    }
    diag_add_with(emitter->diags, DIAG_MODULE_PARAMETER_UNKNOWN, syntax_place(item->property.key),
                  target->path, item->property.name);
    diag_suggest(emitter->diags, item->property.name, choices, count);
}

// `params`: the property, NULL if there is none.
static void check_arguments(Emitter *emitter, const Symbol *module, const Syntax *params)
{
    const Syntax *arguments = params ? syntax_bare(params->property.value) : NULL;
    BoundFile *target = module->target_file;
    for (size_t i = 0; arguments && i < arguments->list.count; i++) {
        const Syntax *item = arguments->list.items[i];
        if (item->kind == SYNTAX_SPREAD) {
            emitter_unsupported(emitter, item, "a spread in a module's parameters");
        } else if (item->kind == SYNTAX_PROPERTY) {
            check_unknown_argument(emitter, target, item);
        }
    }
    Types types = {.arena = emitter->arena};
    const Syntax *node = module->declaration;
    Place place = params ? syntax_place(params->property.key)
                         : syntax_token_place(node, node->resource.name_token);
    for (size_t i = 0; i < target->symbols.count; i++) {
        const Symbol *wanted = target->symbols.items[i];
        if (wanted->kind != SYMBOL_PARAM || wanted->declaration->declaration.value) continue;
        if (is_given(arguments, wanted->name)) continue;
        const Syntax *type = wanted->declaration->declaration.type;
        if (type && type_may_be_null(type_read(&types, wanted->file, type))) continue;
        diag_add_with(emitter->diags, DIAG_MODULE_PARAMETER_MISSING, place, module->name,
                      wanted->name);
    }
}

// Of a resource a module is given the id.
static Tree *passed_argument(const Info *info, const Symbol *module, const Syntax *item)
{
    const Symbol *wanted = bind_lookup(module->target_file, item->property.name);
    bool carries = wanted && survey_is_carrier(info->env->unit, wanted);
    return carries ? passed_id(info->env, item->property.value) : NULL;
}

static void write_arguments(Emitter *emitter, const Symbol *symbol, const Info *info)
{
    const Syntax *property = syntax_property(info->body, "params");
    const Syntax *arguments = property ? syntax_bare(property->property.value) : NULL;
    if (arguments && arguments->kind != SYNTAX_OBJECT) {
        emitter_unsupported(emitter, arguments, "parameters of a module that are no object");
        return;
    }
    check_arguments(emitter, symbol, property);
    passed_check_module(emitter, symbol);
    if (!arguments) return;
    json_key(emitter->json, TEXT("parameters"));
    json_begin_object(emitter->json);
    for (size_t i = 0; i < arguments->list.count; i++) {
        const Syntax *item = arguments->list.items[i];
        if (item->kind != SYNTAX_PROPERTY) continue;
        json_key(emitter->json, tree_key(emitter->arena, item->property.name));
        Tree *id = passed_argument(info, symbol, item);
        if (id) {
            json_begin_object(emitter->json);
            json_key(emitter->json, TEXT("value"));
            expression_write_tree(emitter, id);
            json_end_object(emitter->json);
        } else {
            write_argument(info->env, item->property.value);
        }
    }
    json_end_object(emitter->json);
}

// alias.config, or one of its properties: what this file's own extension was given.
static bool is_inherited(const Env *env, const Syntax *node)
{
    while (node->kind == SYNTAX_ACCESS) node = node->access.base;
    const Symbol *symbol = node->kind == SYNTAX_NAME ? expression_symbol(env, node) : NULL;
    return symbol && symbol->kind == SYMBOL_EXTENSION;
}

static void write_extension_config(const Env *env, const Syntax *value)
{
    JsonWriter *json = env->emitter->json;
    json_begin_object(json);
    for (size_t i = 0; i < value->list.count; i++) {
        const Syntax *item = value->list.items[i];
        if (item->kind != SYNTAX_PROPERTY) continue;
        const Syntax *given = item->property.value;
        json_key(json, item->property.name);
        if (is_inherited(env, given)) {
            expression_write(env, given);
        } else if (is_secret_call(given)) {
            write_secret_as(env, given, "keyVaultReference");
        } else {
            json_begin_object(json);
            json_key(json, TEXT("value"));
            expression_write(env, given);
            json_end_object(json);
        }
    }
    json_end_object(json);
}

static void write_extension_configs(Emitter *emitter, const Info *info)
{
    const Syntax *property = syntax_property(info->body, "extensionConfigs");
    JsonWriter *json = emitter->json;
    if (!property || !feature_wanted(emitter, FEATURE_EXTENSION_CONFIGS, property)) return;
    const Syntax *configs = property->property.value;
    if (configs->kind != SYNTAX_OBJECT) {
        emitter_unsupported(emitter, configs, "settings of extensions that are no object");
        return;
    }
    json_key(json, TEXT("extensionConfigs"));
    json_begin_object(json);
    for (size_t i = 0; i < configs->list.count; i++) {
        const Syntax *item = configs->list.items[i];
        if (item->kind != SYNTAX_PROPERTY) continue;
        json_key(json, item->property.name);
        if (item->property.value->kind == SYNTAX_OBJECT) {
            write_extension_config(info->env, item->property.value);
        } else {
            expression_write(info->env, item->property.value);
        }
    }
    json_end_object(json);
}

static void write_location(Emitter *emitter, Reference reference)
{
    if (identity_scope(reference).kind == SCOPE_RESOURCE_GROUP) return;
    Arena *arena = emitter->arena;
    const char *around = emitter->target == TARGET_RESOURCE_GROUP ? "resourceGroup" : "deployment";
    Tree *location =
        tree_property(arena, tree_call(arena, around), tree_text(arena, TEXT("location")));
    json_key(emitter->json, TEXT("location"));
    expression_write_tree(emitter, location);
}

static void write_deployment(Emitter *emitter, const Symbol *symbol, const Info *info)
{
    JsonWriter *json = emitter->json;
    json_key(json, TEXT("properties"));
    json_begin_object(json);
    json_key(json, TEXT("expressionEvaluationOptions"));
    json_begin_object(json);
    write_text_property(emitter, "scope", TEXT("inner"));
    json_end_object(json);
    write_text_property(emitter, "mode", TEXT("Incremental"));
    write_arguments(emitter, symbol, info);
    write_extension_configs(emitter, info);
    const BindArtifact *artifact = symbol->target_file->artifact;
    json_key(json, artifact && artifact->spec.length ? TEXT("templateLink") : TEXT("template"));
    emit_into(emitter->arena, emitter->diags, symbol->target_file, json);
    json_end_object(json);
}

static void write_module(Emitter *emitter, Symbol *symbol)
{
    static const char *const skipped[] = {"name",      "params",           "scope",
                                          "dependsOn", "extensionConfigs", NULL};
    JsonWriter *json = emitter->json;
    const Info *info = survey_info(emitter->unit, symbol);
    Reference reference = own_reference(emitter, symbol);
    json_begin_object(json);
    write_copy(emitter, symbol, info);
    write_condition(emitter, symbol);
    write_text_property(emitter, "type", info->type);
    write_text_property(emitter, "apiVersion", info->version);
    expression_write_members(info->env, info->body, skipped);
    json_key(json, TEXT("name"));
    expression_write_tree(emitter, identity_module_name(reference));
    identity_write_scope(reference);
    write_location(emitter, reference);
    write_deployment(emitter, symbol, info);
    dependency_write(emitter, symbol);
    write_description(emitter, symbol->declaration);
    json_end_object(json);
}

// ---- tests: nothing of them is in the template

void resource_check_tests(Emitter *emitter)
{
    const SymbolList *symbols = &emitter->unit->file->symbols;
    for (size_t i = 0; i < symbols->count; i++) {
        const Symbol *symbol = symbols->items[i];
        if (symbol->kind != SYMBOL_TEST ||
            !feature_wanted(emitter, FEATURE_TESTS, symbol->declaration))
            continue;
        const Syntax *body = syntax_body(symbol->declaration),
                     *params = body ? syntax_property(body, "params") : NULL;
        bool object = params && syntax_bare(params->property.value)->kind == SYNTAX_OBJECT;
        check_arguments(emitter, symbol, object ? params : NULL);
    }
}

// ---- all

static void write_entry(Emitter *emitter, Symbol *symbol)
{
    const Info *info = survey_info(emitter->unit, symbol);
    bool left_out = symbol->kind == SYMBOL_RESOURCE && info->existing &&
                    (!emitter->symbolic || survey_inlined(emitter->unit, symbol));
    if (left_out) return;
    if (emitter->symbolic) json_key(emitter->json, info->symbolic);
    if (symbol->kind == SYMBOL_MODULE) {
        write_module(emitter, symbol);
    } else {
        write_resource(emitter, symbol);
    }
}

// Of one resource: the resources nested in its children, then its children.
static void write_nested(Emitter *emitter, const Symbol *around)
{
    for (size_t i = 0; i < around->children.count; i++)
        write_nested(emitter, around->children.items[i]);
    for (size_t i = 0; i < around->children.count; i++)
        write_entry(emitter, around->children.items[i]);
}

void resource_write_all(Emitter *emitter)
{
    const SymbolList *symbols = &emitter->unit->file->symbols;
    json_key(emitter->json, TEXT("resources"));
    if (emitter->symbolic) {
        json_begin_object(emitter->json);
    } else {
        json_begin_array(emitter->json);
    }
    for (int pass = 0; pass < 3; pass++) { // nested ones, top-level ones, modules
        for (size_t i = 0; i < symbols->count; i++) {
            Symbol *symbol = symbols->items[i];
            if (symbol->parent) continue;
            if (symbol->kind == SYMBOL_RESOURCE && pass == 0) write_nested(emitter, symbol);
            if (symbol->kind == SYMBOL_RESOURCE && pass == 1) write_entry(emitter, symbol);
            if (symbol->kind == SYMBOL_MODULE && pass == 2) write_entry(emitter, symbol);
        }
    }
    if (emitter->symbolic) {
        json_end_object(emitter->json);
    } else {
        json_end_array(emitter->json);
    }
}
