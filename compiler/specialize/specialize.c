// compiler/specialize/specialize.c: the stages of the partial evaluator, in order.
#include "compiler/specialize/specialize.h"

#include "compiler/specialize/program.h"

static void evaluate_bodies(Specializer *s, Program *program)
{
    for (size_t i = 0; i < program->units.count; i++) {
        Unit *unit = program->units.items[i];
        if (unit->existing) continue;
        unroll_body(s, unit);
        if (unit->module) evaluate_bodies(s, unit->module);
    }
    const SyntaxList *outputs = &program->root->file->outputs;
    for (size_t i = 0; i < outputs->count && !program->outer; i++) {
        unroll_output(s, program->root, outputs->items[i], outputs->items[i]->declaration.name);
    }
}

// `result`: the arena of whoever asked; all else ends with this stage.
static void add_file(Arena *result, OutputFiles *files, Text path, Text text)
{
    OutputFile file = {text_copy(result, path), text};
    list_add(result, files, file);
}

// `result`: as above.
static void find_origins(Arena *result, const Program *program, Origins *origins)
{
    for (size_t i = 0; i < program->units.count; i++) {
        const Unit *unit = program->units.items[i];
        if (!unit->live || unit->existing) continue;
        Text origin = unit->symbol->name, label = unit->label;
        for (const Instance *at = unit->instance; at->outer; at = at->outer)
            origin = at->module->name, label = at->label;
        Origin item = {text_copy(result, unit->name), origin, text_copy(result, label)};
        list_add(result, origins, item);
    }
}

static bool specialize(Specializer *s, Arena *result, OutputFiles *files, Origins *origins)
{
    size_t errors = s->diags->errors;
    Instance *root = unroll_root(s, s->library, TEXT("main.bicep"));
    unroll_all(s, root);
    if (s->diags->errors > errors) return false;
    evaluate_bodies(s, root->program);
    if (s->diags->errors > errors) return false;
    unroll_merge(s, root->program);
    for (size_t i = 0; i < s->modules.count; i++) unroll_merge(s, s->modules.items[i]);
    live_mark(s, root->program);
    if (s->diags->errors > errors) return false;
    depend_find(s, root->program);
    for (size_t i = 0; i < s->modules.count; i++) depend_find(s, s->modules.items[i]);
    names_give(s, root->program);
    if (origins) find_origins(result, root->program, origins);
    add_file(result, files, root->program->path, write_program(s, result, root->program));
    for (size_t i = 0; i < s->modules.count; i++) {
        Program *module = s->modules.items[i];
        add_file(result, files, module->path, write_program(s, result, module));
    }
    for (size_t i = 0; i < s->loaded.count; i++)
        add_file(result, files, s->loaded.items[i].path, s->loaded.items[i].text);
    return s->diags->errors == errors;
}

bool specialize_library(Arena *arena, Diags *diags, BoundFile *library, const Value *swarm,
                        OutputFiles *files, Origins *origins)
{
    Arena work = arena_borrow(arena);
    Specializer s = {.arena = &work, .diags = diags, .library = library, .swarm = swarm};
    bool good = specialize(&s, arena, files, origins);
    arena_return(&work, arena);
    return good;
}
