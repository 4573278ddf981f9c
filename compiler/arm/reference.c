// compiler/arm/reference.c
#include "compiler/arm/reference.h"

#include "compiler/arm/convert.h"
#include "compiler/arm/feature.h"
#include "compiler/arm/identity.h"
#include "compiler/arm/survey.h"
#include "compiler/arm/typejson.h"

#include <assert.h>

// ---- what an expression stands for

const Env *reference_env_at(Unit *unit, const Symbol *symbol, Tree *index)
{
    const Info *info = survey_info(unit, symbol);
    if (!info->loop || !index) return info->env;
    Arena *arena = unit->emitter->arena;
    Env *around = arena_new(arena, Env);
    *around = unit->root;
    around->within = symbol->kind == SYMBOL_RESOURCE ? symbol : NULL;
    return emitter_loop_env(around, info->loop,
                            info->item_in_name ? index : tree_call(arena, "copyIndex"),
                            info->index_in_name ? index : tree_call(arena, "copyIndex"));
}

static bool is_deployed(const Symbol *symbol)
{
    return symbol && (symbol->kind == SYMBOL_RESOURCE || symbol->kind == SYMBOL_MODULE);
}

Symbol *reference_symbol(const Env *env, const Syntax *node)
{
    if (node->kind == SYNTAX_NAME) {
        Symbol *symbol = convert_file_symbol(env, node);
        return is_deployed(symbol) ? symbol : NULL;
    }
    if (node->kind == SYNTAX_ACCESS && node->access.nested) {
        Symbol *around = reference_symbol(env, node->access.base);
        return around ? bind_nested(around, node->access.name) : NULL;
    }
    return NULL;
}

Reference reference_of(const Env *env, const Syntax *node)
{
    Meaning meaning = expression_meaning(env, node);
    Unit *unit = meaning.env->unit;
    Symbol *symbol = reference_symbol(meaning.env, meaning.node);
    if (symbol) return (Reference){symbol, reference_env_at(unit, symbol, NULL), NULL};
    if (meaning.node->kind != SYNTAX_INDEX) return (Reference){0};
    symbol = reference_symbol(meaning.env, meaning.node->index.base);
    if (!symbol || !survey_info(unit, symbol)->loop) return (Reference){0};
    Tree *index = expression_tree(meaning.env, meaning.node->index.at);
    return (Reference){symbol, reference_env_at(unit, symbol, index), index};
}

Reference reference_as_written(Reference reference)
{
    if (!reference.index) return reference;
    Arena *arena = reference.env->emitter->arena;
    Env *env = arena_new(arena, Env);
    *env = *reference.env;
    const Local **link = &env->locals;
    while (*link) {
        Local *copy = arena_new(arena, Local);
        *copy = **link;
        copy->written = copy->kind == LOCAL_ITEM;
        *link = copy;
        link = &copy->outer;
    }
    reference.env = env;
    return reference;
}

Tree *reference_symbolic(Emitter *emitter, Reference reference)
{
    Arena *arena = emitter->arena;
    Text name = survey_info(reference.env->unit, reference.symbol)->symbolic;
    if (!reference.index) return tree_text(arena, name);
    Text format = text_format(arena, "%.*s[{0}]", TEXT_ARG(name));
    return tree_call2(arena, "format", tree_text(arena, format), reference.index);
}

bool reference_is_collection(Reference reference)
{
    return survey_info(reference.env->unit, reference.symbol)->loop && !reference.index;
}

// ---- resources and modules as values

// An existing resource that is left out of the template has nothing to be read.
static void check_readable(Emitter *emitter, Reference reference)
{
    const Syntax *node = reference.symbol->declaration;
    if (!survey_inlined(reference.env->unit, reference.symbol)) return;
    Place place = syntax_token_place(node, node->resource.name_token);
    diag_add_with(emitter->diags, DIAG_NOT_READABLE, place, reference.symbol->name);
}

static Tree *resource_reference(Emitter *emitter, Reference reference, bool full)
{
    Arena *arena = emitter->arena;
    const Info *info = survey_info(reference.env->unit, reference.symbol);
    bool collection = reference_is_collection(reference);
    bool symbolic = emitter->symbolic || collection;
    check_readable(emitter, reference);
    Tree *target = symbolic ? reference_symbolic(emitter, reference) : identity_id(reference);
    Tree *tree = tree_call1(arena, collection ? "references" : "reference", target);
    if (info->foreign) return tree;
    if (!collection && (full || !emitter->symbolic)) {
        tree_add(arena, tree, tree_text(arena, info->version));
    }
    if (full) tree_add(arena, tree, tree_text(arena, TEXT("full")));
    return tree;
}

static Tree *module_reference(Emitter *emitter, Reference reference)
{
    Arena *arena = emitter->arena;
    bool collection = reference_is_collection(reference);
    bool symbolic = emitter->symbolic || collection;
    Tree *target = symbolic ? reference_symbolic(emitter, reference) : identity_id(reference);
    Tree *tree = tree_call1(arena, collection ? "references" : "reference", target);
    if (!symbolic) tree_add(arena, tree, tree_text(arena, TEXT("2025-04-01")));
    return tree;
}

// if(<the resource's condition>, tree, null()), for a safe access of a conditional one.
static Tree *guarded(Emitter *emitter, Reference reference, bool safe, Tree *tree)
{
    if (!safe) return tree;
    Arena *arena = emitter->arena;
    Tree *condition = NULL;
    const Symbol *around[32];
    size_t depth = 0;
    for (const Symbol *at = reference.symbol; at && depth < 32; at = at->parent)
        around[depth++] = at;
    while (depth-- > 0) {
        const Info *info = survey_info(reference.env->unit, around[depth]);
        if (!info->condition) continue;
        const Env *env = depth ? info->env : reference.env;
        Tree *own = expression_tree(env, info->condition);
        condition = condition ? tree_call2(arena, "and", condition, own) : own;
    }
    if (!condition) return tree;
    Tree *call = tree_call2(arena, "if", condition, tree);
    tree_add(arena, call, tree_call(arena, "null"));
    return call;
}

// resourceInfo(symbol).name gives the whole name, where a child's `name` is its last part.
static Tree *resource_info(Emitter *emitter, Reference reference, Text name, bool safe)
{
    Arena *arena = emitter->arena;
    const Info *info = survey_info(reference.env->unit, reference.symbol);
    Tree *call = tree_call1(arena, "resourceInfo", reference_symbolic(emitter, reference));
    Tree *part = tree_text(arena, name);
    if (text_is(name, "name") && (reference.symbol->parent || info->parent)) {
        Tree *parts = tree_call2(arena, "split", tree_property(arena, call, part),
                                 tree_text(arena, TEXT("/")));
        return guarded(emitter, reference, safe, tree_call1(arena, "last", parts));
    }
    call = guarded(emitter, reference, safe, call);
    return safe ? tree_call2(arena, "tryGet", call, part) : tree_property(arena, call, part);
}

static Tree *resource_property(Emitter *emitter, Reference reference, Text name, bool safe)
{
    Arena *arena = emitter->arena;
    const Info *info = survey_info(reference.env->unit, reference.symbol);
    if (info->foreign) {
        Tree *whole =
            guarded(emitter, reference, safe, resource_reference(emitter, reference, false));
        Tree *part = tree_text(arena, name);
        return safe ? tree_call2(arena, "tryGet", whole, part) : tree_property(arena, whole, part);
    }
    bool identity = text_is(name, "id") || text_is(name, "name") || text_is(name, "type") ||
                    text_is(name, "apiVersion");
    bool info_call = identity && (emitter->features & FEATURE_RESOURCE_INFO) &&
                     !survey_inlined(reference.env->unit, reference.symbol);
    if (info_call) return resource_info(emitter, reference, name, safe);
    if (text_is(name, "id")) return guarded(emitter, reference, safe, identity_id(reference));
    if (text_is(name, "name") && info->name) {
        return guarded(emitter, reference, safe, expression_tree(reference.env, info->name));
    }
    if (text_is(name, "type")) return tree_text(arena, info->type);
    if (text_is(name, "apiVersion")) return tree_text(arena, info->version);
    if (text_is(name, "properties") && !safe) return resource_reference(emitter, reference, false);
    Tree *tree = guarded(emitter, reference, safe, resource_reference(emitter, reference, true));
    Tree *property = tree_text(arena, name);
    return safe ? tree_call2(arena, "tryGet", tree, property)
                : tree_property(arena, tree, property);
}

// ---- modules' outputs

const Syntax *reference_find_output(Reference reference, Text name)
{
    const BoundFile *file = reference.symbol->target_file;
    for (size_t i = 0; file && i < file->outputs.count; i++) {
        if (text_equal(file->outputs.items[i]->declaration.name, name))
            return file->outputs.items[i];
    }
    return NULL;
}

// True if reading the output of a module must not be logged.
static bool output_is_secure(const Env *env, BoundFile *file, const Syntax *output)
{
    const Env *there = &emitter_unit(env->emitter, file)->root;
    return typejson_is_secure(there, output->declaration.type, output->declaration.decorators);
}

static Tree *module_outputs(Emitter *emitter, Reference reference, bool safe, bool secure)
{
    Arena *arena = emitter->arena;
    if (secure) {
        Tree *target =
            emitter->symbolic ? reference_symbolic(emitter, reference) : identity_id(reference);
        Tree *call = tree_call2(arena, "listOutputsWithSecureValues", target,
                                tree_text(arena, TEXT("2025-04-01")));
        return guarded(emitter, reference, safe, call);
    }
    Tree *tree = module_reference(emitter, reference);
    Tree *outputs = tree_text(arena, TEXT("outputs"));
    if (!safe) return tree_property(arena, tree, outputs);
    return tree_call2(arena, "tryGet", guarded(emitter, reference, safe, tree), outputs);
}

static Tree *module_property(const Env *env, Reference reference, const Syntax *node, Text name,
                             bool safe)
{
    Emitter *emitter = env->emitter;
    if (text_is(name, "name"))
        return guarded(emitter, reference, safe, identity_module_name(reference));
    if (text_is(name, "outputs")) return module_outputs(emitter, reference, safe, false);
    emitter_unsupported(emitter, node, "this property of a module");
    return tree_text(env->emitter->arena, (Text){0});
}

static void add_unknown_output(const Env *env, Reference module, const Syntax *node)
{
    const BoundFile *file = module.symbol->target_file;
    Diags *diags = env->emitter->diags;
    Arena *arena = env->emitter->arena;
    Text *choices = arena_array(arena, Text, file->outputs.count + 1);
    for (size_t i = 0; i < file->outputs.count; i++)
        choices[i] = file->outputs.items[i]->declaration.name;
    diag_add_with(diags, DIAG_MODULE_OUTPUT_UNKNOWN,
                  syntax_token_place(node, node->access.name_token), file->path, node->access.name);
    diag_suggest(diags, node->access.name, choices, file->outputs.count);
}

// The value of the output that `node` names, below `base`, the module's outputs.
static Tree *output_value(const Env *env, const Syntax *node, Tree *base, bool secure)
{
    Arena *arena = env->emitter->arena;
    Tree *tail[] = {tree_text(arena, node->access.name), tree_text(arena, TEXT("value"))};
    size_t count = secure ? 1 : 2;
    bool conditional = tree_is_call(base, "if");
    for (size_t i = 0; i < count; i++) {
        if (!node->access.safe && tree_is_try(base)) {
            base = tree_with_argument(arena, base, tail[i]);
        } else if (node->access.safe || conditional) {
            base = tree_call2(arena, "tryGet", base, tail[i]);
        } else {
            base = tree_property(arena, base, tail[i]);
        }
    }
    return base;
}

Tree *reference_output(const Env *env, Reference module, const Syntax *node)
{
    Emitter *emitter = env->emitter;
    const Syntax *outputs = node->access.base,
                 *output = reference_find_output(module, node->access.name);
    if (!output) {
        add_unknown_output(env, module, node);
        return tree_text(env->emitter->arena, (Text){0});
    }
    bool secure = output_is_secure(env, module.symbol->target_file, output);
    return output_value(env, node, module_outputs(emitter, module, outputs->access.safe, secure),
                        secure);
}

Tree *reference_item_output(const Env *env, const Syntax *node)
{
    return output_value(env, node, expression_tree(env, node->access.base), false);
}

Tree *reference_property(const Env *env, Reference reference, const Syntax *node, Text name,
                         bool safe)
{
    if (reference.symbol->kind == SYMBOL_MODULE)
        return module_property(env, reference, node, name, safe);
    return resource_property(env->emitter, reference, name, safe);
}

// In the classic form the official compiler forgets the index of c[i] as a value; so must we.
Tree *reference_whole(Emitter *emitter, Reference reference)
{
    assert(reference.symbol);
    if (reference.symbol->kind == SYMBOL_MODULE) return module_reference(emitter, reference);
    if (reference.index) reference.env = survey_info(reference.env->unit, reference.symbol)->env;
    return resource_reference(emitter, reference, true);
}
