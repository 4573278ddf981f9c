// compiler/evaluate/evaluate.c: a walk over the syntax tree. A frame says in which file names are
// looked up and what lambdas, loops and functions have bound; variables and parameters are
// evaluated once, when they are first asked for.
#include "compiler/evaluate/evaluate.h"

#include "compiler/evaluate/calls.h"
#include "compiler/evaluate/loads.h"
#include "compiler/evaluate/order.h"
#include "compiler/evaluate/walks.h"

#include <stdlib.h>

enum { STEP_LIMIT = 2000000 }; // expressions in all: loops within loops over range(0, 10000) end
enum { DEPTH_LIMIT = 500 };    // expressions, variables and functions within each other
enum { MIB_LIMIT = 1024 };     // of values: few steps can double a text or a list many times

struct Evaluator {
    Arena *arena;
    Diags *diags;
    BoundFile *file;
    const Value *parameters;
    Map known;   // the bytes of a declaration's address → its value
    Map results; // of user functions, which are pure: evaluate_key() → value
    size_t depth, steps;
    size_t before; // bytes of the arena when the evaluator was made
    bool exhausted;
};

typedef struct {
    BoundFile *file;
    const Scope *scope;
} Frame;

static const Value *evaluate(Evaluator *evaluator, Frame frame, const Syntax *node);

static FunctionCall call_at(const Evaluator *evaluator, const Syntax *node)
{
    return (FunctionCall){evaluator->arena, evaluator->diags, syntax_place(node)};
}

static const Value *fail_at(Evaluator *evaluator, const Syntax *node, DiagCode code, Text what)
{
    diag_add_with(evaluator->diags, code, syntax_place(node), what);
    return NULL;
}

// ---- names

static const Value *parameter_value(Evaluator *evaluator, const Symbol *symbol, const Syntax *node)
{
    const Value *given = evaluator->parameters && symbol->file == evaluator->file
                             ? value_get(evaluator->parameters, symbol->name)
                             : NULL;
    if (given) return given;
    const Syntax *declaration = symbol->declaration;
    if (declaration->declaration.value) {
        return evaluate(evaluator, (Frame){symbol->file, NULL}, declaration->declaration.value);
    }
    const Syntax *type = declaration->declaration.type;
    if (type && type->kind == SYNTAX_TYPE_NULLABLE) return &value_null;
    return fail_at(evaluator, node, DIAG_NO_ARGUMENT, symbol->name);
}

static const Value *symbol_value(Evaluator *evaluator, const Symbol *symbol, const Syntax *node)
{
    const Syntax *declaration = symbol->declaration;
    Text key = {(const char *)&declaration, sizeof declaration};
    const Value *known = map_get(&evaluator->known, key);
    if (known) return known;
    const Value *value = NULL;
    if (symbol->kind == SYMBOL_PARAM) {
        value = parameter_value(evaluator, symbol, node);
    } else if (symbol->kind == SYMBOL_VAR) {
        value = evaluate(evaluator, (Frame){symbol->file, NULL}, declaration->declaration.value);
    } else {
        return fail_at(evaluator, node, DIAG_ONLY_AZURE_KNOWS, symbol->name);
    }
    if (!value) return NULL;
    map_put(evaluator->arena, &evaluator->known, text_copy(evaluator->arena, key),
            (void *)(uintptr_t)value);
    return value;
}

static const Value *name_value(Evaluator *evaluator, Frame frame, const Syntax *node)
{
    for (const Scope *scope = frame.scope; scope; scope = scope->outer) {
        if (text_equal(scope->name, node->name)) return scope->value;
    }
    const Symbol *symbol = bind_lookup(frame.file, node->name);
    if (symbol) return symbol_value(evaluator, symbol, node);
    return fail_at(evaluator, node, DIAG_UNKNOWN_NAME, node->name);
}

static bool is_bound(const Scope *scope, Text name)
{
    while (scope && !text_equal(scope->name, name)) scope = scope->outer;
    return scope != NULL;
}

// The file behind `import * as name`; NULL if `node` is something else.
static BoundFile *space_of(Frame frame, const Syntax *node)
{
    if (!node || node->kind != SYNTAX_NAME || is_bound(frame.scope, node->name)) return NULL;
    const Symbol *symbol = bind_lookup(frame.file, node->name);
    return symbol && symbol->kind == SYMBOL_NAMESPACE ? symbol->target_file : NULL;
}

static bool is_builtin_space(Frame frame, const Syntax *node)
{
    return node && node->kind == SYNTAX_NAME &&
           (text_is(node->name, "sys") || text_is(node->name, "az")) &&
           !is_bound(frame.scope, node->name) && !bind_lookup(frame.file, node->name);
}

// ---- literals

static const Value *string_value(Evaluator *evaluator, Frame frame, const Syntax *node)
{
    Text plain;
    if (syntax_plain_string(node, &plain)) return value_string(evaluator->arena, plain);
    TextBuffer out = {.arena = evaluator->arena};
    for (size_t i = 0; i <= node->string.expressions.count; i++) {
        buffer_text(&out, node->string.segments[i]);
        if (i == node->string.expressions.count) break;
        const Value *value = evaluate(evaluator, frame, node->string.expressions.items[i]);
        if (!value) return NULL;
        buffer_text(&out, operator_interpolated(evaluator->arena, value));
    }
    return value_string(evaluator->arena, buffer_done(&out));
}

// An object with '...' becomes a shallowMerge(), which does not tell names by case.
static void set_joined(Arena *arena, Value *object, Text name, const Value *value)
{
    for (size_t i = 0; i < object->object.count; i++) {
        if (!order_same_key(object->object.items[i].name, name)) continue;
        object->object.items[i].value = value;
        return;
    }
    list_add(arena, &object->object, ((ValueProperty){name, value, NULL}));
}

static bool spread_into(Evaluator *evaluator, Frame frame, const Syntax *node, Value *whole)
{
    const Value *value = evaluate(evaluator, frame, node->inner);
    if (!value) return false;
    if (value->kind != whole->kind) {
        diag_add_with(evaluator->diags, DIAG_OPERAND, syntax_place(node), TEXT("..."),
                      text_of(value_kind_name(value->kind)));
        return false;
    }
    for (size_t i = 0; value->kind == VALUE_ARRAY && i < value->array.count; i++) {
        value_append(evaluator->arena, whole, value->array.items[i]);
    }
    for (size_t i = 0; value->kind == VALUE_OBJECT && i < value->object.count; i++) {
        set_joined(evaluator->arena, whole, value->object.items[i].name,
                   value->object.items[i].value);
    }
    return true;
}

static bool has_spread(const Syntax *node)
{
    for (size_t i = 0; i < node->list.count; i++) {
        if (node->list.items[i]->kind == SYNTAX_SPREAD) return true;
    }
    return false;
}

static bool property_name(Evaluator *evaluator, Frame frame, const Syntax *item, Text *name)
{
    *name = item->property.name;
    if (name->length || !item->property.key || item->property.key->kind != SYNTAX_STRING)
        return true;
    const Value *key = string_value(evaluator, frame, item->property.key);
    if (key) *name = key->string;
    return key != NULL;
}

static const Value *object_value(Evaluator *evaluator, Frame frame, const Syntax *node)
{
    Value *object = value_object(evaluator->arena);
    bool joined = has_spread(node);
    for (size_t i = 0; i < node->list.count; i++) {
        const Syntax *item = node->list.items[i];
        if (item->kind == SYNTAX_SPREAD) {
            if (!spread_into(evaluator, frame, item, object)) return NULL;
            continue;
        }
        if (item->kind != SYNTAX_PROPERTY)
            return fail_at(evaluator, item, DIAG_ONLY_AZURE_KNOWS, syntax_text(item));
        Text name;
        if (!property_name(evaluator, frame, item, &name)) return NULL;
        const Value *value = evaluate(evaluator, frame, item->property.value);
        if (!value) return NULL;
        if (joined) set_joined(evaluator->arena, object, name, value);
        if (!joined) value_set(evaluator->arena, object, name, value);
    }
    return object;
}

static const Value *array_value(Evaluator *evaluator, Frame frame, const Syntax *node)
{
    Value *array = value_array(evaluator->arena);
    for (size_t i = 0; i < node->list.count; i++) {
        const Syntax *item = node->list.items[i];
        if (item->kind == SYNTAX_SPREAD) {
            if (!spread_into(evaluator, frame, item, array)) return NULL;
            continue;
        }
        const Value *value = evaluate(evaluator, frame, item);
        if (!value) return NULL;
        value_append(evaluator->arena, array, value);
    }
    return array;
}

static const Value *loop_value(Evaluator *evaluator, Frame frame, const Syntax *node)
{
    const Value *array = evaluate(evaluator, frame, node->loop.array);
    if (!array) return NULL;
    if (array->kind != VALUE_ARRAY) {
        diag_add_with(evaluator->diags, DIAG_OPERAND, syntax_place(node->loop.array), TEXT("for"),
                      text_of(value_kind_name(array->kind)));
        return NULL;
    }
    Value *made = value_array(evaluator->arena);
    for (size_t i = 0; i < array->array.count; i++) {
        Scope index = {node->loop.index, value_int(evaluator->arena, (int64_t)i), frame.scope};
        Scope item = {node->loop.item, array->array.items[i],
                      node->loop.index.length ? &index : frame.scope};
        const Value *value = evaluate(evaluator, (Frame){frame.file, &item}, node->loop.body);
        if (!value) return NULL;
        value_append(evaluator->arena, made, value);
    }
    return made;
}

// ---- operators

static const Value *binary_value(Evaluator *evaluator, Frame frame, const Syntax *node)
{
    SyntaxOp op = node->binary.op;
    const Value *left = evaluate(evaluator, frame, node->binary.left);
    if (!left) return NULL;
    if (op == OP_COALESCE)
        return left->kind == VALUE_NULL ? evaluate(evaluator, frame, node->binary.right) : left;
    bool decided = left->kind == VALUE_BOOL &&
                   ((op == OP_AND && !left->boolean) || (op == OP_OR && left->boolean));
    if (decided) return left;
    const Value *right = evaluate(evaluator, frame, node->binary.right);
    FunctionCall call = call_at(evaluator, node);
    return right ? operator_binary(&call, (int)op, left, right) : NULL;
}

static const Value *unary_value(Evaluator *evaluator, Frame frame, const Syntax *node)
{
    const Syntax *bare = syntax_bare(node->unary.operand);
    if (node->unary.op == OP_MINUS && bare->kind == SYNTAX_INTEGER) { // also -9223372036854775808
        return value_int(evaluator->arena, (int64_t)(0 - bare->integer));
    }
    const Value *operand = evaluate(evaluator, frame, node->unary.operand);
    FunctionCall call = call_at(evaluator, node);
    return operand ? operator_unary(&call, (int)node->unary.op, operand) : NULL;
}

static const Value *ternary_value(Evaluator *evaluator, Frame frame, const Syntax *node)
{
    const Value *condition = evaluate(evaluator, frame, node->ternary.condition);
    if (!condition) return NULL;
    if (condition->kind != VALUE_BOOL) {
        return fail_at(evaluator, node->ternary.condition, DIAG_NOT_A_CONDITION,
                       text_of(value_kind_name(condition->kind)));
    }
    return evaluate(evaluator, frame,
                    condition->boolean ? node->ternary.then : node->ternary.otherwise);
}

// Whether the chain of accesses that ends here has a '.?' or '[?': what follows on null is null
// then.
static bool is_safe_chain(const Syntax *node)
{
    for (;;) {
        if (node->kind == SYNTAX_ACCESS) {
            if (node->access.safe) return true;
            node = node->access.base;
        } else if (node->kind == SYNTAX_INDEX) {
            if (node->index.safe) return true;
            node = node->index.base;
        } else if (node->kind == SYNTAX_NON_NULL) {
            node = node->inner;
        } else {
            return false;
        }
    }
}

static const Value *access_value(Evaluator *evaluator, Frame frame, const Syntax *node)
{
    BoundFile *space = space_of(frame, node->access.base);
    if (space) {
        const Symbol *symbol = bind_exported(space, node->access.name);
        if (symbol) return symbol_value(evaluator, symbol, node);
        return fail_at(evaluator, node, DIAG_UNKNOWN_NAME, node->access.name);
    }
    const Value *base = evaluate(evaluator, frame, node->access.base);
    if (!base) return NULL;
    if (base->kind == VALUE_NULL && is_safe_chain(node)) return base;
    FunctionCall call = call_at(evaluator, node);
    return operator_property(&call, base, node->access.name, node->access.safe);
}

static const Value *index_value(Evaluator *evaluator, Frame frame, const Syntax *node)
{
    const Value *base = evaluate(evaluator, frame, node->index.base);
    if (!base) return NULL;
    if (base->kind == VALUE_NULL && is_safe_chain(node)) return base;
    const Value *at = node->index.at ? evaluate(evaluator, frame, node->index.at) : NULL;
    FunctionCall call = call_at(evaluator, node);
    return at ? operator_index(&call, base, at, node->index.safe, node->index.from_end) : NULL;
}

// ---- lambdas

static const Value *apply(Evaluator *evaluator, Frame frame, const Syntax *lambda,
                          const Value **values, size_t count)
{
    Scope scopes[3];
    const Scope *scope = frame.scope;
    for (size_t i = 0; i < lambda->lambda.count && i < count && i < 3; i++) {
        scopes[i] = (Scope){lambda->lambda.parameters[i].name, values[i], scope};
        scope = &scopes[i];
    }
    return evaluate(evaluator, (Frame){frame.file, scope}, lambda->lambda.body);
}

static const Syntax *lambda_argument(const Syntax *node, size_t index)
{
    if (index >= node->call.arguments.count) return NULL;
    const Syntax *argument = syntax_bare(node->call.arguments.items[index]);
    return argument->kind == SYNTAX_LAMBDA ? argument : NULL;
}

typedef struct {
    Evaluator *evaluator;
    Frame frame;
    const Syntax *node; // the call
} LambdaCall;

static const Value *apply_argument(void *self, size_t index, const Value **values, size_t count)
{
    const LambdaCall *own = self;
    return apply(own->evaluator, own->frame, lambda_argument(own->node, index), values, count);
}

static const Value *lambda_call(Evaluator *evaluator, Frame frame, const Syntax *node)
{
    LambdaCall own = {evaluator, frame, node};
    Walk walk = {call_at(evaluator, node), &own, apply_argument};
    const Value *values[3] = {0};
    size_t count = node->call.arguments.count;
    for (size_t i = 0; i < count; i++) {
        if (lambda_argument(node, i)) continue;
        values[i] = evaluate(evaluator, frame, node->call.arguments.items[i]);
        if (!values[i]) return NULL;
    }
    return walk_call(&walk, node->call.name, values, count);
}

// ---- calls

// Values are told apart by where they are: what a function is asked again comes from one place.
Text evaluate_key(Arena *arena, const Symbol *function, const Value **arguments, size_t count)
{
    const void **key = arena_array(arena, const void *, count + 1);
    key[0] = function;
    for (size_t i = 0; i < count; i++) key[i + 1] = arguments[i];
    return (Text){(const char *)key, (count + 1) * sizeof *key};
}

static const Value *run_user(Evaluator *evaluator, const Symbol *symbol, const Value **values,
                             size_t count, Place place)
{
    const Syntax *lambda = symbol->declaration->declaration.value;
    Scope *scopes = arena_array(evaluator->arena, Scope, lambda->lambda.count + 1);
    const Scope *scope = NULL;
    for (size_t i = 0; i < lambda->lambda.count; i++) {
        const Syntax *type = lambda->lambda.parameters[i].type;
        bool optional = type && type->kind == SYNTAX_TYPE_NULLABLE;
        if (i >= count && !optional) {
            diag_add_with(evaluator->diags, DIAG_WRONG_COUNT, place, symbol->name,
                          text_format(evaluator->arena, "%zu", lambda->lambda.count),
                          text_format(evaluator->arena, "%zu", count));
            return NULL;
        }
        scopes[i] =
            (Scope){lambda->lambda.parameters[i].name, i < count ? values[i] : &value_null, scope};
        scope = &scopes[i];
    }
    return evaluate(evaluator, (Frame){symbol->file, scope}, lambda->lambda.body);
}

static const Value *call_user(Evaluator *evaluator, const Symbol *symbol, const Value **values,
                              size_t count, Place place)
{
    Text key = evaluate_key(evaluator->arena, symbol, values, count);
    const Value *result = map_get(&evaluator->results, key);
    if (result) return result;
    result = run_user(evaluator, symbol, values, count, place);
    if (result) map_put(evaluator->arena, &evaluator->results, key, (void *)(uintptr_t)result);
    return result;
}

static bool argument_values(Evaluator *evaluator, Frame frame, const Syntax *node,
                            const Value ***values)
{
    size_t count = node->call.arguments.count;
    *values = arena_array(evaluator->arena, const Value *, count + 1);
    for (size_t i = 0; i < count; i++) {
        (*values)[i] = evaluate(evaluator, frame, node->call.arguments.items[i]);
        if (!(*values)[i]) return false;
    }
    return true;
}

static const Value *load_call(Evaluator *evaluator, Frame frame, const Syntax *node)
{
    const Value **values;
    if (!argument_values(evaluator, frame, node, &values)) return NULL;
    FunctionCall call = call_at(evaluator, node);
    return load_value(&call, frame.file, node->call.name, values, node->call.arguments.count);
}

// readEnvironmentVariable(name, default?): in parameters files, and where nothing is compiled.
static const Value *environment_call(Evaluator *evaluator, Frame frame, const Syntax *node)
{
    const Value **values;
    if (!argument_values(evaluator, frame, node, &values)) return NULL;
    FunctionCall call = call_at(evaluator, node);
    if (!call_expects(&call, values, 0, VALUE_STRING)) return NULL;
    const char *found = getenv(text_string(evaluator->arena, values[0]->string));
    if (found) return value_string(evaluator->arena, text_copy(evaluator->arena, text_of(found)));
    if (node->call.arguments.count > 1) return values[1];
    return call_refuse(&call, text_format(evaluator->arena,
                                          "there is no environment variable '%.*s', and no default",
                                          TEXT_ARG(values[0]->string)));
}

static const Value *builtin_call(Evaluator *evaluator, Frame frame, const Syntax *node)
{
    const FunctionRow *row = function_find(node->call.name);
    size_t count = node->call.arguments.count;
    if (!row)
        return fail_at(evaluator, node,
                       text_starts(node->call.name, "list") ? DIAG_ONLY_AZURE_KNOWS
                                                            : DIAG_UNKNOWN_NAME,
                       node->call.name);
    if ((int)count < row->least || (row->most >= 0 && (int)count > row->most)) {
        Text takes = row->most < 0 ? text_format(evaluator->arena, "at least %d", row->least)
                     : row->least == row->most
                         ? text_format(evaluator->arena, "%d", row->least)
                         : text_format(evaluator->arena, "%d to %d", row->least, row->most);
        diag_add_with(evaluator->diags, DIAG_WRONG_COUNT, syntax_place(node), node->call.name,
                      takes, text_format(evaluator->arena, "%zu", count));
        return NULL;
    }
    if (row->flags & FUNCTION_LAMBDA) return lambda_call(evaluator, frame, node);
    if (row->flags & FUNCTION_LOAD) return load_call(evaluator, frame, node);
    if (text_is(node->call.name, "readEnvironmentVariable") &&
        !text_ends(frame.file->path, ".bicep"))
        return environment_call(evaluator, frame, node);
    if (!(row->flags & FUNCTION_PURE))
        return fail_at(evaluator, node, DIAG_ONLY_AZURE_KNOWS, node->call.name);
    FunctionCall call = call_at(evaluator, node);
    if (!row->call) return call_refuse(&call, TEXT("this function is not evaluated here"));
    const Value **values;
    if (!argument_values(evaluator, frame, node, &values)) return NULL;
    // cppcheck-suppress returnDanglingLifetime ; a row's value does not point to its call
    return row->call(&call, values, count);
}

static const Value *name_of(Evaluator *evaluator, const Syntax *node)
{
    const Syntax *named = syntax_bare(node->call.arguments.items[0]);
    Text text;
    if (named->kind == SYNTAX_NAME) return value_string(evaluator->arena, named->name);
    if (named->kind == SYNTAX_ACCESS) return value_string(evaluator->arena, named->access.name);
    if (named->kind == SYNTAX_INDEX && named->index.at &&
        syntax_plain_string(named->index.at, &text))
        return value_string(evaluator->arena, text);
    return fail_at(evaluator, node, DIAG_FUNCTION_REFUSES, TEXT("this has no name"));
}

static const Value *call_value(Evaluator *evaluator, Frame frame, const Syntax *node)
{
    BoundFile *space = space_of(frame, node->call.base);
    const Symbol *symbol = NULL;
    if (space) symbol = bind_exported(space, node->call.name);
    if (!node->call.base) symbol = bind_lookup(frame.file, node->call.name);
    if (!symbol || symbol->kind != SYMBOL_FUNC) {
        bool built_in = !node->call.base || is_builtin_space(frame, node->call.base);
        if (!built_in) return fail_at(evaluator, node, DIAG_ONLY_AZURE_KNOWS, node->call.name);
        if (text_is(node->call.name, "nameof") && node->call.arguments.count == 1)
            return name_of(evaluator, node);
        return builtin_call(evaluator, frame, node);
    }
    const Value **values;
    if (!argument_values(evaluator, frame, node, &values)) return NULL;
    return call_user(evaluator, symbol, values, node->call.arguments.count, syntax_place(node));
}

// ---- all

static const Value *evaluate_node(Evaluator *evaluator, Frame frame, const Syntax *node)
{
    switch (node->kind) {
    case SYNTAX_NULL: return &value_null;
    case SYNTAX_BOOL: return value_bool(node->boolean);
    case SYNTAX_INTEGER:
        if (node->integer > INT64_MAX)
            return fail_at(evaluator, node, DIAG_OUT_OF_INTEGERS, syntax_text(node));
        return value_int(evaluator->arena, (int64_t)node->integer);
    case SYNTAX_STRING: return string_value(evaluator, frame, node);
    case SYNTAX_NAME: return name_value(evaluator, frame, node);
    case SYNTAX_ACCESS: return access_value(evaluator, frame, node);
    case SYNTAX_INDEX: return index_value(evaluator, frame, node);
    case SYNTAX_CALL: return call_value(evaluator, frame, node);
    case SYNTAX_UNARY: return unary_value(evaluator, frame, node);
    case SYNTAX_BINARY: return binary_value(evaluator, frame, node);
    case SYNTAX_TERNARY: return ternary_value(evaluator, frame, node);
    case SYNTAX_PAREN:
    case SYNTAX_NON_NULL: return evaluate(evaluator, frame, node->inner);
    case SYNTAX_OBJECT: return object_value(evaluator, frame, node);
    case SYNTAX_ARRAY: return array_value(evaluator, frame, node);
    case SYNTAX_FOR: return loop_value(evaluator, frame, node);
    case SYNTAX_SKIPPED: return NULL; // its diagnostic was added
    case SYNTAX_PROPERTY:
    case SYNTAX_SPREAD:
    case SYNTAX_LAMBDA:
    case SYNTAX_IF:
    case SYNTAX_TYPE_OBJECT:
    case SYNTAX_TYPE_PROPERTY:
    case SYNTAX_TYPE_ARRAY:
    case SYNTAX_TYPE_TUPLE:
    case SYNTAX_TYPE_ITEM:
    case SYNTAX_TYPE_UNION:
    case SYNTAX_TYPE_NULLABLE:
    case SYNTAX_TYPE_GENERIC:
    case SYNTAX_TYPE_RESOURCE:
    case SYNTAX_PARAM:
    case SYNTAX_VAR:
    case SYNTAX_OUTPUT:
    case SYNTAX_TYPE:
    case SYNTAX_FUNC:
    case SYNTAX_ASSERT:
    case SYNTAX_METADATA:
    case SYNTAX_RESOURCE:
    case SYNTAX_MODULE:
    case SYNTAX_TEST:
    case SYNTAX_IMPORT:
    case SYNTAX_EXTENSION:
    case SYNTAX_TARGET_SCOPE:
    case SYNTAX_USING:
    case SYNTAX_EXTENDS:
    case SYNTAX_KIND_COUNT: break;
    }
    return fail_at(evaluator, node, DIAG_FUNCTION_REFUSES, TEXT("this is no value"));
}

// Counts a step; the first one beyond a limit adds a diagnostic.
static bool is_exhausted(Evaluator *evaluator, const Syntax *node)
{
    if (evaluator->exhausted) return true;
    bool large = (evaluator->arena->total - evaluator->before) >> 20 >= MIB_LIMIT;
    if (evaluator->steps++ < STEP_LIMIT && !large) return false;
    evaluator->exhausted = true;
    fail_at(evaluator, node, large ? DIAG_EVALUATED_TOO_LARGE : DIAG_EVALUATED_TOO_LONG,
            text_format(evaluator->arena, "%d", large ? MIB_LIMIT : STEP_LIMIT));
    return true;
}

static const Value *evaluate(Evaluator *evaluator, Frame frame, const Syntax *node)
{
    if (evaluator->depth >= DEPTH_LIMIT) {
        diag_add(evaluator->diags, DIAG_EVALUATED_TOO_DEEP, syntax_place(node));
        return NULL;
    }
    if (is_exhausted(evaluator, node)) return NULL;
    evaluator->depth++;
    const Value *value = evaluate_node(evaluator, frame, node);
    evaluator->depth--;
    return value;
}

Evaluator *evaluate_begin(Arena *arena, Diags *diags, BoundFile *file, const Value *parameters)
{
    Evaluator *evaluator = arena_new(arena, Evaluator);
    *evaluator = (Evaluator){.arena = arena,
                             .diags = diags,
                             .file = file,
                             .parameters = parameters,
                             .before = arena->total};
    return evaluator;
}

const Value *evaluate_expression(Evaluator *evaluator, const Syntax *node, const Scope *scope)
{
    return evaluate(evaluator, (Frame){evaluator->file, scope}, node);
}

const Value *evaluate_call(Evaluator *evaluator, Text function, const Value **arguments,
                           size_t count, Place place)
{
    const Symbol *symbol = bind_lookup(evaluator->file, function);
    if (symbol && symbol->kind == SYMBOL_FUNC)
        return call_user(evaluator, symbol, arguments, count, place);
    diag_add_with(evaluator->diags, DIAG_UNKNOWN_NAME, place, function);
    return NULL;
}
