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

static void add_file(Specializer *s, const Program *program, Text text)
{
    OutputFile file = {program->path, text};
    list_add(s->arena, s->files, file);
}

bool specialize_library(Arena *arena, Diags *diags, BoundFile *library, const Value *swarm,
                        const EvaluatedCall *rules, OutputFiles *files)
{
    Specializer s = {.arena = arena,
                     .diags = diags,
                     .files = files,
                     .library = library,
                     .swarm = swarm,
                     .rules = rules};
    size_t errors = diags->errors;
    Instance *root = unroll_root(&s, library, TEXT("main.bicep"));
    unroll_all(&s, root);
    if (diags->errors > errors) return false;
    evaluate_bodies(&s, root->program);
    if (diags->errors > errors) return false;
    unroll_merge(&s, root->program);
    for (size_t i = 0; i < s.modules.count; i++) unroll_merge(&s, s.modules.items[i]);
    live_mark(&s, root->program);
    if (diags->errors > errors) return false;
    depend_find(&s, root->program);
    for (size_t i = 0; i < s.modules.count; i++) depend_find(&s, s.modules.items[i]);
    names_give(&s, root->program);
    add_file(&s, root->program, write_program(&s, root->program));
    for (size_t i = 0; i < s.modules.count; i++)
        add_file(&s, s.modules.items[i], write_program(&s, s.modules.items[i]));
    for (size_t i = 0; i < s.loaded.count; i++) list_add(arena, files, s.loaded.items[i]);
    return diags->errors == errors;
}
