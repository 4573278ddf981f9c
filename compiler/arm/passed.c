// compiler/arm/passed.c
#include "compiler/arm/passed.h"

#include "compiler/arm/convert.h"
#include "compiler/arm/feature.h"
#include "compiler/arm/identity.h"
#include "compiler/arm/reference.h"
#include "compiler/arm/survey.h"
#include "compiler/bind/carried.h"

static void set_type(Emitter *emitter, Passed *passed, Text type)
{
    passed->version = bind_cut_version(&type);
    passed->type = survey_azure_name(emitter, type, passed->version);
}

static Passed of_parameter(const Env *env, const Symbol *symbol)
{
    Arena *arena = env->emitter->arena;
    Text type;
    Passed passed = {0};
    if (!carried_by(arena, symbol, &type)) return passed;
    set_type(env->emitter, &passed, type);
    passed.id = tree_call1(arena, "parameters", tree_text(arena, symbol->name));
    return passed;
}

// Of a module, or of an item of a collection of modules, as it is.
static Passed of_output(const Env *env, const Syntax *node)
{
    Arena *arena = env->emitter->arena;
    const Syntax *outputs = node->access.base;
    Passed passed = {0};
    if (outputs->kind != SYNTAX_ACCESS || !text_is(outputs->access.name, "outputs")) return passed;
    const Syntax *base = outputs->access.base;
    if (base->kind != SYNTAX_NAME && base->kind != SYNTAX_INDEX) return passed;
    Reference module = reference_of(env, base);
    if (!module.symbol || module.symbol->kind != SYMBOL_MODULE || reference_is_collection(module))
        return passed;
    const Syntax *output = reference_find_output(module, node->access.name);
    Text type;
    if (!output || !carried_type(arena, module.symbol->target_file, output->declaration.type,
                                 output->declaration.value, &type))
        return passed;
    set_type(env->emitter, &passed, type);
    passed.output = node;
    passed.outputs = tree_property(arena, reference_whole(env->emitter, module),
                                   tree_text(arena, TEXT("outputs")));
    passed.id = tree_property(
        arena, tree_property(arena, passed.outputs, tree_text(arena, node->access.name)),
        tree_text(arena, TEXT("value")));
    return passed;
}

Passed passed_of(const Env *env, const Syntax *node)
{
    if (!(env->emitter->features & FEATURE_RESOURCE_TYPES)) return (Passed){0};
    Meaning meaning = expression_meaning(env, node);
    const Symbol *symbol = convert_file_symbol(meaning.env, meaning.node);
    if (symbol && symbol->kind == SYMBOL_PARAM) return of_parameter(meaning.env, symbol);
    bool direct = node->kind == SYNTAX_ACCESS || node->kind == SYNTAX_NAME;
    if (meaning.node->kind != SYNTAX_ACCESS || !direct) return (Passed){0};
    return of_output(meaning.env, meaning.node);
}

// ---- what is read

static Tree *read_tree(Emitter *emitter, Passed passed, bool full)
{
    Arena *arena = emitter->arena;
    Tree *tree = tree_call1(arena, "reference", passed.id);
    if (full || !emitter->symbolic) tree_add(arena, tree, tree_text(arena, passed.version));
    if (full) tree_add(arena, tree, tree_text(arena, TEXT("full")));
    return tree;
}

Tree *passed_whole(Emitter *emitter, Passed passed)
{
    return read_tree(emitter, passed, true);
}

Tree *passed_pasted(const Env *env, const Syntax *node, Meaning meaning)
{
    bool variable = node->kind == SYNTAX_NAME && meaning.node->kind == SYNTAX_ACCESS;
    Passed passed = variable ? passed_of(env, node) : (Passed){0};
    return passed.id ? passed_whole(env->emitter, passed) : NULL;
}

static Tree *name_of_id(Arena *arena, Tree *id)
{
    return tree_call1(arena, "last", tree_call2(arena, "split", id, tree_text(arena, TEXT("/"))));
}

// m.outputs.?o.id and m.outputs.?o.name: null if there is no such output.
static Tree *of_absent(Arena *arena, Passed passed, Text name)
{
    Tree *output = tree_text(arena, passed.output->access.name);
    if (text_is(name, "id")) {
        Tree *tree = tree_call2(arena, "tryGet", passed.outputs, output);
        tree_add(arena, tree, tree_text(arena, TEXT("value")));
        return tree;
    }
    Tree *tree = tree_call1(arena, "if", tree_call2(arena, "contains", passed.outputs, output));
    tree_add(arena, tree, name_of_id(arena, passed.id));
    tree_add(arena, tree, tree_call(arena, "null"));
    return tree;
}

Tree *passed_property(const Env *env, Passed passed, const Syntax *node, Text name, bool safe)
{
    Arena *arena = env->emitter->arena;
    Tree *part = tree_text(arena, name);
    if (text_is(name, "type")) return tree_text(arena, passed.type);
    if (text_is(name, "apiVersion")) return tree_text(arena, passed.version);
    bool identity = text_is(name, "id") || text_is(name, "name");
    if (identity && passed.output && passed.output->access.safe)
        return of_absent(arena, passed, name);
    if (text_is(name, "id")) return passed.id;
    if (text_is(name, "name")) return name_of_id(arena, passed.id);
    if (passed.output) {
        emitter_unsupported(env->emitter, node,
                            "other properties than id, name, type and apiVersion of a resource "
                            "that a module gives back");
    }
    if (safe) return tree_call2(arena, "tryGet", passed_whole(env->emitter, passed), part);
    if (text_is(name, "properties")) return read_tree(env->emitter, passed, false);
    return tree_property(arena, passed_whole(env->emitter, passed), part);
}

Tree *passed_list_call(const Env *env, Passed passed, const Syntax *call)
{
    Arena *arena = env->emitter->arena;
    if (passed.output)
        emitter_unsupported(env->emitter, call, "methods of a resource that a module gives back");
    Tree *tree = tree_call_text(arena, call->call.name);
    tree_add(arena, tree, passed.id);
    if (call->call.arguments.count == 0) tree_add(arena, tree, tree_text(arena, passed.version));
    return tree;
}

// ---- what is passed on

Tree *passed_id(const Env *env, const Syntax *value)
{
    Reference reference = reference_of(env, value);
    bool resource = reference.symbol && reference.symbol->kind == SYMBOL_RESOURCE;
    if (resource && !reference_is_collection(reference)) return identity_id(reference);
    Passed passed = passed_of(env, value);
    return passed.output ? NULL : passed.id;
}

bool passed_by(const Env *env, const Syntax *output)
{
    Text type;
    return (env->emitter->features & FEATURE_RESOURCE_TYPES) &&
           carried_type(env->emitter->arena, env->unit->file, output->declaration.type,
                        output->declaration.value, &type);
}

void passed_check_module(Emitter *emitter, const Symbol *module)
{
    if (!carried_anywhere(emitter->arena, module->target_file)) return;
    feature_wanted(emitter, FEATURE_RESOURCE_TYPES, module->declaration->resource.type);
}
