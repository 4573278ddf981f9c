// compiler/specialize/depend.c: what waits for what. In the library a resource waits for all that
// its text mentions, and for all that its module waits for; a module is waited for as a whole. The
// residual's own text says most of that again; what it does not say, and what does not follow from
// the rest, becomes dependsOn.
//   Sets are bits, one a deployed unit of the program; a mention counts even in a branch that was
//   decided against, as it does for the official compiler.
#include "compiler/specialize/program.h"

typedef struct {
    Specializer *s;
    Program *program;
    size_t words;
} Graph;

static uint64_t *new_set(Graph *graph)
{
    return arena_array(graph->s->arena, uint64_t, graph->words + 1);
}

static void add_set(Graph *graph, uint64_t *to, const uint64_t *from)
{
    for (size_t i = 0; i < graph->words; i++) to[i] |= from[i];
}

static void add_bit(uint64_t *set, size_t bit)
{
    set[bit / 64] |= (uint64_t)1 << (bit % 64);
}

static bool has_bit(const uint64_t *set, size_t bit)
{
    return (set[bit / 64] >> (bit % 64)) & 1;
}

// The first member from `from` on; the number of units if there is none.
static size_t next_bit(const Graph *graph, const uint64_t *set, size_t from)
{
    for (size_t i = from / 64; i < graph->words; i++) {
        uint64_t word = set[i];
        if (i == from / 64) word &= ~(uint64_t)0 << (from % 64);
        if (word) return i * 64 + (size_t)__builtin_ctzll(word);
    }
    return graph->program->deployed;
}

// ---- what the library's text mentions

static void walk(Graph *graph, uint64_t *set, Frame frame, const Syntax *node);
static const uint64_t *instance_needs(Graph *graph, Instance *instance);

static const uint64_t *expansion(Graph *graph, Instance *instance)
{
    if (instance->expansion) return instance->expansion;
    instance->expansion = new_set(graph);
    for (size_t i = 0; i < instance->units.count; i++) {
        Unit *unit = instance->units.items[i];
        if (!unit->existing) add_bit(instance->expansion, unit->index);
    }
    add_set(graph, instance->expansion, instance_needs(graph, instance));
    return instance->expansion;
}

static void walk_statement(Graph *graph, uint64_t *set, Frame outside, Frame inside,
                           const Symbol *symbol)
{
    const Syntax *value = symbol->declaration->resource.value;
    if (value->kind == SYNTAX_FOR) {
        walk(graph, set, outside, value->loop.array);
        value = value->loop.body;
    }
    if (value->kind == SYNTAX_IF) {
        walk(graph, set, inside, value->condition.test);
        value = value->condition.body;
    }
    walk(graph, set, inside, value);
}

static void walk_unit(Graph *graph, uint64_t *set, const Unit *unit)
{
    Frame outside = {.instance = unit->instance,
                     .within = unit->symbol->kind == SYMBOL_RESOURCE ? unit->symbol : NULL};
    Frame inside = outside;
    inside.locals = unit->locals;
    walk_statement(graph, set, outside, inside, unit->symbol);
}

static void add_target(Graph *graph, uint64_t *set, const Residual *target)
{
    if (target->kind == RESIDUAL_MODULE) add_set(graph, set, expansion(graph, target->instance));
    if (target->kind == RESIDUAL_ARRAY) {
        for (size_t i = 0; i < target->array.entries.count; i++)
            add_target(graph, set, target->array.entries.items[i].value);
    }
    if (target->kind != RESIDUAL_UNIT) return;
    Unit *unit = unroll_unit(target->unit);
    if (!unit->existing) {
        add_bit(set, unit->index);
        return;
    }
    if (!unit->needs) { // it stands for what it mentions
        unit->needs = new_set(graph);
        if (unit->parent)
            add_target(graph, unit->needs,
                       &(Residual){.kind = RESIDUAL_UNIT, .unit = unit->parent});
        walk_unit(graph, unit->needs, unit);
    }
    add_set(graph, set, unit->needs);
}

static void mention(Graph *graph, uint64_t *set, Frame frame, Text name)
{
    for (const Local *local = frame.locals; local; local = local->outer) {
        if (text_equal(local->name, name)) return;
    }
    const Symbol *symbol = bind_lookup_within(frame.instance->file, frame.within, name);
    if (!symbol || symbol->import) return; // what is imported cannot mention a resource
    if (symbol->kind == SYMBOL_RESOURCE || symbol->kind == SYMBOL_MODULE) {
        add_target(graph, set, unroll_symbol(graph->s, frame.instance, symbol));
    }
    if (symbol->kind != SYMBOL_VAR) return;
    uint64_t *known = map_get(&frame.instance->variable_mentions, name);
    if (!known) {
        known = new_set(graph);
        map_put(graph->s->arena, &frame.instance->variable_mentions, name, known);
        walk(graph, known, (Frame){.instance = frame.instance},
             symbol->declaration->declaration.value);
    }
    add_set(graph, set, known);
}

// c[i] is one turn of the loop if `i` is known; false: look at the parts.
static bool mention_turn(Graph *graph, uint64_t *set, Frame frame, const Syntax *node)
{
    const Syntax *base = node->index.base;
    if (base->kind != SYNTAX_NAME || node->index.from_end || !node->index.at) return false;
    for (const Local *local = frame.locals; local; local = local->outer) {
        if (text_equal(local->name, base->name)) return false;
    }
    const Symbol *symbol = bind_lookup_within(frame.instance->file, frame.within, base->name);
    if (!symbol || (symbol->kind != SYMBOL_RESOURCE && symbol->kind != SYMBOL_MODULE)) return false;
    Residual *at = residual_seen(reduce(graph->s, frame, node->index.at));
    Residual *turns = unroll_symbol(graph->s, frame.instance, symbol);
    if (turns->kind != RESIDUAL_ARRAY || !at->value || at->value->kind != VALUE_INT) return false;
    if (at->value->integer < 0 || (size_t)at->value->integer >= turns->array.entries.count)
        return false;
    add_target(graph, set, turns->array.entries.items[at->value->integer].value);
    walk(graph, set, frame, node->index.at);
    return true;
}

static const Local *hidden(Graph *graph, const Local *outer, Text name)
{
    Local *local = arena_new(graph->s->arena, Local);
    LambdaLocal *unknown = arena_new(graph->s->arena, LambdaLocal);
    Residual *value = residual_new(graph->s->arena, RESIDUAL_LOCAL);
    value->local = unknown;
    *local = (Local){name, value, outer};
    return local;
}

static void walk_list(Graph *graph, uint64_t *set, Frame frame, const SyntaxList *list)
{
    for (size_t i = 0; i < list->count; i++) walk(graph, set, frame, list->items[i]);
}

static void walk_scoped(Graph *graph, uint64_t *set, Frame frame, const Syntax *node)
{
    if (node->kind == SYNTAX_FOR) {
        walk(graph, set, frame, node->loop.array);
        frame.locals = hidden(graph, frame.locals, node->loop.item);
        if (node->loop.index.length) frame.locals = hidden(graph, frame.locals, node->loop.index);
        walk(graph, set, frame, node->loop.body);
        return;
    }
    for (size_t i = 0; i < node->lambda.count; i++) {
        frame.locals = hidden(graph, frame.locals, node->lambda.parameters[i].name);
    }
    walk(graph, set, frame, node->lambda.body);
}

static void walk(Graph *graph, uint64_t *set, Frame frame, const Syntax *node)
{
    if (!node) return;
    switch (node->kind) {
    case SYNTAX_NAME: mention(graph, set, frame, node->name); return;
    case SYNTAX_STRING: walk_list(graph, set, frame, &node->string.expressions); return;
    case SYNTAX_ACCESS: walk(graph, set, frame, node->access.base); return;
    case SYNTAX_INDEX:
        if (mention_turn(graph, set, frame, node)) return;
        walk(graph, set, frame, node->index.base);
        walk(graph, set, frame, node->index.at);
        return;
    case SYNTAX_CALL:
        walk(graph, set, frame, node->call.base);
        walk_list(graph, set, frame, &node->call.arguments);
        return;
    case SYNTAX_UNARY: walk(graph, set, frame, node->unary.operand); return;
    case SYNTAX_BINARY:
        walk(graph, set, frame, node->binary.left);
        walk(graph, set, frame, node->binary.right);
        return;
    case SYNTAX_TERNARY:
        walk(graph, set, frame, node->ternary.condition);
        walk(graph, set, frame, node->ternary.then);
        walk(graph, set, frame, node->ternary.otherwise);
        return;
    case SYNTAX_PAREN:
    case SYNTAX_NON_NULL:
    case SYNTAX_SPREAD: walk(graph, set, frame, node->inner); return;
    case SYNTAX_OBJECT:
    case SYNTAX_ARRAY: walk_list(graph, set, frame, &node->list); return;
    case SYNTAX_PROPERTY:
        if (node->property.name.length == 0) walk(graph, set, frame, node->property.key);
        walk(graph, set, frame, node->property.value);
        return;
    case SYNTAX_FOR:
    case SYNTAX_LAMBDA: walk_scoped(graph, set, frame, node); return;
    case SYNTAX_SKIPPED:
    case SYNTAX_NULL:
    case SYNTAX_BOOL:
    case SYNTAX_INTEGER:
    case SYNTAX_IF:
    case SYNTAX_TYPE_OBJECT:
    case SYNTAX_TYPE_PROPERTY:
    case SYNTAX_TYPE_ARRAY:
    case SYNTAX_TYPE_TUPLE:
    case SYNTAX_TYPE_ITEM:
    case SYNTAX_TYPE_UNION:
    case SYNTAX_TYPE_NULLABLE:
    case SYNTAX_TYPE_GENERIC:
    case SYNTAX_TYPE_RESOURCE:
    case SYNTAX_PARAM:
    case SYNTAX_VAR:
    case SYNTAX_OUTPUT:
    case SYNTAX_TYPE:
    case SYNTAX_FUNC:
    case SYNTAX_ASSERT:
    case SYNTAX_METADATA:
    case SYNTAX_RESOURCE: // a nested one is a unit of its own
    case SYNTAX_MODULE:
    case SYNTAX_TEST:
    case SYNTAX_IMPORT:
    case SYNTAX_EXTENSION:
    case SYNTAX_TARGET_SCOPE:
    case SYNTAX_USING:
    case SYNTAX_EXTENDS:
    case SYNTAX_KIND_COUNT: return;
    }
}

// What everything in an inlined module waits for.
static const uint64_t *instance_needs(Graph *graph, Instance *instance)
{
    if (instance->needs) return instance->needs;
    instance->needs = new_set(graph);
    if (!instance->outer || instance->outer->program != graph->program) return instance->needs;
    Frame outside = {.instance = instance->outer};
    Frame inside = {.instance = instance->outer, .locals = instance->locals};
    walk_statement(graph, instance->needs, outside, inside, instance->module);
    if (instance->before) add_target(graph, instance->needs, instance->before);
    add_set(graph, instance->needs, instance_needs(graph, instance->outer));
    return instance->needs;
}

static void find_needs(Graph *graph, Unit *unit)
{
    unit->needs = new_set(graph);
    walk_unit(graph, unit->needs, unit);
    if (unit->parent)
        add_target(graph, unit->needs, &(Residual){.kind = RESIDUAL_UNIT, .unit = unit->parent});
    if (unit->before) add_target(graph, unit->needs, unit->before);
    add_set(graph, unit->needs, instance_needs(graph, unit->instance));
}

// ---- what the residual's text mentions

static void mentioned(Graph *graph, uint64_t *set, Residual *residual);

static void mentioned_list(Graph *graph, uint64_t *set, const ResidualList *list)
{
    for (size_t i = 0; i < list->count; i++) mentioned(graph, set, list->items[i]);
}

static void mentioned_entries(Graph *graph, uint64_t *set, const ResidualEntries *entries)
{
    for (size_t i = 0; i < entries->count; i++) {
        if (entries->items[i].key) mentioned(graph, set, entries->items[i].key);
        mentioned(graph, set, entries->items[i].value);
    }
}

static void mentioned_unit(Graph *graph, uint64_t *set, Unit *unit)
{
    unit = unroll_unit(unit);
    if (!unit->existing) {
        add_bit(set, unit->index);
        return;
    }
    if (!unit->mentions) {
        unit->mentions = new_set(graph);
        if (unit->content) mentioned(graph, unit->mentions, unit->content);
        if (unit->parent) mentioned_unit(graph, unit->mentions, unit->parent);
    }
    add_set(graph, set, unit->mentions);
}

static void mentioned(Graph *graph, uint64_t *set, Residual *residual)
{
    switch (residual->kind) {
    case RESIDUAL_UNIT: mentioned_unit(graph, set, residual->unit); return;
    case RESIDUAL_BOUND: {
        Declaration *variable = residual->declaration;
        if (!variable->mentions) {
            variable->mentions = new_set(graph);
            mentioned(graph, variable->mentions, variable->content);
        }
        add_set(graph, set, variable->mentions);
        return;
    }
    case RESIDUAL_LAMBDA: mentioned(graph, set, residual->lambda.body); return;
    case RESIDUAL_ACCESS: mentioned(graph, set, residual->access.base); return;
    case RESIDUAL_INDEX:
        mentioned(graph, set, residual->index.base);
        mentioned(graph, set, residual->index.at);
        return;
    case RESIDUAL_CALL:
        if (residual->call.base) mentioned(graph, set, residual->call.base);
        mentioned_list(graph, set, &residual->call.arguments);
        return;
    case RESIDUAL_UNARY: mentioned(graph, set, residual->unary.operand); return;
    case RESIDUAL_BINARY:
        mentioned(graph, set, residual->binary.left);
        mentioned(graph, set, residual->binary.right);
        return;
    case RESIDUAL_TERNARY:
        mentioned(graph, set, residual->ternary.condition);
        mentioned(graph, set, residual->ternary.then);
        mentioned(graph, set, residual->ternary.otherwise);
        return;
    case RESIDUAL_NON_NULL: mentioned(graph, set, residual->inner); return;
    case RESIDUAL_STRING: mentioned_list(graph, set, &residual->string.parts); return;
    case RESIDUAL_OBJECT: mentioned_entries(graph, set, &residual->object.entries); return;
    case RESIDUAL_ARRAY: mentioned_entries(graph, set, &residual->array.entries); return;
    case RESIDUAL_ERROR:
    case RESIDUAL_VALUE:
    case RESIDUAL_PARAM:
    case RESIDUAL_KEYED:
    case RESIDUAL_ENTRY:
    case RESIDUAL_LOCAL:
    case RESIDUAL_ABSENT:
    case RESIDUAL_MODULE:
    case RESIDUAL_OUTPUTS: return;
    }
}

// ---- what has to be said

static const uint64_t *reach(Graph *graph, Unit **units, Unit *unit)
{
    if (unit->reach) return unit->reach;
    unit->reach = new_set(graph);
    for (size_t i = next_bit(graph, unit->needs, 0); i < graph->program->deployed;
         i = next_bit(graph, unit->needs, i + 1)) {
        if (i == unit->index) continue;
        add_bit(unit->reach, i);
        add_set(graph, unit->reach, reach(graph, units, units[i]));
    }
    return unit->reach;
}

static void find_waits(Graph *graph, Unit **units, Unit *unit)
{
    uint64_t *implied = new_set(graph);
    mentioned(graph, implied, unit->content);
    if (unit->condition) mentioned(graph, implied, unit->condition);
    if (unit->parent) mentioned_unit(graph, implied, unit->parent);
    for (size_t i = next_bit(graph, unit->needs, 0); i < graph->program->deployed;
         i = next_bit(graph, unit->needs, i + 1)) {
        if (i != unit->index) add_set(graph, implied, reach(graph, units, units[i]));
    }
    for (size_t i = next_bit(graph, unit->needs, 0); i < graph->program->deployed;
         i = next_bit(graph, unit->needs, i + 1)) {
        if (i == unit->index || has_bit(implied, i)) continue;
        list_add(graph->s->arena, &unit->waits, units[i]);
    }
}

void depend_find(Specializer *s, Program *program)
{
    Graph graph = {s, program, (program->deployed + 63) / 64};
    Unit **units = arena_array(s->arena, Unit *, program->deployed + 1);
    bool was_quiet = s->quiet;
    s->quiet = true; // what was never evaluated does not matter now
    for (size_t i = 0; i < program->units.count; i++) {
        Unit *unit = program->units.items[i];
        if (unit->existing) continue;
        units[unit->index] = unit;
        find_needs(&graph, unit);
    }
    for (size_t i = 0; i < program->deployed; i++) find_waits(&graph, units, units[i]);
    s->quiet = was_quiet;
}
