// compiler/specialize/live.c: walks over all that is printed, from what is deployed and from the
// outputs. What it never meets disappears; what it meets twice gets a name.
#include "compiler/specialize/program.h"

typedef struct {
    Specializer *s;
    Program *program;
    const Syntax *statement; // that is being walked
    int holes;               // > 0: within '…${ }…'
} Walk;

static void mark(Walk *walk, Residual *residual, bool body);

static void add_loaded(Walk *walk, const Declaration *file)
{
    if (map_has(&walk->s->loaded_paths, file->path)) return;
    OutputFile output = {file->path, file->source->text};
    list_add(walk->s->arena, &walk->s->loaded, output);
    map_put(walk->s->arena, &walk->s->loaded_paths, file->path, walk->program);
}

static void mark_bound(Walk *walk, Declaration *variable, bool body)
{
    variable->uses++;
    if (!body) variable->unlike_body = true;
    if (walk->holes > 0 && residual_has_literal(variable->content)) variable->often = true;
    if (variable->uses > 1) return;
    int holes = walk->holes;
    if (variable->often) walk->holes = 0;
    mark(walk, variable->content, body);
    walk->holes = holes;
    if (variable->kind == DECLARATION_FILE) add_loaded(walk, variable);
    list_add(walk->s->arena, &walk->program->variables, variable);
}

static void mark_param(Walk *walk, Declaration *param)
{
    if (param->live) return;
    param->live = true;
    const Syntax *fallback = param->symbol->declaration->declaration.value;
    if (param->kind == DECLARATION_PARAM && fallback) {
        Frame frame = {.instance = param->instance};
        // A module that stays is given its parameters by its only caller.
        if (!walk->program->outer) param->content = reduce(walk->s, frame, fallback);
    }
    if (param->content) mark(walk, param->content, false);
}

static void mark_value(Walk *walk, const Value *value)
{
    switch (value->kind) {
    case VALUE_STRING:
        if (value->file) mark_bound(walk, unroll_own_file(walk->s, walk->program, value), true);
        return;
    case VALUE_ARRAY:
        for (size_t i = 0; i < value->array.count; i++) mark_value(walk, value->array.items[i]);
        return;
    case VALUE_OBJECT:
        for (size_t i = 0; i < value->object.count; i++)
            mark_value(walk, value->object.items[i].value);
        return;
    case VALUE_NULL:
    case VALUE_BOOL:
    case VALUE_INT:
    case VALUE_FLOAT: return;
    }
}

// Parameters of a module that stays: those that its file still has.
static Residual *kept_params(Walk *walk, Unit *unit, const Residual *params)
{
    ResidualEntries kept = {0};
    const DeclarationList *declared = &unit->module->params;
    for (size_t i = 0; i < declared->count; i++) {
        size_t at = residual_field(&params->object.entries, declared->items[i]->symbol->name);
        if (declared->items[i]->live && at != SIZE_MAX) {
            list_add(walk->s->arena, &kept, params->object.entries.items[at]);
        }
    }
    return residual_object(walk->s->arena, kept, params->object.lines);
}

static void finish_module(Walk *walk, Unit *unit)
{
    live_mark(walk->s, unit->module);
    if (unit->content->kind != RESIDUAL_OBJECT) return;
    ResidualEntries entries = {0};
    for (size_t i = 0; i < unit->content->object.entries.count; i++) {
        ResidualEntry entry = unit->content->object.entries.items[i];
        if (text_is(entry.name, "params") && entry.value->kind == RESIDUAL_OBJECT) {
            entry.value = kept_params(walk, unit, entry.value);
            if (entry.value->object.entries.count == 0) continue;
        }
        list_add(walk->s->arena, &entries, entry);
    }
    unit->content = residual_object(walk->s->arena, entries, true);
}

static void mark_unit(Walk *walk, Unit *unit)
{
    unit = unroll_unit(unit);
    if (unit->visited) return;
    unit->visited = unit->live = true;
    const Syntax *around = walk->statement;
    walk->statement = unit->symbol->declaration;
    unroll_body(walk->s, unit);
    if (unit->module) finish_module(walk, unit);
    if (unit->parent) mark_unit(walk, unit->parent);
    if (unit->condition) mark(walk, unit->condition, false);
    mark(walk, unit->content, true);
    walk->statement = around;
}

static void mark_entries(Walk *walk, const ResidualEntries *entries, bool body)
{
    for (size_t i = 0; i < entries->count; i++) {
        const ResidualEntry *entry = &entries->items[i];
        if (body && residual_is_null(entry->value) && (entry->name.length || entry->key)) continue;
        if (entry->key) mark(walk, entry->key, false);
        mark(walk, entry->value, body && !entry->spread);
    }
}

static void mark_list(Walk *walk, const ResidualList *list)
{
    for (size_t i = 0; i < list->count; i++) mark(walk, list->items[i], false);
}

// `body`: within a resource's body, where null means absent.
static void mark(Walk *walk, Residual *residual, bool body)
{
    switch (residual->kind) {
    case RESIDUAL_ERROR:
    case RESIDUAL_LOCAL: return;
    case RESIDUAL_VALUE: mark_value(walk, residual->value); return;
    case RESIDUAL_PARAM:
    case RESIDUAL_KEYED: mark_param(walk, residual->declaration); return;
    case RESIDUAL_ENTRY: mark_param(walk, unroll_entry(walk->s, residual, NULL)); return;
    case RESIDUAL_BOUND: mark_bound(walk, residual->declaration, body); return;
    case RESIDUAL_UNIT: mark_unit(walk, residual->unit); return;
    case RESIDUAL_ABSENT:
    case RESIDUAL_MODULE:
    case RESIDUAL_OUTPUTS:
        reduce_error(walk->s, DIAG_NO_VALUE, walk->statement, (Text){0}, (Text){0});
        return;
    case RESIDUAL_LAMBDA: mark(walk, residual->lambda.body, false); return;
    case RESIDUAL_ACCESS: mark(walk, residual->access.base, false); return;
    case RESIDUAL_INDEX:
        mark(walk, residual->index.base, false);
        mark(walk, residual->index.at, false);
        return;
    case RESIDUAL_CALL:
        if (residual->call.base) mark(walk, residual->call.base, false);
        mark_list(walk, &residual->call.arguments);
        return;
    case RESIDUAL_UNARY: mark(walk, residual->unary.operand, false); return;
    case RESIDUAL_BINARY:
        mark(walk, residual->binary.left, false);
        mark(walk, residual->binary.right, false);
        return;
    case RESIDUAL_TERNARY:
        mark(walk, residual->ternary.condition, false);
        mark(walk, residual->ternary.then, false);
        mark(walk, residual->ternary.otherwise, false);
        return;
    case RESIDUAL_NON_NULL: mark(walk, residual->inner, false); return;
    case RESIDUAL_STRING:
        walk->holes++;
        mark_list(walk, &residual->string.parts);
        walk->holes--;
        return;
    case RESIDUAL_OBJECT: mark_entries(walk, &residual->object.entries, body); return;
    case RESIDUAL_ARRAY: mark_entries(walk, &residual->array.entries, body); return;
    }
}

static void mark_outputs(Walk *walk)
{
    const SyntaxList *outputs = &walk->program->root->file->outputs;
    for (size_t i = 0; i < outputs->count; i++) {
        const Syntax *node = outputs->items[i];
        bool wanted = !walk->program->outer ||
                      map_has(&walk->program->wanted_outputs, node->declaration.name);
        if (!wanted) continue;
        Residual *content =
            unroll_output(walk->s, walk->program->root, node, node->declaration.name);
        walk->statement = node;
        if (!residual_is_null(content)) mark(walk, content, false);
    }
}

static void settle(Program *program)
{
    for (size_t i = 0; i < program->variables.count; i++) {
        Declaration *variable = program->variables.items[i];
        variable->live =
            variable->kind == DECLARATION_FILE || variable->uses > 1 || variable->often;
    }
}

void live_mark(Specializer *s, Program *program)
{
    Walk walk = {s, program, NULL, 0};
    for (size_t i = 0; i < program->units.count; i++) {
        if (!program->units.items[i]->existing) mark_unit(&walk, program->units.items[i]);
    }
    mark_outputs(&walk);
    settle(program);
}
