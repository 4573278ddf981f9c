// compiler/arm/dependency.c: mentions are followed through variables and existing resources until
// something that is deployed is reached. On the way each loop is entered at the index that was
// written; where an index is lost, or only makes sense inside another loop, the whole collection is
// waited for.
#include "compiler/arm/dependency.h"

#include "compiler/arm/collation.h"
#include "compiler/arm/identity.h"
#include "compiler/arm/reference.h"
#include "compiler/arm/survey.h"

#include <stdlib.h>

typedef struct {
    Reference reference;
    const Syntax *written; // the index as written; NULL without one
    Text name;
    bool weak;
    size_t order;
} Edge;

typedef struct {
    Edge *items;
    size_t count, room;
} EdgeList;

typedef struct {
    Unit *unit;
    EdgeList edges;
    unsigned stamp; // a symbol with it was followed without an index already
} Search;

static const Syntax *loop_of(const Symbol *symbol)
{
    const Syntax *node = symbol->declaration;
    bool resource = node->kind == SYNTAX_RESOURCE || node->kind == SYNTAX_MODULE;
    const Syntax *value = resource ? node->resource.value : node->declaration.value;
    return value && value->kind == SYNTAX_FOR ? value : NULL;
}

// Where the loop of a variable stands at `index`; NULL: at its own copyIndex('name').
static const Env *variable_env(Unit *unit, const Symbol *symbol, Tree *index)
{
    const Syntax *loop = loop_of(symbol);
    if (!loop) return &unit->root;
    Arena *arena = unit->emitter->arena;
    if (!index) index = tree_call1(arena, "copyIndex", tree_text(arena, symbol->name));
    return emitter_loop_env(&unit->root, loop, index, index);
}

static bool is_target(const Unit *unit, const Mention *mention)
{
    if (mention->symbol->kind == SYMBOL_MODULE) return true;
    if (mention->symbol->kind != SYMBOL_RESOURCE) return false;
    if (!mention->symbol->declaration->resource.existing) return true;
    return unit->emitter->symbolic && !mention->weak;
}

static void follow(Search *search, const Mention *mention, const Env *context, bool all_copy)
{
    Unit *unit = search->unit;
    Symbol *symbol = mention->symbol;
    bool deployed = symbol->kind == SYMBOL_RESOURCE || symbol->kind == SYMBOL_MODULE;
    if (symbol->import || (!deployed && symbol->kind != SYMBOL_VAR)) return;
    Tree *index = mention->index ? expression_tree(context, mention->index) : NULL;
    bool has_copy = index && tree_mentions_copy_index(index);
    if (is_target(unit, mention)) {
        Tree *kept = has_copy && !all_copy ? NULL : index;
        Edge edge = {.written = kept ? mention->index : NULL, .weak = mention->weak};
        edge.reference = (Reference){symbol, reference_env_at(unit, symbol, kept), kept};
        edge.name = survey_info(unit, symbol)->symbolic;
        edge.order = search->edges.count;
        list_add(unit->emitter->arena, &search->edges, edge);
        return;
    }
    if (!index) {
        if (unit->stamps[symbol->index] == search->stamp) return;
        unit->stamps[symbol->index] = search->stamp;
    }
    const Env *env =
        deployed ? reference_env_at(unit, symbol, index) : variable_env(unit, symbol, index);
    const MentionList *next = &unit->mentions[symbol->index];
    for (size_t i = 0; i < next->count; i++) {
        follow(search, &next->items[i], env, all_copy && has_copy);
    }
}

static int by_name(const void *left, const void *right)
{
    const Edge *a = left, *b = right;
    int order = collation_compare(a->name, b->name);
    if (order) return order;
    return a->order < b->order ? -1 : a->order > b->order;
}

// Keeps one edge without an index, else each written index once.
static size_t reduce(Edge *edges, size_t count)
{
    size_t kept = 0;
    for (size_t from = 0; from < count;) {
        size_t to = from;
        const Edge *whole = NULL;
        for (; to < count && edges[to].reference.symbol == edges[from].reference.symbol; to++) {
            if (!whole && !edges[to].written) whole = &edges[to];
        }
        if (whole) {
            edges[kept++] = *whole;
        } else {
            size_t first = kept;
            for (size_t i = from; i < to; i++) {
                bool known = false;
                for (size_t j = first; j < kept && !known; j++) {
                    known = edges[j].written == edges[i].written && edges[j].weak == edges[i].weak;
                }
                if (!known) edges[kept++] = edges[i];
            }
        }
        from = to;
    }
    return kept;
}

static Tree *entry(Emitter *emitter, Reference reference)
{
    if (emitter->symbolic) return reference_symbolic(emitter, reference);
    bool whole = loop_of(reference.symbol) && !reference.index;
    return whole ? reference_symbolic(emitter, reference) : identity_id(reference);
}

void dependency_write(Emitter *emitter, const Symbol *symbol)
{
    Unit *unit = emitter->unit;
    const MentionList *mentions = &unit->mentions[symbol->index];
    if (mentions->count == 0) return;
    Search search = {.unit = unit, .stamp = ++unit->last_stamp};
    const Env *env = survey_info(unit, symbol)->env;
    for (size_t i = 0; i < mentions->count; i++) follow(&search, &mentions->items[i], env, true);
    if (search.edges.count == 0) return;
    qsort(search.edges.items, search.edges.count, sizeof(Edge), by_name);
    size_t count = reduce(search.edges.items, search.edges.count);
    json_key(emitter->json, TEXT("dependsOn"));
    json_begin_array(emitter->json);
    for (size_t i = 0; i < count; i++) {
        expression_write_tree(emitter, entry(emitter, search.edges.items[i].reference));
    }
    json_end_array(emitter->json);
}
