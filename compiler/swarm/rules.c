// compiler/swarm/rules.c: what templates/rules.bicep finds, shown in swarm.yaml.
#include "compiler/evaluate/evaluate.h"
#include "compiler/swarm/path.h"
#include "compiler/swarm/swarm.h"

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

static void check(Arena *arena, Diags *diags, BoundFile *rules, const Value *completed)
{
    Place place = {rules->syntax->source, 0, 0};
    const Symbol *symbol = bind_lookup(rules, TEXT("problems"));
    const Value *found = &value_null;
    if (symbol && symbol->kind == SYMBOL_FUNC) {
        Evaluator *evaluator = evaluate_begin(arena, diags, rules, NULL);
        found = evaluate_call(evaluator, TEXT("problems"), &completed, 1, place);
        if (!found) return;
    }
    if (found->kind != VALUE_ARRAY)
        diag_add_with(diags, DIAG_NO_FUNCTION, place, TEXT("problems()"),
                      TEXT("a list of {at, message}"));
    for (size_t i = 0; found->kind == VALUE_ARRAY && i < found->array.count; i++)
        report(arena, diags, completed, found->array.items[i]);
}

bool swarm_check_rules(Arena *arena, Diags *diags, BoundFile *rules, const Value *completed)
{
    size_t errors = diags->errors;
    Arena work = arena_borrow(arena); // nothing of it is needed later
    check(&work, diags, rules, completed);
    arena_return(&work, arena);
    return diags->errors == errors;
}
