// compiler/check/decorator.c
#include "compiler/check/decorator.h"

static Place name_place(const Syntax *call)
{
    return syntax_token_place(call, call->call.name_token);
}

static const Syntax *first_argument(const Syntax *decorator)
{
    return decorator->call.arguments.count ? decorator->call.arguments.items[0] : NULL;
}

// Of one with `sys.` in front the official compiler looks at the types of the arguments only.
static bool is_qualified(const Syntax *decorator)
{
    return decorator->call.base != NULL;
}

static void check_twice(Check *check, SyntaxList decorators)
{
    for (size_t i = 0; i < decorators.count; i++) {
        if (is_qualified(decorators.items[i])) continue;
        for (size_t j = 0; j < i; j++) {
            if (is_qualified(decorators.items[j])) continue;
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
    bool own;          // not before the name of a user's type
    bool open;         // not before literals, whose values are known
} rows[] = {
    {"description", "", 's', false, false}, {"secure", "so", 0, true, false},
    {"allowed", "", 'a', true, true},       {"minValue", "i", 'i', true, false},
    {"maxValue", "i", 'i', true, false},    {"minLength", "sa", 'i', true, true},
    {"maxLength", "sa", 'i', true, true},   {"metadata", "", 'o', false, false},
    {"sealed", "o", 0, false, false},       {"discriminator", "o", 's', false, false},
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

// Whether the type is a user's: what it may be is said where it is declared.
static bool names_type(const BoundFile *file, const Syntax *type)
{
    while (type->kind == SYNTAX_ACCESS || type->kind == SYNTAX_INDEX)
        type = type->kind == SYNTAX_ACCESS ? type->access.base : type->index.base;
    const Symbol *symbol = type->kind == SYNTAX_NAME ? bind_lookup(file, type->name) : NULL;
    return symbol && (symbol->kind == SYMBOL_TYPE || symbol->kind == SYMBOL_NAMESPACE);
}

static bool is_literal(const Syntax *type)
{
    return type->kind == SYNTAX_INTEGER || type->kind == SYNTAX_BOOL ||
           type->kind == SYNTAX_STRING || type->kind == SYNTAX_UNARY ||
           type->kind == SYNTAX_TYPE_UNION;
}

static bool has_rest(const Syntax *type)
{
    for (size_t i = 0; type->kind == SYNTAX_TYPE_OBJECT && i < type->list.count; i++) {
        if (!type->list.items[i]->property.key) return true;
    }
    return false;
}

// Only a union of objects has a property that tells them apart, and only one such property.
static bool may_discriminate(Check *check, BoundFile *file, const Syntax *decorator,
                             const Syntax *type, const Shape *target)
{
    Text own, inner;
    const Syntax *key = type_argument(type_read(&check->types, file, type), "discriminator");
    if (shape_without_null(check, target)->kind != SHAPE_UNION) return false;
    if (!key || !syntax_plain_string(key, &inner) || !first_argument(decorator)) return true;
    return !syntax_plain_string(first_argument(decorator), &own) || text_equal(own, inner);
}

// What is wrong with a decorator before `type` as it is written; NULL: nothing.
static const char *wrong_type(Check *check, BoundFile *file, size_t row, const Syntax *decorator,
                              const Syntax *type, const Shape *target)
{
    Text name = decorator->call.name;
    if (type->kind == SYNTAX_TYPE_NULLABLE) type = type->inner;
    if (rows[row].own && names_type(file, type)) return "a type that is declared elsewhere";
    if (rows[row].open && is_literal(type)) return "literals";
    if (text_is(name, "secure") && target->kind == SHAPE_RESOURCE) return "a resource";
    if (text_is(name, "sealed") && has_rest(type)) return "a type with properties of any name";
    if (text_is(name, "discriminator") && !may_discriminate(check, file, decorator, type, target))
        return "this: a union of objects, told apart by that property";
    return NULL;
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
    } else if (length && !is_qualified(decorator) && given->literal && given->integer < 0) {
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
    if (is_qualified(decorator)) return;
    target = shape_without_null(check, target);
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
        if (check->signature && !is_qualified(decorator)) {
            Text name = decorator->call.name;
            diag_add_with(check->diags, DIAG_MISPLACED, syntax_place(decorator),
                          text_format(check->arena, "@%.*s()", TEXT_ARG(name)),
                          text_format(check->arena,
                                      "within the types of a function it is @sys.%.*s()",
                                      TEXT_ARG(name)));
            continue;
        }
        for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
            if (!text_is(decorator->call.name, rows[row].name)) continue;
            check_argument(check, file, decorator, rows[row].argument);
            if (is_qualified(decorator) && !text_is(decorator->call.name, "discriminator"))
                continue;
            const char *wrong =
                type && target ? wrong_type(check, file, row, decorator, type, target) : NULL;
            if (wrong)
                diag_add_with(check->diags, DIAG_DECORATOR_TARGET, name_place(decorator),
                              decorator->call.name, text_of(wrong));
            if (wrong || !target || may_target(check, rows[row].kinds, target)) continue;
            diag_add_with(check->diags, DIAG_DECORATOR_TARGET, name_place(decorator),
                          decorator->call.name, shape_name(check, target));
        }
        if (target && text_is(decorator->call.name, "allowed"))
            check_allowed(check, file, decorator, target);
    }
    check_order(check, decorators, "minValue", "maxValue");
    check_order(check, decorators, "minLength", "maxLength");
}

// As officially, one with its name space in front may stand anywhere and be of any size, and what is
// no literal is no size at all.
static void check_batch(Check *check, const Symbol *symbol, const Syntax *decorator)
{
    const Syntax *argument = first_argument(decorator);
    InferPlace place = {.check = check, .file = symbol->file};
    if (argument) shape_assign(check, argument, infer(&place, argument), &shape_int);
    if (is_qualified(decorator)) return;
    if (symbol->declaration->resource.value->kind != SYNTAX_FOR) {
        diag_add_with(check->diags, DIAG_DECORATOR_TARGET, name_place(decorator),
                      decorator->call.name, text_of("what is no loop"));
        return;
    }
    int64_t size;
    if (!argument || !type_integer(argument, &size) || size >= 1) return;
    diag_add_with(check->diags, DIAG_OUT_OF_BOUNDS, syntax_place(argument), TEXT("the value"),
                  TEXT("at least"), TEXT("1"), text_format(check->arena, "%lld", (long long)size));
}

void decorator_check_deployed(Check *check, const Symbol *symbol)
{
    const Syntax *node = symbol->declaration;
    check_twice(check, node->resource.decorators);
    for (size_t i = 0; i < node->resource.decorators.count; i++) {
        const Syntax *decorator = node->resource.decorators.items[i];
        if (text_is(decorator->call.name, "batchSize")) check_batch(check, symbol, decorator);
    }
}
