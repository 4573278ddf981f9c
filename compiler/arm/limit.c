// compiler/arm/limit.c
#include "compiler/arm/limit.h"

#include "compiler/arm/feature.h"
#include "compiler/arm/identity.h"
#include "compiler/arm/reference.h"
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
    return start->identifies || !survey_is_carrier(unit, symbol);
}

static void check_starts(Emitter *emitter)
{
    Unit *unit = emitter->unit;
    for (size_t i = 0; i < unit->starts.count; i++) {
        const Start *start = &unit->starts.items[i];
        if (is_known(unit, start)) continue;
        bool late = strcmp(start->what, "tags") == 0 || strcmp(start->what, "sku") == 0;
        if (late && (emitter->features & FEATURE_RUNTIME_TAGS)) continue;
        bool property = !strchr(start->what, ' ');
        Text what = property ? text_format(emitter->arena, "the property '%s'", start->what)
                             : text_of(start->what);
        diag_add_with(emitter->diags, DIAG_NOT_KNOWN, syntax_place(start->node),
                      syntax_text(start->node), what);
    }
}

// ---- declarations

static void check_declared(Emitter *emitter, const Symbol *symbol)
{
    const Syntax *node = symbol->declaration;
    const Info *info = survey_info(emitter->unit, symbol);
    if (!info->name && !info->foreign) {
        Place place = syntax_token_place(node, node->resource.name_token);
        diag_add_with(emitter->diags, DIAG_NAME_MISSING, place, symbol->name);
    }
    bool plain = info->extension && info->extension->target_file; // its types need no version
    if (info->version.length == 0 && !plain) {
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

// Existing resources that the template leaves out cannot be waited for.
static void check_depends(Emitter *emitter, const Symbol *symbol)
{
    const MentionList *mentions = &emitter->unit->mentions[symbol->index];
    const Syntax *property = syntax_property(survey_info(emitter->unit, symbol)->body, "dependsOn");
    for (size_t i = 0; property && i < mentions->count; i++) {
        const Symbol *other = mentions->items[i].symbol;
        bool left_out = mentions->items[i].part == PART_DEPENDS_ON &&
                        other->kind == SYMBOL_RESOURCE && other->declaration->resource.existing &&
                        survey_inlined(emitter->unit, other);
        if (left_out)
            diag_add_with(emitter->diags, DIAG_NOT_KNOWN, syntax_place(property), other->name,
                          TEXT("the property 'dependsOn'"));
    }
}

static void check_all(Emitter *emitter)
{
    const SymbolList *symbols = &emitter->unit->file->symbols;
    for (size_t i = 0; i < symbols->count; i++) {
        Symbol *symbol = symbols->items[i];
        if (symbol->kind == SYMBOL_RESOURCE) check_declared(emitter, symbol);
        bool deployed = symbol->kind == SYMBOL_RESOURCE || symbol->kind == SYMBOL_MODULE;
        if (deployed) check_depends(emitter, symbol);
    }
}

void limit_check(Emitter *emitter)
{
    check_starts(emitter);
    check_all(emitter);
}
