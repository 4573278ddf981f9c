// compiler/swarm/rules.c: what templates/rules.bicep finds, shown in swarm.yaml.
#include "compiler/swarm/swarm.h"

#include "compiler/swarm/path.h"

static Text member(const Value *problem, Text name)
{
    const Value *value = problem->kind == VALUE_OBJECT ? value_find(problem, name) : NULL;
    return value && value->kind == VALUE_STRING ? value->string : (Text){0};
}

// Shown at the deepest part of the path that is written; a part that is a default is named as such.
static void report(Arena *arena, Diags *diags, const Value *completed, const Value *problem)
{
    Text at = member(problem, TEXT("at")), message = member(problem, TEXT("message"));
    bool warning = text_is(member(problem, TEXT("level")), "warning");
    PathEnd end = path_follow(completed, at);
    bool written = end.depth.length == at.length;
    Text subject = {0};
    if (at.length) subject = text_format(arena, "'%.*s': ", TEXT_ARG(at));
    Place place = end.written ? *end.written : (Place){0};
    diag_add_with(diags, warning ? DIAG_RULE_WARNING : DIAG_RULE, place, subject, message);
    if (!written && end.whole) {
        diag_hint(diags,
                  text_format(arena, "'%.*s' is not written in swarm.yaml: this is its default",
                              TEXT_ARG(at)));
    }
}

// What problems() says; NULL after a diagnostic. Nearly all that this takes ends with it.
static const Value *find_problems(Arena *arena, Diags *diags, BoundFile *rules,
                                  const Value *completed, Place place)
{
    Arena work = arena_borrow(arena);
    Evaluator *evaluator = evaluate_begin(&work, diags, rules, NULL);
    const Value *found = evaluate_call(evaluator, TEXT("problems"), &completed, 1, place);
    if (found) found = value_copy(arena, found);
    arena_return(&work, arena);
    return found;
}

bool swarm_check_rules(Arena *arena, Diags *diags, BoundFile *rules, const Value *completed,
                       EvaluatedCall *call)
{
    size_t errors = diags->errors;
    Place place = {rules->syntax->source, 0, 0};
    const Symbol *symbol = bind_lookup(rules, TEXT("problems"));
    bool function = symbol && symbol->kind == SYMBOL_FUNC;
    const Value *found =
        function ? find_problems(arena, diags, rules, completed, place) : &value_null;
    if (!found) return false;
    if (found->kind != VALUE_ARRAY) {
        diag_add(diags, DIAG_NO_RULES, place);
        return false;
    }
    *call = (EvaluatedCall){symbol->declaration, completed, found};
    for (size_t i = 0; i < found->array.count; i++)
        report(arena, diags, completed, found->array.items[i]);
    return diags->errors == errors;
}
