// compiler/arm/closure.c: first everything reachable is collected, then named in collation order,
// then sorted by name.
#include "compiler/arm/closure.h"

#include "compiler/arm/collation.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    Emitter *emitter;
    ImportedList found;
} Search;

static void visit(Search *search, const Symbol *symbol);

static void visit_exports(Search *search, const BoundFile *file)
{
    for (size_t i = 0; file && i < file->symbols.count; i++) {
        const Symbol *symbol = file->symbols.items[i];
        if (bind_exported(file, symbol->name) == symbol) visit(search, symbol);
    }
}

static void visit_mentioned(Search *search, const Symbol *symbol)
{
    if (symbol->kind == SYMBOL_NAMESPACE) {
        visit_exports(search, symbol->target_file);
    } else if (symbol->kind == SYMBOL_TYPE || symbol->kind == SYMBOL_VAR ||
               symbol->kind == SYMBOL_FUNC) {
        visit(search, symbol->origin ? symbol->origin : symbol);
    }
}

// What the symbol is called in its own file, as the official compiler says it.
static Text original_name(Arena *arena, const Symbol *symbol)
{
    if (!symbol->file->artifact) return symbol->name;
    Text name = bind_original_name(arena, symbol->name);
    bool plain = text_equal(name, symbol->name);
    if (plain || symbol->kind != SYMBOL_TYPE) return name;
    return text_format(arena, "#/definitions/%.*s", TEXT_ARG(name));
}

static void visit(Search *search, const Symbol *symbol)
{
    Arena *arena = search->emitter->arena;
    Unit *unit = emitter_unit(search->emitter, symbol->file);
    if (unit->names[symbol->index].length) return;
    unit->names[symbol->index] = symbol->name; // marks it as seen; renamed once all are known
    list_add(arena, &search->found,
             ((Imported){unit, symbol, NULL, {0}, original_name(arena, symbol)}));
    for (size_t i = 0; i < unit->loads.count; i++) {
        Load *load = &unit->loads.items[i];
        if (load->owner != symbol) continue;
        list_add(arena, &search->found, ((Imported){unit, NULL, load, {0}, load->name}));
    }
    const MentionList *mentions = &unit->mentions[symbol->index];
    for (size_t i = 0; i < mentions->count; i++) visit_mentioned(search, mentions->items[i].symbol);
}

static int by_origin(const void *left, const void *right)
{
    const Imported *a = left, *b = right;
    // "path_name" is compared as one text; both parts are short.
    char one[512], two[512];
    snprintf(one, sizeof one, "%.*s_%.*s", TEXT_ARG(a->unit->path), TEXT_ARG(a->original));
    snprintf(two, sizeof two, "%.*s_%.*s", TEXT_ARG(b->unit->path), TEXT_ARG(b->original));
    return collation_compare(text_of(one), text_of(two));
}

static void set_name(Imported *imported, Text name)
{
    imported->name = name;
    if (imported->symbol) {
        imported->unit->names[imported->symbol->index] = name;
    } else {
        ((Load *)(uintptr_t)imported->load)->name = name;
    }
}

// The local name of what is imported by name; empty for all else.
static Text local_name(const Emitter *emitter, const Symbol *symbol)
{
    Text name = {0};
    const SymbolList *imports = &emitter->unit->file->imports;
    for (size_t i = 0; i < imports->count; i++) {
        if (imports->items[i]->origin == symbol && symbol) name = imports->items[i]->name;
    }
    return name;
}

static void name_all(Search *search)
{
    Emitter *emitter = search->emitter;
    Arena *arena = emitter->arena;
    unsigned next = 1;
    Map numbers = {0};
    for (size_t i = 0; i < search->found.count; i++) {
        Imported *imported = &search->found.items[i];
        Text name = local_name(emitter, imported->symbol);
        if (name.length) {
            set_name(imported, name);
            continue;
        }
        unsigned *number = map_get(&numbers, imported->unit->path);
        if (!number) {
            number = arena_new(arena, unsigned);
            *number = next++;
            map_put(arena, &numbers, imported->unit->path, number);
        }
        bool plain = imported->symbol && text_equal(imported->symbol->name, imported->original);
        if (plain) {
            set_name(imported,
                     text_format(arena, "_%u.%.*s", *number, TEXT_ARG(imported->original)));
        } else {
            set_name(imported, text_format(arena, "_%u._%u", *number, next++));
        }
    }
}

static Text bare_name(const Imported *imported)
{
    if (!imported->symbol || imported->symbol->kind != SYMBOL_FUNC) return imported->name;
    const char *dot = memchr(imported->name.at, '.', imported->name.length);
    if (!dot) return imported->name;
    return text_slice(imported->name, (size_t)(dot + 1 - imported->name.at), imported->name.length);
}

static int by_name(const void *left, const void *right)
{
    return collation_compare(bare_name(left), bare_name(right));
}

Closure closure_collect(Emitter *emitter)
{
    Search search = {.emitter = emitter};
    const SymbolList *imports = &emitter->unit->file->imports;
    for (size_t i = 0; i < imports->count; i++) visit_mentioned(&search, imports->items[i]);
    Closure closure = {0};
    if (search.found.count == 0) return closure;
    qsort(search.found.items, search.found.count, sizeof(Imported), by_origin);
    name_all(&search);
    for (size_t i = 0; i < search.found.count; i++) {
        Imported *imported = &search.found.items[i];
        bool type = imported->symbol && imported->symbol->kind == SYMBOL_TYPE;
        bool function = imported->symbol && imported->symbol->kind == SYMBOL_FUNC;
        ImportedList *list = type       ? &closure.types
                             : function ? &closure.functions
                                        : &closure.variables;
        list_add(emitter->arena, list, *imported);
    }
    ImportedList *lists[] = {&closure.types, &closure.variables, &closure.functions};
    for (size_t i = 0; i < 3; i++) {
        if (lists[i]->count) qsort(lists[i]->items, lists[i]->count, sizeof(Imported), by_name);
    }
    return closure;
}
