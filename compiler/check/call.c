// compiler/check/call.c: the arguments' types are inferred first, those of functions of one value
// (x => …) last, as their variables are items of the first argument.
#include "compiler/check/call.h"

#include "compiler/check/extension.h"
#include "compiler/check/literal.h"
#include "compiler/check/made.h"
#include "compiler/check/scope.h"
#include "compiler/evaluate/functions.h"

#include <ctype.h>
#include <string.h>

static const struct {
    const char *name, *arguments, *result;
} signatures[] = {
#define SIGNATURE(name, arguments, result) {#name, arguments, result},
#include "compiler/check/signature.def"
#undef SIGNATURE
};

enum { SIGNATURES = sizeof signatures / sizeof *signatures, MOST = 64 };

// ---- letters of signatures

static const Shape *shape_of_letter(char letter)
{
    switch (letter) {
    case 's': return &shape_string;
    case 'i': return &shape_int;
    case 'b': return &shape_bool;
    case 'a': return &shape_array;
    case 'o': return &shape_object;
    case 'n': return &shape_null;
    case '0': return &shape_never;
    default: return &shape_any;
    }
}

// One argument of a signature.
typedef struct {
    const char *letters, *items; // `items`: of a list's items; NULL: any
    size_t count, item_count;
    bool optional, repeated;
} Parameter;

static const char *next_parameter(const char *at, Parameter *parameter)
{
    *parameter = (Parameter){.optional = *at == '?', .repeated = *at == '*'};
    if (parameter->optional || parameter->repeated) at++;
    bool either = *at == '[';
    parameter->letters = either ? at + 1 : at;
    parameter->count = either ? (size_t)(strchr(at, ']') - parameter->letters) : 1;
    at = parameter->letters + parameter->count + either;
    if (*at != '(') return at;
    parameter->items = at + 1;
    parameter->item_count = (size_t)(strchr(at, ')') - parameter->items);
    return parameter->items + parameter->item_count + 1;
}

static bool takes_lambda(const Parameter *parameter)
{
    return strchr("FMSRKV", *parameter->letters) != NULL;
}

// Each of the types that the argument may be must be one that the parameter takes.
static bool accepts(const char *letters, size_t count, const Shape *shape)
{
    if (shape->kind == SHAPE_UNION) {
        for (size_t i = 0; i < shape->members.count; i++) {
            bool null = shape->members.items[i]->kind == SHAPE_NULL; // only a warning
            if (!null && !accepts(letters, count, shape->members.items[i])) return false;
        }
        return true;
    }
    for (size_t i = 0; i < count; i++) {
        if (shape_fits(shape, shape_of_letter(letters[i]))) return true;
    }
    return false;
}

// ---- functions of one value

static const struct {
    char letter, result;
    size_t least, most;
} lambda_rows[] = {{'F', 'b', 1, 2}, {'M', 'x', 1, 2}, {'S', 'b', 2, 2},
                   {'R', 'x', 2, 3}, {'K', 's', 1, 1}, {'V', 'x', 1, 1}};

// What a lambda is called with: an item of the list, the sum of reduce() so far.
typedef struct {
    const Shape *item, *sum;
} Called;

// The type of a lambda's variable; what is none of these is an index.
static const Shape *variable_shape(char letter, size_t index, const Called *with)
{
    if (letter == 'R') return index == 0 ? with->sum : index == 1 ? with->item : &shape_int;
    if (letter == 'S') return with->item;
    return index == 0 ? with->item : &shape_int;
}

static void wrong_lambda(const InferPlace *place, const Syntax *node, Text wanted, Text given)
{
    diag_add_with(place->check->diags, DIAG_TYPE_MISMATCH, syntax_place(node), wanted, given);
}

// What the lambda gives.
static const Shape *infer_lambda(const InferPlace *place, const Syntax *node, char letter,
                                 const Called *with)
{
    Check *check = place->check;
    const Syntax *lambda = syntax_bare(node);
    size_t row = 0;
    while (lambda_rows[row].letter != letter) row++;
    if (lambda->kind != SYNTAX_LAMBDA) {
        const Shape *shape = infer(place, node);
        if (shape->kind != SHAPE_ANY)
            wrong_lambda(place, node, TEXT("a function such as x => x"), shape_name(check, shape));
        return &shape_any;
    }
    size_t count = lambda->lambda.count;
    InferLocal *locals = arena_array(check->arena, InferLocal, count + 1);
    InferPlace inner = *place;
    for (size_t i = 0; i < count; i++) {
        locals[i] = (InferLocal){lambda->lambda.parameters[i].name, variable_shape(letter, i, with),
                                 inner.locals};
        inner.locals = &locals[i];
    }
    const Shape *result = infer(&inner, lambda->lambda.body);
    if (count < lambda_rows[row].least || count > lambda_rows[row].most) {
        wrong_lambda(place, node,
                     text_format(check->arena, "a function of %zu to %zu values",
                                 lambda_rows[row].least, lambda_rows[row].most),
                     text_format(check->arena, "one of %zu", count));
        return &shape_any;
    }
    const Shape *wanted =
        letter == 'R' ? made_kind(check, with->sum) : shape_of_letter(lambda_rows[row].result);
    if (!shape_fits(result, wanted)) {
        wrong_lambda(place, lambda->lambda.body, shape_name(check, wanted),
                     shape_name(check, result));
    }
    return result;
}

// ---- built-in functions

typedef struct {
    const Shape *shapes[MOST]; // NULL: a lambda, not inferred yet
    size_t count;
} Arguments;

static bool matches(const Arguments *given, const char *at)
{
    Parameter parameter = {0};
    for (size_t i = 0; i < given->count; i++) {
        if (*at == '\0' && !parameter.repeated) return true; // too many: the emitter says so
        if (*at) at = next_parameter(at, &parameter);
        if (!takes_lambda(&parameter) && given->shapes[i] &&
            !accepts(parameter.letters, parameter.count, given->shapes[i]))
            return false;
        if (!takes_lambda(&parameter) && !given->shapes[i]) return false;
    }
    return true;
}

static void no_match(const InferPlace *place, const Syntax *node, const Arguments *given)
{
    Check *check = place->check;
    TextBuffer types = {.arena = check->arena};
    for (size_t i = 0; i < given->count; i++) {
        if (i) buffer_string(&types, ", ");
        buffer_text(&types, given->shapes[i] ? shape_name(check, given->shapes[i])
                                             : TEXT("a function of a value"));
    }
    diag_add_with(check->diags, DIAG_ARGUMENT_TYPES, syntax_place(node), node->call.name,
                  buffer_done(&types));
}

// An object as told in result.def.
static const Shape *told_object(Check *check, const char *properties, bool group)
{
    Shape *object = shape_new(check, SHAPE_OBJECT);
    for (const char *at = properties; *at; at += strspn(at, " ")) {
        size_t length = strcspn(at, " .[{*^#%?");
        ShapeProperty property = {.name = {at, length},
                                  .shape = shape_strict(check, &shape_string, true)};
        at += length;
        if (*at == '{') {
            size_t depth = 0, end = 0;
            do {
                depth += at[end] == '{';
                depth -= at[end++] == '}';
            } while (depth);
            const char *inner = text_string(check->arena, (Text){at + 1, end - 2});
            property.shape = told_object(check, inner, group);
            at += end;
        } else if (*at == '[') {
            property.shape = made_array(check, &shape_string);
            at += 2;
        } else if (*at == '*') {
            property.shape = &shape_object;
            at++;
        } else if (*at == '#') {
            property.shape = shape_strict(check, &shape_int, true);
            at++;
        } else if (*at == '%') {
            property.shape = made_dictionary(check, shape_strict(check, &shape_string, true));
            at++;
        } else if (*at == '^') {
            at++;
            if (group) continue;
        }
        if (*at == '?') {
            property.shape = shape_union(check, property.shape, &shape_null);
            at++;
        }
        list_add(check->arena, &object->properties, property);
    }
    return object;
}

static const Shape *told_result(const InferPlace *place, Text name, size_t count)
{
    static const struct {
        const char *name;
        size_t count;
        const char *properties;
    } rows[] = {
#define RESULT(name, count, properties) {#name, count, properties},
#include "compiler/check/result.def"
#undef RESULT
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (text_is(name, rows[i].name) && count == rows[i].count)
            return told_object(place->check, rows[i].properties,
                               text_is(scope_target(place->file), "resourceGroup"));
    }
    return NULL;
}

// Whether the text that it gives may stand for a literal, as the argument may.
static const Shape *plain_result(Check *check, Text name, const Arguments *given,
                                 const Shape *shape)
{
    static const char *const parts[] = {"toLower", "toUpper", "trim",  "substring", "take",
                                        "skip",    "padLeft", "first", "last"};
    const Shape *of = given->count ? given->shapes[0] : NULL;
    bool part = false, hash = text_is(name, "uniqueString");
    if (hash || text_is(name, "guid")) {
        Shape *text = shape_new(check, SHAPE_STRING);
        text->strict = true;
        text->least = text->most = hash ? 13 : 36;
        return text;
    }
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) part |= text_is(name, parts[i]);
    if (part && of && of->kind == SHAPE_STRING && !of->strict) return shape;
    return shape_strict(check, shape, true);
}

// The result of a row, more exactly where it is the type of an argument.
static const Shape *result_of(const InferPlace *place, const Syntax *node, size_t row,
                              const Arguments *given, const Shape *item, const Shape *mapped)
{
    Text name = node->call.name;
    char result = *signatures[row].result;
    const Shape *literal = isupper(result)
                               ? literal_call(place->check, place->file, syntax_place(node), name,
                                              given->shapes, given->count)
                               : NULL;
    if (!literal) literal = told_result(place, name, given->count);
    if (literal) return literal;
    Check *check = place->check;
    const Shape *of = given->count ? given->shapes[0] : NULL;
    bool list = made_is_list(of);
    bool keeps = text_is(name, "filter") || text_is(name, "sort") || text_is(name, "distinct") ||
                 (list && (text_is(name, "skip") || text_is(name, "take")));
    bool values = given->count > 2 || list; // told by the lambda, or the items themselves
    if (text_is(name, "map")) return made_array(check, mapped);
    if (text_is(name, "mapValues")) return made_dictionary(check, mapped);
    if (text_is(name, "toObject") && values)
        return made_dictionary(check, given->count > 2 ? mapped : item);
    if (text_is(name, "groupBy") && values)
        return made_dictionary(check, made_array(check, given->count > 2 ? mapped : item));
    if (text_is(name, "reduce")) return mapped;
    if (of && text_is(name, "items")) return made_items(check, of);
    if (of && text_is(name, "objectKeys")) return made_array(check, made_keys(check, of));
    if (list && (text_is(name, "first") || text_is(name, "last")))
        return made_end(check, of, text_is(name, "last"));
    if (text_is(name, "flatten") && list) return made_flat(check, of);
    if (text_is(name, "range")) return made_array(check, &shape_int);
    if (text_is(name, "split")) return made_array(check, &shape_string);
    if (keeps && list) return made_array(check, item);
    if (list && text_is(name, "concat")) {
        for (size_t i = 1; i < given->count; i++)
            item = shape_union(check, item, shape_item(check, given->shapes[i]));
        return made_array(check, item);
    }
    return plain_result(check, name, given, shape_of_letter((char)tolower(result)));
}

static const Shape *infer_built_in(const InferPlace *place, const Syntax *node)
{
    Check *check = place->check;
    SyntaxList list = node->call.arguments;
    Arguments given = {.count = list.count < MOST ? list.count : MOST};
    size_t first = 0;
    while (first < SIGNATURES && !text_is(node->call.name, signatures[first].name)) first++;
    for (size_t i = 0; i < given.count; i++) {
        bool lambda = syntax_bare(list.items[i])->kind == SYNTAX_LAMBDA;
        given.shapes[i] = lambda ? NULL : infer(place, list.items[i]);
    }
    if (first == SIGNATURES) return &shape_any; // not a function, or one of any arguments
    size_t row = SIGNATURES, found = 0;
    for (size_t i = first;
         i < SIGNATURES && strcmp(signatures[i].name, signatures[first].name) == 0; i++) {
        if (!matches(&given, signatures[i].arguments)) continue;
        if (found++ == 0) row = i;
    }
    if (found == 0) {
        no_match(place, node, &given);
        return &shape_any;
    }
    Called with = {&shape_any, &shape_any};
    const Shape *mapped = &shape_any;
    if (given.count && made_is_list(given.shapes[0]))
        with.item = shape_item(check, given.shapes[0]);
    if (text_is(node->call.name, "mapValues") && given.shapes[0])
        with.item = made_values(check, given.shapes[0]);
    if (given.count > 1 && given.shapes[1]) with.sum = made_kind(check, given.shapes[1]);
    const char *at = signatures[row].arguments;
    Parameter parameter;
    for (size_t i = 0; i < given.count && *at; i++) {
        at = next_parameter(at, &parameter);
        if (takes_lambda(&parameter))
            mapped = infer_lambda(place, list.items[i], *parameter.letters, &with);
        if (!parameter.items || !made_is_list(given.shapes[i]) || found > 1) continue;
        const Shape *inner = shape_item(check, given.shapes[i]);
        bool lists = *parameter.items == 'a'; // none of these may be null
        if (lists ? !shape_fits(inner, &shape_array)
                  : !accepts(parameter.items, parameter.item_count, inner))
            no_match(place, node, &given);
    }
    if (given.count && text_is(node->call.name, "buildUri"))
        shape_assign_argument(check, list.items[0], given.shapes[0],
                              told_object(check, "scheme host port#? path? query?", false));
    if (found > 1) return &shape_any; // an argument may be anything: so may the result
    return result_of(place, node, row, &given, with.item, mapped);
}

// The function called as `space.function()`; the emitter knows those that are in none.
static const Shape *infer_of_space(const InferPlace *place, const Syntax *node, Text space)
{
    const FunctionRow *row = function_find(node->call.name);
    bool list = !row && text_starts(node->call.name, "list");
    bool az = list || (row && (row->flags & FUNCTION_AZ));
    if ((row || list) && az != text_is(space, "az"))
        diag_add_with(place->check->diags, DIAG_UNKNOWN_FUNCTION,
                      syntax_token_place(node, node->call.name_token), node->call.name);
    return infer_built_in(place, node);
}

// ---- the file's functions

static const Shape *infer_own(const InferPlace *place, const Syntax *node, const Symbol *symbol)
{
    Check *check = place->check;
    const Symbol *own = symbol->origin ? symbol->origin : symbol;
    const Syntax *lambda = own->declaration ? own->declaration->declaration.value : NULL;
    for (size_t i = 0; i < node->call.arguments.count; i++) {
        const Syntax *argument = node->call.arguments.items[i];
        const Shape *shape = infer(place, argument);
        if (!lambda || lambda->kind != SYNTAX_LAMBDA || i >= lambda->lambda.count) continue;
        Type *type = type_read(&check->types, own->file, lambda->lambda.parameters[i].type);
        shape_assign_argument(check, argument, shape, shape_of_type(check, type));
    }
    if (!lambda || lambda->kind != SYNTAX_LAMBDA) return &shape_any;
    return shape_of_type(check, type_read(&check->types, own->file, lambda->lambda.result));
}

const Shape *call_infer(const InferPlace *place, const Syntax *node)
{
    const Syntax *base = node->call.base;
    if (!base) {
        const Symbol *symbol = bind_lookup(place->file, node->call.name);
        if (symbol && symbol->kind == SYMBOL_FUNC) return infer_own(place, node, symbol);
        return infer_built_in(place, node);
    }
    if (base->kind == SYNTAX_NAME) {
        const Symbol *space = bind_lookup(place->file, base->name);
        if (space && space->kind == SYMBOL_NAMESPACE) {
            const Symbol *member = bind_exported(space->target_file, node->call.name);
            return member ? infer_own(place, node, member) : &shape_any;
        }
        Text built_in = bind_built_in_space(place->file, base->name);
        if (built_in.length) return infer_of_space(place, node, built_in);
        if (!space && text_is(base->name, "this")) return &shape_any;
    }
    const Shape *of = infer(place, base);
    if (of->kind == SHAPE_RESOURCE && of->symbol && extension_body(place->check, of->symbol))
        return extension_call(place, of->symbol, node);
    bool known = text_starts(node->call.name, "list") || text_is(node->call.name, "getSecret");
    if (of->kind == SHAPE_RESOURCE && !known)
        diag_add_with(place->check->diags, DIAG_NO_METHOD, syntax_place(node), node->call.name);
    for (size_t i = 0; i < node->call.arguments.count; i++)
        infer(place, node->call.arguments.items[i]);
    return &shape_any;
}
