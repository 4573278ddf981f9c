// compiler/bind/carried.c
#include "compiler/bind/carried.h"

enum { DEEPEST = 64 }; // of declarations that name each other

typedef struct {
    Arena *arena;
    int depth;
    Text found;
} Search;

static bool by_type(Search *search, const BoundFile *file, const Syntax *type, const Syntax *value);

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
static bool by_output(Search *search, const BoundFile *file, const Syntax *node)
{
    const Syntax *outputs = node->access.base;
    if (outputs->kind != SYNTAX_ACCESS || !text_is(outputs->access.name, "outputs")) return false;
    const Syntax *base = syntax_bare(outputs->access.base);
    if (base->kind == SYNTAX_INDEX) base = syntax_bare(base->index.base);
    const Symbol *module = base->kind == SYNTAX_NAME ? bind_lookup(file, base->name) : NULL;
    if (!module || module->kind != SYMBOL_MODULE || !module->target_file) return false;
    const BoundFile *target = module->target_file;
    for (size_t i = 0; i < target->outputs.count; i++) {
        const Syntax *output = target->outputs.items[i];
        if (text_equal(output->declaration.name, node->access.name))
            return by_type(search, target, output->declaration.type, output->declaration.value);
    }
    return false;
}

static bool by_value(Search *search, const BoundFile *file, const Syntax *node)
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

static bool by_type(Search *search, const BoundFile *file, const Syntax *type, const Syntax *value)
{
    if (!type || search->depth == DEEPEST) return false;
    search->depth++;
    type = syntax_bare(type);
    if (type->kind == SYNTAX_TYPE_RESOURCE) {
        if (!type->inner) return value && by_value(search, file, value);
        return syntax_plain_string(type->inner, &search->found) &&
               bind_azure_type(file, &search->found);
    }
    const Symbol *symbol = NULL;
    if (type->kind == SYNTAX_NAME) symbol = bind_lookup(file, type->name);
    if (type->kind == SYNTAX_ACCESS && type->access.base->kind == SYNTAX_NAME) {
        const Symbol *space = bind_lookup(file, type->access.base->name);
        bool named = space && space->kind == SYMBOL_NAMESPACE;
        symbol = named ? bind_exported(space->target_file, type->access.name) : NULL;
    }
    if (!symbol || symbol->kind != SYMBOL_TYPE) return false;
    return by_type(search, symbol->file, symbol->declaration->declaration.type, NULL);
}

bool carried_type(Arena *arena, const BoundFile *file, const Syntax *type, const Syntax *value,
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

bool carried_anywhere(Arena *arena, const BoundFile *file)
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
