// compiler/arm/call.c: calls of functions of Bicep, of the file, and of resources.
#include "compiler/arm/convert.h"
#include "compiler/arm/identity.h"
#include "compiler/arm/loading.h"
#include "compiler/arm/passed.h"
#include "compiler/arm/reference.h"
#include "compiler/arm/survey.h"
#include "compiler/evaluate/functions.h"

#include <string.h>

static Tree *text_tree(const Env *env, const char *text)
{
    return tree_text(env->emitter->arena, text_of(text));
}

static void add_arguments(const Env *env, Tree *tree, SyntaxList arguments)
{
    for (size_t i = 0; i < arguments.count; i++) {
        tree_add(env->emitter->arena, tree, expression_tree(env, arguments.items[i]));
    }
}

static Place name_place(const Syntax *call)
{
    return syntax_token_place(call, call->call.name_token);
}

// Functions of parameters files.
static bool is_for_parameters(Text name)
{
    static const char *const names[] = {"externalInput", "getSecret", "readCliArg", "readEnvVar",
                                        "readEnvironmentVariable"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (text_is(name, names[i])) return true;
    }
    return false;
}

static void add_unknown_function(const Env *env, const Syntax *node)
{
    static const char *const names[] = {
#define FUNCTION(name, least, most, flags, call) #name,
#include "compiler/evaluate/functions.def"
#undef FUNCTION
    };
    enum { COUNT = sizeof names / sizeof *names };
    Text choices[COUNT];
    size_t count = 0;
    for (size_t i = 0; i < COUNT; i++) {
        Text name = text_of(names[i]);
        bool usable =
            !is_for_parameters(name) && !(function_find(name)->flags & FUNCTION_DECORATOR);
        if (usable) choices[count++] = name;
    }
    diag_add_with(env->emitter->diags, DIAG_UNKNOWN_FUNCTION, name_place(node), node->call.name);
    diag_suggest(env->emitter->diags, node->call.name, choices, count);
}

static void check_count(const Env *env, const Syntax *node, int least, int most)
{
    Arena *arena = env->emitter->arena;
    int count = (int)node->call.arguments.count;
    if (count >= least && (most < 0 || count <= most)) return;
    Text wanted = most < 0       ? text_format(arena, "at least %d", least)
                  : least < most ? text_format(arena, "%d to %d", least, most)
                                 : text_format(arena, "%d", least);
    wanted = text_format(arena, "%.*s argument%s", TEXT_ARG(wanted),
                         most == 1 || (most < 0 && least == 1) ? "" : "s");
    diag_add_with(env->emitter->diags, DIAG_ARGUMENT_COUNT, name_place(node), node->call.name,
                  wanted, text_format(arena, "%d", count));
}

// A scope function with arguments is an empty object as a value.
bool convert_is_empty_scope(const Syntax *node)
{
    if (node->call.arguments.count == 0) return false;
    return text_is(node->call.name, "resourceGroup") || text_is(node->call.name, "subscription") ||
           text_is(node->call.name, "managementGroup");
}

static Tree *nameof_tree(const Env *env, const Syntax *node)
{
    const Syntax *argument = node->call.arguments.count ? node->call.arguments.items[0] : NULL;
    Text name = {0};
    if (argument && argument->kind == SYNTAX_NAME) name = argument->name;
    if (argument && argument->kind == SYNTAX_ACCESS) name = argument->access.name;
    if (argument && argument->kind == SYNTAX_INDEX) syntax_plain_string(argument->index.at, &name);
    if (name.length == 0) emitter_unsupported(env->emitter, node, "this nameof()");
    return tree_text(env->emitter->arena, name);
}

// Which of a lambda's parameters stands for the collection's elements.
static bool takes_element(Text function, size_t parameter)
{
    if (text_is(function, "reduce")) return parameter == 1;
    if (text_is(function, "sort")) return true;
    return parameter == 0;
}

static Tree *lambda_tree(const Env *env, const Syntax *node, Symbol *module, Text function)
{
    Arena *arena = env->emitter->arena;
    Tree *tree = tree_call(arena, "lambda");
    Env *inner = arena_new(arena, Env);
    *inner = *env;
    for (size_t i = 0; i < node->lambda.count; i++) {
        Text name = node->lambda.parameters[i].name;
        Local *local = arena_new(arena, Local);
        *local = (Local){.name = name, .kind = LOCAL_LAMBDA, .outer = inner->locals};
        if (module && takes_element(function, i)) local->module = module;
        inner->locals = local;
        tree_add(arena, tree, tree_text(arena, name));
    }
    tree_add(arena, tree, expression_tree(inner, node->lambda.body));
    return tree;
}

Tree *convert_lambda(const Env *env, const Syntax *node)
{
    return lambda_tree(env, node, NULL, (Text){0});
}

// The module whose whole collection is the first argument; NULL if it is something else.
static Symbol *collection_argument(const Env *env, const Syntax *node)
{
    if (node->call.arguments.count < 2) return NULL;
    Reference reference = reference_of(env, node->call.arguments.items[0]);
    bool module = reference.symbol && reference.symbol->kind == SYMBOL_MODULE;
    return module && reference_is_collection(reference) ? reference.symbol : NULL;
}

static Tree *convert_built_in(const Env *env, const Syntax *node)
{
    Arena *arena = env->emitter->arena;
    Text name = node->call.name;
    if (env->unit->file->artifact) { // any function of ARM's, taken over as it is
        Tree *taken = tree_call_text(arena, bind_original_name(arena, name));
        add_arguments(env, taken, node->call.arguments);
        return taken;
    }
    const FunctionRow *row = function_find(name);
    bool lists = !row && text_starts(name, "list");
    bool known = lists || (row && !(row->flags & FUNCTION_DECORATOR) && !is_for_parameters(name));
    if (!known) {
        add_unknown_function(env, node);
    } else {
        check_count(env, node, lists ? 2 : row->least, lists ? 3 : row->most);
    }
    if (text_is(name, "nameof")) return nameof_tree(env, node);
    if (convert_is_empty_scope(node)) return tree_call(arena, "createObject");
    if (loading_is_load(name)) return loading_tree(env, node);
    Tree *tree = tree_call_text(arena, name);
    Symbol *module = collection_argument(env, node);
    for (size_t i = 0; i < node->call.arguments.count; i++) {
        const Syntax *argument = syntax_bare(node->call.arguments.items[i]);
        bool elements = module && argument->kind == SYNTAX_LAMBDA;
        tree_add(arena, tree,
                 elements ? lambda_tree(env, argument, module, name)
                          : expression_tree(env, argument));
    }
    return tree;
}

static Tree *user_call(const Env *env, const Syntax *node, const Symbol *symbol)
{
    Arena *arena = env->emitter->arena;
    Text name = expression_name_of(env, symbol);
    bool qualified = memchr(name.at, '.', name.length) != NULL;
    Tree *tree = tree_call_text(
        arena, qualified ? name : text_format(arena, "__bicep.%.*s", TEXT_ARG(name)));
    const Syntax *declared = symbol->declaration->declaration.value;
    if (declared && declared->kind == SYNTAX_LAMBDA) {
        int most = (int)declared->lambda.count, least = most;
        while (least > 0) {
            const Syntax *type = declared->lambda.parameters[least - 1].type;
            if (!type || type->kind != SYNTAX_TYPE_NULLABLE) break;
            least--;
        }
        check_count(env, node, least, most);
    }
    add_arguments(env, tree, node->call.arguments);
    return tree;
}

// What a resource of an extension can do.
static Tree *method_call(const Env *env, const Syntax *node, Reference reference)
{
    Arena *arena = env->emitter->arena;
    Tree *items = tree_call(arena, "createArray");
    add_arguments(env, items, node->call.arguments);
    Tree *tree =
        tree_call2(arena, "invokeResourceMethod", reference_symbolic(env->emitter, reference),
                   tree_text(arena, node->call.name));
    tree_add(arena, tree, items);
    return tree;
}

static Tree *list_call(const Env *env, const Syntax *node, Reference reference)
{
    Emitter *emitter = env->emitter;
    Arena *arena = emitter->arena;
    Tree *tree = tree_call_text(arena, node->call.name);
    tree_add(arena, tree,
             emitter->symbolic ? reference_symbolic(emitter, reference) : identity_id(reference));
    if (node->call.arguments.count == 0) {
        Text version = survey_info(reference.env->unit, reference.symbol)->version;
        tree_add(arena, tree, tree_text(arena, version));
    }
    add_arguments(env, tree, node->call.arguments);
    return tree;
}

static Tree *this_call(const Env *env, const Syntax *node)
{
    Arena *arena = env->emitter->arena;
    Tree *target = tree_call1(arena, "target", text_tree(env, "full"));
    if (text_is(node->call.name, "existingResource")) return target;
    if (text_is(node->call.name, "exists"))
        return convert_negated(arena, tree_call1(arena, "empty", target));
    emitter_unsupported(env->emitter, node, "this function of `this`");
    return text_tree(env, "");
}

Tree *convert_call(const Env *env, const Syntax *node)
{
    if (convert_is_built_in(env, node)) return convert_built_in(env, node);
    const Syntax *base = node->call.base;
    if (!base) return user_call(env, node, bind_lookup(env->unit->file, node->call.name));
    Symbol *space = convert_file_symbol(env, base);
    if (space && space->kind == SYMBOL_NAMESPACE) {
        return user_call(env, node, bind_exported(space->target_file, node->call.name));
    }
    if (base->kind == SYNTAX_NAME && text_is(base->name, "this") && !space)
        return this_call(env, node);
    Reference reference = reference_of(env, base);
    bool lists = text_starts_alike(node->call.name, "list");
    if (reference.symbol && bind_is_foreign(reference.symbol))
        return method_call(env, node, reference);
    if (reference.symbol && reference.symbol->kind == SYMBOL_RESOURCE && lists) {
        return list_call(env, node, reference);
    }
    Passed passed = lists ? passed_of(env, base) : (Passed){0};
    if (passed.id) {
        Tree *tree = passed_list_call(env, passed, node);
        add_arguments(env, tree, node->call.arguments);
        return tree;
    }
    emitter_unsupported(env->emitter, node, "this method");
    return text_tree(env, "");
}
