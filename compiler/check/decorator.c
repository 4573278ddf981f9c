// compiler/check/decorator.c
#include "compiler/check/decorator.h"

#include <string.h>

static Place name_place(const Syntax *node)
{
    Token token = node->file->tokens.items[node->call.name_token];
    return (Place){node->file->source, token.from, token.to};
}

static const Syntax *first_argument(const Syntax *decorator)
{
    return decorator->call.arguments.count ? decorator->call.arguments.items[0] : NULL;
}

static void check_twice(Check *check, SyntaxList decorators)
{
    for (size_t i = 0; i < decorators.count; i++) {
        for (size_t j = 0; j < i; j++) {
            if (text_equal(decorators.items[i]->call.name, decorators.items[j]->call.name)) {
                diag_add_with(check->diags, DIAG_DECORATOR_TWICE, name_place(decorators.items[i]),
                              decorators.items[i]->call.name);
                break;
            }
        }
    }
}

// ---- constants

static bool are_constants(SyntaxList list)
{
    for (size_t i = 0; i < list.count; i++) {
        if (!decorator_is_constant(list.items[i])) return false;
    }
    return true;
}

bool decorator_is_constant(const Syntax *node)
{
    switch ((int)node->kind) { // no other expression is a constant
    case SYNTAX_NULL:
    case SYNTAX_BOOL:
    case SYNTAX_INTEGER: return true;
    case SYNTAX_STRING: return are_constants(node->string.expressions);
    case SYNTAX_UNARY: return decorator_is_constant(node->unary.operand);
    case SYNTAX_BINARY:
        return decorator_is_constant(node->binary.left) &&
               decorator_is_constant(node->binary.right);
    case SYNTAX_TERNARY:
        return decorator_is_constant(node->ternary.condition) &&
               decorator_is_constant(node->ternary.then) &&
               decorator_is_constant(node->ternary.otherwise);
    case SYNTAX_PAREN: return decorator_is_constant(node->inner);
    case SYNTAX_ARRAY:
    case SYNTAX_OBJECT: return are_constants(node->list);
    case SYNTAX_PROPERTY: return decorator_is_constant(node->property.value);
    default: return false;
    }
}

// ---- targets

static const struct {
    const char *name;
    const char *kinds; // of what it may stand before: s i a o; empty: anything
    char argument;     // its type
} rows[] = {
    {"description", "", 's'},    {"secure", "so", 0},    {"allowed", "", 'a'},
    {"minValue", "i", 'i'},      {"maxValue", "i", 'i'}, {"minLength", "sa", 'i'},
    {"maxLength", "sa", 'i'},    {"metadata", "", 'o'},  {"sealed", "o", 0},
    {"discriminator", "o", 's'},
};

static const Shape *shape_of_letter(char letter)
{
    switch (letter) {
    case 's': return &shape_string;
    case 'i': return &shape_int;
    case 'a': return &shape_array;
    case 'o': return &shape_object;
    default: return &shape_any;
    }
}

static bool may_target(Check *check, const char *kinds, const Shape *target)
{
    Shape *wanted = shape_new(check, SHAPE_UNION);
    for (const char *at = kinds; *at; at++) {
        const Shape *kind = shape_of_letter(*at);
        list_add(check->arena, &wanted->members, kind);
    }
    return *kinds == '\0' || shape_fits(shape_without_null(check, target), wanted);
}

static void check_argument(Check *check, BoundFile *file, const Syntax *decorator, char letter)
{
    const Syntax *argument = first_argument(decorator);
    if (!argument || !letter) return;
    InferPlace place = {.check = check, .file = file};
    const Shape *given = infer(&place, argument), *wanted = shape_of_letter(letter);
    bool length =
        text_is(decorator->call.name, "minLength") || text_is(decorator->call.name, "maxLength");
    if (!shape_fits(given, wanted)) {
        diag_add_with(check->diags, DIAG_TYPE_MISMATCH, syntax_place(argument),
                      shape_name(check, wanted), shape_name(check, given));
    } else if (!decorator_is_constant(argument)) {
        diag_add(check->diags, DIAG_NOT_CONSTANT, syntax_place(argument));
    } else if (length && given->literal && given->integer < 0) {
        diag_add_with(check->diags, DIAG_OUT_OF_BOUNDS, syntax_place(argument), TEXT("the value"),
                      TEXT("at least"), TEXT("0"), shape_name(check, given));
    }
}

static void check_allowed(Check *check, BoundFile *file, const Syntax *decorator,
                          const Shape *target)
{
    const Syntax *list = first_argument(decorator);
    if (!list || list->kind != SYNTAX_ARRAY) return;
    if (list->list.count == 0) {
        diag_add_with(check->diags, DIAG_OUT_OF_BOUNDS, syntax_place(list), TEXT("the length"),
                      TEXT("at least"), TEXT("1"), TEXT("0"));
        return;
    }
    bool nested = false;
    for (size_t i = 0; i < list->list.count; i++)
        nested |= list->list.items[i]->kind == SYNTAX_ARRAY;
    bool subset = (target->kind == SHAPE_ARRAY || target->kind == SHAPE_TUPLE) && !nested;
    InferPlace place = {.check = check, .file = file};
    for (size_t i = 0; !subset && i < list->list.count; i++) {
        shape_assign(check, list->list.items[i], infer(&place, list->list.items[i]), target);
    }
}

// The two limits in the wrong order.
static void check_order(Check *check, SyntaxList decorators, const char *low, const char *high)
{
    const Syntax *least = syntax_decorator(decorators, low),
                 *most = syntax_decorator(decorators, high);
    int64_t from, to;
    if (!least || !most || !first_argument(least) || !first_argument(most)) return;
    if (!type_integer(first_argument(least), &from) || !type_integer(first_argument(most), &to))
        return;
    if (from <= to) return;
    diag_add_with(check->diags, DIAG_OUT_OF_BOUNDS, syntax_place(first_argument(least)),
                  TEXT("the value"), TEXT("at most"),
                  text_format(check->arena, "%lld", (long long)to),
                  text_format(check->arena, "%lld", (long long)from));
}

void decorator_check(Check *check, BoundFile *file, SyntaxList decorators, const Syntax *type,
                     const Shape *target)
{
    check_twice(check, decorators);
    for (size_t i = 0; i < decorators.count; i++) {
        const Syntax *decorator = decorators.items[i];
        for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
            if (!text_is(decorator->call.name, rows[row].name)) continue;
            check_argument(check, file, decorator, rows[row].argument);
            if (!target || may_target(check, rows[row].kinds, target)) continue;
            diag_add_with(check->diags, DIAG_DECORATOR_TARGET, name_place(decorator),
                          decorator->call.name, shape_name(check, target));
        }
        if (target && text_is(decorator->call.name, "allowed"))
            check_allowed(check, file, decorator, target);
    }
    check_order(check, decorators, "minValue", "maxValue");
    check_order(check, decorators, "minLength", "maxLength");
    (void)type;
}

void decorator_check_deployed(Check *check, const Symbol *symbol)
{
    const Syntax *node = symbol->declaration;
    check_twice(check, node->resource.decorators);
    const Syntax *batch = syntax_decorator(node->resource.decorators, "batchSize");
    if (!batch) return;
    if (node->resource.value->kind != SYNTAX_FOR) {
        diag_add_with(check->diags, DIAG_DECORATOR_TARGET, name_place(batch), batch->call.name,
                      text_of("what is no loop"));
        return;
    }
    int64_t size;
    const Syntax *argument = first_argument(batch);
    if (!argument || !type_integer(argument, &size) || size >= 1) return;
    diag_add_with(check->diags, DIAG_OUT_OF_BOUNDS, syntax_place(argument), TEXT("the value"),
                  TEXT("at least"), TEXT("1"), text_format(check->arena, "%lld", (long long)size));
}
