// compiler/arm/limit.c
#include "compiler/arm/limit.h"

#include "compiler/arm/identity.h"
#include "compiler/arm/survey.h"

#include <string.h>

// ---- known at the start

static bool is_known(Unit *unit, const Start *start)
{
    const Symbol *symbol = start->symbol;
    if (!symbol) return false;
    if (symbol->file != unit->file || symbol->import) return true;
    if (symbol->kind == SYMBOL_VAR) return !survey_inlined(unit, symbol);
    if (symbol->kind == SYMBOL_RESOURCE || symbol->kind == SYMBOL_MODULE) return start->identifies;
    return true;
}

static void check_starts(Emitter *emitter)
{
    Unit *unit = emitter->unit;
    for (size_t i = 0; i < unit->starts.count; i++) {
        const Start *start = &unit->starts.items[i];
        if (is_known(unit, start)) continue;
        bool property = !strchr(start->what, ' ');
        Text what = property ? text_format(emitter->arena, "the property '%s'", start->what)
                             : text_of(start->what);
        diag_add_with(emitter->diags, DIAG_NOT_KNOWN, syntax_place(start->node),
                      syntax_text(start->node), what);
    }
}

// ---- names

static bool is_literal(Unit *unit, const Symbol *symbol)
{
    Text name;
    const Info *info = survey_info(unit, symbol);
    if (!info->name || !syntax_plain_string(syntax_bare(info->name), &name)) return false;
    if (symbol->parent) return is_literal(unit, symbol->parent);
    if (!info->parent) return true;
    Reference parent = expression_reference(info->env, info->parent);
    return parent.symbol && is_literal(unit, parent.symbol);
}

static void check_declared(Emitter *emitter, const Symbol *symbol)
{
    const Syntax *node = symbol->declaration;
    const Info *info = survey_info(emitter->unit, symbol);
    if (!info->name) {
        Token token = node->file->tokens.items[node->resource.name_token];
        Place place = {node->file->source, token.from, token.to};
        diag_add_with(emitter->diags, DIAG_NAME_MISSING, place, symbol->name);
    }
    if (info->version.length == 0) {
        diag_add_with(emitter->diags, DIAG_VERSION_MISSING, syntax_place(node->resource.type),
                      info->type);
    }
    for (size_t i = 0; i < info->body->list.count; i++) {
        if (info->body->list.items[i]->kind == SYNTAX_SPREAD) {
            emitter_unsupported(emitter, info->body->list.items[i],
                                "a spread in a resource's body");
        }
    }
}

static void check_name(Emitter *emitter, Map *seen, Symbol *symbol)
{
    Arena *arena = emitter->arena;
    const Info *info = survey_info(emitter->unit, symbol);
    if (!is_literal(emitter->unit, symbol)) return;
    Text id = tree_print(arena, identity_id((Reference){symbol, info->env, NULL}));
    Text key =
        text_format(arena, "%.*s %.*s", TEXT_ARG(text_lower(arena, info->type)), TEXT_ARG(id));
    Symbol *earlier = map_get(seen, key);
    if (earlier) {
        diag_add_with(emitter->diags, DIAG_DOUBLED_RESOURCE, syntax_place(info->name),
                      earlier->name, symbol->name);
    } else {
        map_put(arena, seen, key, symbol);
    }
}

static void check_names(Emitter *emitter)
{
    const SymbolList *symbols = &emitter->unit->file->symbols;
    Map seen = {0};
    for (size_t i = 0; i < symbols->count; i++) {
        Symbol *symbol = symbols->items[i];
        if (symbol->kind == SYMBOL_RESOURCE) check_declared(emitter, symbol);
        bool deployed = symbol->kind == SYMBOL_RESOURCE || symbol->kind == SYMBOL_MODULE;
        if (deployed) check_name(emitter, &seen, symbol);
    }
}

void limit_check(Emitter *emitter)
{
    check_starts(emitter);
    check_names(emitter);
}
