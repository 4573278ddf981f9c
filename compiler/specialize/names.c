// compiler/specialize/names.c: a name for everything that is printed: the wished one, else with the
// module's name in front, else with a number. Parameters come first: their names are what users
// see.
#include "compiler/evaluate/functions.h"
#include "compiler/specialize/program.h"

#include <ctype.h>
#include <stdlib.h>

// Names that differ only in case are no different names; one of a function would hide it.
static bool is_free(Specializer *s, const Program *program, Text name)
{
    return !map_has(&program->names, text_lower(s->arena, name)) && !function_find(name) &&
           !text_is(name, "sys") && !text_is(name, "az") && !text_is(name, "this");
}

static Text take_name(Specializer *s, Program *program, Text wish, Text module)
{
    Text name = wish;
    if (isdigit((unsigned char)wish.at[0]))
        name = wish = text_format(s->arena, "n%.*s", TEXT_ARG(wish));
    if (!is_free(s, program, name) && module.length) name = unroll_joined(s->arena, module, wish);
    for (size_t i = 2; !is_free(s, program, name); i++) {
        name = text_format(s->arena, "%.*s%zu", TEXT_ARG(wish), i);
    }
    map_put(s->arena, &program->names, text_lower(s->arena, name), program);
    return name;
}

static int by_symbol(const Declaration *a, const Declaration *b)
{
    if (a->symbol->index != b->symbol->index) return a->symbol->index < b->symbol->index ? -1 : 1;
    return 0;
}

// In the library's order; those of one library parameter in the order in which they were first
// used.
static void sort_params(Specializer *s, Program *program)
{
    for (size_t i = 0; i < program->params.count; i++) {
        Declaration *param = program->params.items[i];
        if (!param->live) continue;
        list_add(s->arena, &program->params_printed, param);
        DeclarationList *list = &program->params_printed;
        for (size_t j = list->count - 1; j > 0 && by_symbol(list->items[j], list->items[j - 1]) < 0;
             j--) {
            Declaration *earlier = list->items[j - 1];
            list->items[j - 1] = list->items[j];
            list->items[j] = earlier;
        }
    }
}

static int by_name(const void *left, const void *right)
{
    return text_compare_alike((*(Unit *const *)left)->name, (*(Unit *const *)right)->name);
}

static bool comes_before(const Declaration *a, const Declaration *b)
{
    if ((a->kind == DECLARATION_FILE) != (b->kind == DECLARATION_FILE))
        return a->kind == DECLARATION_FILE;
    if (a->kind != DECLARATION_FILE || !b->symbol) return false;
    if (!a->symbol) return false;
    return a->symbol->file == b->symbol->file && a->symbol->index < b->symbol->index;
}

// Files first, those of one library file in its order; the rest in the order of their making, so
// that each stands behind what it uses.
static void sort_variables(Specializer *s, Program *program)
{
    for (size_t i = 0; i < program->variables.count; i++) {
        if (!program->variables.items[i]->live) continue;
        DeclarationList *list = &program->variables_printed;
        list_add(s->arena, list, program->variables.items[i]);
        for (size_t j = list->count - 1; j > 0 && comes_before(list->items[j], list->items[j - 1]);
             j--) {
            Declaration *earlier = list->items[j - 1];
            list->items[j - 1] = list->items[j];
            list->items[j] = earlier;
        }
    }
}

void names_give(Specializer *s, Program *program)
{
    sort_params(s, program);
    sort_variables(s, program);
    for (size_t i = 0; i < program->params_printed.count; i++) {
        Declaration *param = program->params_printed.items[i];
        bool own = param->kind == DECLARATION_PARAM; // users and callers know it by this name
        param->name = own ? param->wish : take_name(s, program, param->wish, (Text){0});
        if (own) map_put(s->arena, &program->names, text_lower(s->arena, param->name), program);
    }
    for (size_t i = 0; i < program->units.count; i++) {
        Unit *unit = program->units.items[i];
        if (unit->live) unit->name = take_name(s, program, unit->wish, unit->instance->module_name);
    }
    for (size_t i = 0; i < program->variables_printed.count; i++) {
        Declaration *variable = program->variables_printed.items[i];
        variable->name = take_name(s, program, variable->wish, variable->instance->module_name);
    }
    for (size_t i = 0; i < program->units.count; i++) {
        Unit *unit = program->units.items[i];
        if (unit->waits.count > 1)
            qsort(unit->waits.items, unit->waits.count, sizeof(Unit *), by_name);
        if (!unit->live || !unit->module) continue;
        unit->module->path = text_format(s->arena, "modules/%.*s.bicep", TEXT_ARG(unit->name));
        names_give(s, unit->module);
    }
}
