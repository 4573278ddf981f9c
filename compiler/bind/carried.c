// compiler/bind/carried.c
#include "compiler/bind/carried.h"

#include "compiler/bind/type.h"

enum { DEEPEST = 64 }; // of declarations that name each other

typedef struct {
    Arena *arena;
    int depth;
    Text found;
} Search;

static bool by_type(Search *search, BoundFile *file, const Syntax *node, const Syntax *value);

// ---- values

static bool by_resource(Search *search, const Symbol *symbol)
{
    Text type, version;
    if (bind_is_foreign(symbol) || !bind_whole_type(search->arena, symbol, &type, &version))
        return false;
    search->found = text_format(search->arena, "%.*s@%.*s", TEXT_ARG(type), TEXT_ARG(version));
    return true;
}

// r, r::child and an item of either.
static const Symbol *resource_of(const BoundFile *file, const Syntax *node)
{
    const Symbol *symbol = NULL;
    if (node->kind == SYNTAX_INDEX) return resource_of(file, syntax_bare(node->index.base));
    if (node->kind == SYNTAX_NAME) symbol = bind_lookup(file, node->name);
    if (node->kind == SYNTAX_ACCESS && node->access.nested) {
        const Symbol *around = resource_of(file, syntax_bare(node->access.base));
        symbol = around ? bind_nested(around, node->access.name) : NULL;
    }
    return symbol && symbol->kind == SYMBOL_RESOURCE ? symbol : NULL;
}

// m.outputs.o, m[i].outputs.o
static bool by_output(Search *search, BoundFile *file, const Syntax *node)
{
    const Syntax *outputs = node->access.base;
    if (outputs->kind != SYNTAX_ACCESS || !text_is(outputs->access.name, "outputs")) return false;
    const Syntax *base = syntax_bare(outputs->access.base);
    if (base->kind == SYNTAX_INDEX) base = syntax_bare(base->index.base);
    const Symbol *module = base->kind == SYNTAX_NAME ? bind_lookup(file, base->name) : NULL;
    if (!module || module->kind != SYMBOL_MODULE || !module->target_file) return false;
    BoundFile *target = module->target_file;
    for (size_t i = 0; i < target->outputs.count; i++) {
        const Syntax *output = target->outputs.items[i];
        if (text_equal(output->declaration.name, node->access.name))
            return by_type(search, target, output->declaration.type, output->declaration.value);
    }
    return false;
}

static bool by_value(Search *search, BoundFile *file, const Syntax *node)
{
    node = syntax_bare(node);
    const Symbol *symbol = resource_of(file, node);
    if (symbol) return by_resource(search, symbol);
    if (node->kind == SYNTAX_ACCESS) return by_output(search, file, node);
    symbol = node->kind == SYNTAX_NAME ? bind_lookup(file, node->name) : NULL;
    if (!symbol || search->depth == DEEPEST) return false;
    search->depth++;
    const Syntax *declaration = symbol->declaration;
    if (symbol->kind == SYMBOL_PARAM)
        return by_type(search, symbol->file, declaration->declaration.type, NULL);
    return symbol->kind == SYMBOL_VAR &&
           by_value(search, symbol->file, declaration->declaration.value);
}

// ---- types

static bool by_type(Search *search, BoundFile *file, const Syntax *node, const Syntax *value)
{
    if (!node || search->depth == DEEPEST) return false;
    search->depth++;
    node = syntax_bare(node);
    bool named = node->kind == SYNTAX_NAME || node->kind == SYNTAX_ACCESS;
    if (!named && node->kind != SYNTAX_TYPE_RESOURCE) return false;
    Types types = {.arena = search->arena};
    const Type *type = type_read(&types, file, node);
    if (type->kind != TYPE_RESOURCE) return false;
    if (!type->resource) return value && by_value(search, file, value);
    return syntax_plain_string(type->resource, &search->found) &&
           bind_azure_type(type->file, &search->found);
}

bool carried_type(Arena *arena, BoundFile *file, const Syntax *type, const Syntax *value,
                  Text *found)
{
    Search search = {.arena = arena};
    bool good = by_type(&search, file, type, value);
    *found = search.found;
    return good;
}

bool carried_by(Arena *arena, const Symbol *symbol, Text *found)
{
    return symbol->kind == SYMBOL_PARAM &&
           carried_type(arena, symbol->file, symbol->declaration->declaration.type, NULL, found);
}

bool carried_anywhere(Arena *arena, BoundFile *file)
{
    Text found;
    for (size_t i = 0; i < file->symbols.count; i++) {
        if (carried_by(arena, file->symbols.items[i], &found)) return true;
    }
    for (size_t i = 0; i < file->outputs.count; i++) {
        const Syntax *output = file->outputs.items[i];
        if (carried_type(arena, file, output->declaration.type, output->declaration.value, &found))
            return true;
    }
    return false;
}
