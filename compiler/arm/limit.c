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
    return true;
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

// ---- names

// A condition that is not plainly true: the resource may be another one's place.
static bool may_be_absent(const Info *info)
{
    const Syntax *test = info->condition ? syntax_bare(info->condition) : NULL;
    return test && !(test->kind == SYNTAX_BOOL && test->boolean);
}

// The text that an expression always gives, as far as that is seen without computing.
static bool literal_text(Unit *unit, const Syntax *node, TextBuffer *out, int depth)
{
    node = syntax_bare(node);
    if (node->kind == SYNTAX_NAME && depth < 32) {
        const Symbol *symbol = bind_lookup(unit->file, node->name);
        bool own = symbol && symbol->kind == SYMBOL_VAR && !symbol->import;
        return own && literal_text(unit, symbol->declaration->declaration.value, out, depth + 1);
    }
    if (node->kind != SYNTAX_STRING) return false;
    for (size_t i = 0; i <= node->string.expressions.count; i++) {
        buffer_text(out, node->string.segments[i]);
        bool last = i == node->string.expressions.count;
        if (!last && !literal_text(unit, node->string.expressions.items[i], out, depth + 1))
            return false;
    }
    return true;
}

// The whole name with those of the parents; false if not all of it is literal.
static bool literal_name(Unit *unit, const Symbol *symbol, TextBuffer *out)
{
    const Info *info = survey_info(unit, symbol);
    Symbol *around = symbol->parent;
    if (!info->name) return false;
    if (!around && info->parent) {
        Reference parent = reference_of(info->env, info->parent);
        around = parent.symbol;
        if (!around || parent.index) return false;
    }
    if (around && !literal_name(unit, around, out)) return false;
    if (around) buffer_char(out, '/');
    return literal_text(unit, info->name, out, 0);
}

static void add_tree(TextBuffer *out, const Tree *tree)
{
    buffer_char(out, ' ');
    if (tree) buffer_text(out, tree_print(out->arena, tree));
}

static void check_declared(Emitter *emitter, const Symbol *symbol)
{
    const Syntax *node = symbol->declaration;
    const Info *info = survey_info(emitter->unit, symbol);
    if (!info->name && !info->foreign) {
        Place place = syntax_token_place(node, node->resource.name_token);
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

static void check_name(Emitter *emitter, Map *seen, Symbol *symbol)
{
    Arena *arena = emitter->arena;
    const Info *info = survey_info(emitter->unit, symbol);
    TextBuffer key = {.arena = arena};
    if (may_be_absent(info) || info->foreign || !literal_name(emitter->unit, symbol, &key)) return;
    TargetScope scope = identity_scope((Reference){symbol, info->env, NULL});
    buffer_format(&key, " %d ", (int)scope.kind);
    buffer_text(&key, text_lower(arena, info->type));
    add_tree(&key, scope.subscription);
    add_tree(&key, scope.group);
    add_tree(&key, scope.management);
    if (scope.kind == SCOPE_RESOURCE) add_tree(&key, identity_id(scope.resource));
    Text id = buffer_done(&key);
    Symbol *earlier = map_get(seen, id);
    if (earlier) {
        diag_add_with(emitter->diags, DIAG_DOUBLED_RESOURCE, syntax_place(info->name),
                      earlier->name, symbol->name);
    } else {
        map_put(arena, seen, id, symbol);
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
        if (deployed) check_depends(emitter, symbol);
        if (deployed) check_name(emitter, &seen, symbol);
    }
}

void limit_check(Emitter *emitter)
{
    check_starts(emitter);
    check_names(emitter);
}
