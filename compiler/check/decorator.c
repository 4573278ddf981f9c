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

static void check_constants(Check *check, SyntaxList list)
{
    for (size_t i = 0; i < list.count; i++) decorator_check_constant(check, list.items[i]);
}

void decorator_check_constant(Check *check, const Syntax *node)
{
    switch ((int)node->kind) { // no other expression is a constant
    case SYNTAX_NULL:
    case SYNTAX_BOOL:
    case SYNTAX_INTEGER: return;
    case SYNTAX_STRING:
        if (node->string.expressions.count) break;
        return;
    case SYNTAX_UNARY:
        if (node->unary.op != OP_MINUS) break;
        decorator_check_constant(check, node->unary.operand);
        return;
    case SYNTAX_ARRAY:
    case SYNTAX_OBJECT: check_constants(check, node->list); return;
    case SYNTAX_PROPERTY:
        decorator_check_constant(check, node->property.value);
        if (node->property.key->kind != SYNTAX_STRING) return;
        decorator_check_constant(check, node->property.key);
        return;
    case SYNTAX_NON_NULL:
    case SYNTAX_SPREAD: decorator_check_constant(check, node->inner); return;
    default: break;
    }
    diag_add(check->diags, DIAG_NOT_CONSTANT, syntax_place(node));
}

// ---- targets

static const struct {
    const char *name;
    const char *kinds;     // of what it may stand before: s i a o; empty: anything
    const char *arguments; // s i a o, m metadata, t texts, n a number from 1; -: not looked at
    bool own;              // not before the name of a user's type
    bool open;             // not before literals, whose values are known
} rows[] = {
    {"description", "", "s", false, false}, {"secure", "so", "", true, false},
    {"allowed", "", "a", true, true},       {"minValue", "i", "i", true, false},
    {"maxValue", "i", "i", true, false},    {"minLength", "sa", "i", true, true},
    {"maxLength", "sa", "i", true, true},   {"metadata", "", "m", false, false},
    {"sealed", "o", "", false, false},      {"discriminator", "o", "s", false, false},
    {"retryOn", "", "tn", false, false},    {"validate", "", "-s", false, false},
    {"waitUntil", "", "-s", false, false},
};

enum { ROWS = sizeof rows / sizeof *rows };

// ROWS: nothing is looked at.
static size_t row_of(const Syntax *decorator)
{
    size_t row = 0;
    while (row < ROWS && !text_is(decorator->call.name, rows[row].name)) row++;
    return row;
}

static const Shape shape_from_one = {.kind = SHAPE_INT, .least = 1, .most = INT64_MAX};
static const Shape shape_texts = {.kind = SHAPE_ARRAY, .most = INT64_MAX, .item = &shape_string};

// An object whose description is a text, if it has one.
static const Shape *shape_metadata(Check *check, const Shape *given)
{
    Text name = TEXT("description");
    if (given->kind != SHAPE_OBJECT || !shape_find(given, name)) return &shape_object;
    Shape *object = shape_new(check, SHAPE_OBJECT);
    object->open = true;
    list_add(check->arena, &object->properties,
             ((ShapeProperty){.name = name, .shape = &shape_string}));
    return object;
}

static const Shape *shape_of_letter(char letter)
{
    switch (letter) {
    case 's': return &shape_string;
    case 'i': return &shape_int;
    case 'n': return &shape_from_one;
    case 'a': return &shape_array;
    case 't': return &shape_texts;
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

static void check_arguments(Check *check, BoundFile *file, const Syntax *decorator)
{
    SyntaxList arguments = decorator->call.arguments;
    size_t row = row_of(decorator);
    InferPlace place = {.check = check, .file = file};
    bool length =
        text_is(decorator->call.name, "minLength") || text_is(decorator->call.name, "maxLength");
    for (size_t i = 0; row < ROWS && i < arguments.count && rows[row].arguments[i]; i++) {
        char letter = rows[row].arguments[i];
        if (letter == '-') continue;
        const Shape *given = infer(&place, arguments.items[i]);
        const Shape *wanted =
            letter == 'm' ? shape_metadata(check, given) : shape_of_letter(letter);
        shape_assign_argument(check, arguments.items[i], given, wanted);
        if (!shape_fits(given, wanted)) continue;
        decorator_check_constant(check, arguments.items[i]);
        if (length && !is_qualified(decorator) && given->literal && given->integer < 0)
            diag_add_with(check->diags, DIAG_OUT_OF_BOUNDS, syntax_place(arguments.items[i]),
                          TEXT("the value"), TEXT("at least"), TEXT("0"), shape_name(check, given));
    }
}

// The type with the limits that other decorators give it.
static const Shape *limited(Check *check, SyntaxList decorators, const Shape *target)
{
    bool number = target->kind == SHAPE_INT;
    const Syntax *least = syntax_decorator(decorators, number ? "minValue" : "minLength"),
                 *most = syntax_decorator(decorators, number ? "maxValue" : "maxLength");
    bool any = number || target->kind == SHAPE_STRING || target->kind == SHAPE_ARRAY;
    if (!any || target->literal) return target;
    Shape *copy = shape_new(check, target->kind);
    *copy = *target;
    if (least && first_argument(least)) type_integer(first_argument(least), &copy->least);
    if (most && first_argument(most)) type_integer(first_argument(most), &copy->most);
    return copy;
}

static void check_allowed(Check *check, BoundFile *file, SyntaxList decorators,
                          const Syntax *decorator, const Shape *target)
{
    const Syntax *list = first_argument(decorator);
    if (!list || list->kind != SYNTAX_ARRAY) return;
    if (list->list.count == 0) {
        diag_add_with(check->diags, DIAG_OUT_OF_BOUNDS, syntax_place(list), TEXT("the length"),
                      TEXT("at least"), TEXT("1"), TEXT("0"));
        return;
    }
    bool nested = false;
    for (size_t i = 0; i < list->list.count; i++) {
        nested |= list->list.items[i]->kind == SYNTAX_ARRAY;
        if (list->list.items[i]->kind == SYNTAX_SPREAD)
            diag_add(check->diags, DIAG_NOT_CONSTANT, syntax_place(list->list.items[i]));
    }
    if (is_qualified(decorator)) return;
    target = limited(check, decorators, shape_without_null(check, target));
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

// Whether it may stand before that type.
static void check_target(Check *check, BoundFile *file, const Syntax *decorator, const Syntax *type,
                         const Shape *target)
{
    size_t row = row_of(decorator);
    bool whole = !is_qualified(decorator) || text_is(decorator->call.name, "discriminator");
    if (row == ROWS || !whole) return;
    const char *wrong = type ? wrong_type(check, file, row, decorator, type, target) : NULL;
    if (wrong || !may_target(check, rows[row].kinds, target))
        diag_add_with(check->diags, DIAG_DECORATOR_TARGET, name_place(decorator),
                      decorator->call.name, wrong ? text_of(wrong) : shape_name(check, target));
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
        check_arguments(check, file, decorator);
        check_target(check, file, decorator, type, target);
        if (text_is(decorator->call.name, "allowed"))
            check_allowed(check, file, decorators, decorator, target);
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

void decorator_check_plain(Check *check, BoundFile *file, SyntaxList decorators)
{
    check_twice(check, decorators);
    for (size_t i = 0; i < decorators.count; i++) check_arguments(check, file, decorators.items[i]);
}

void decorator_check_deployed(Check *check, const Symbol *symbol)
{
    SyntaxList decorators = symbol->declaration->resource.decorators;
    decorator_check_plain(check, symbol->file, decorators);
    for (size_t i = 0; i < decorators.count; i++) {
        if (text_is(decorators.items[i]->call.name, "batchSize"))
            check_batch(check, symbol, decorators.items[i]);
    }
}
