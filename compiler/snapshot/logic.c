// compiler/snapshot/logic.c: what is an operator in Bicep, and what makes lists and objects.
#include "compiler/bicep/syntax.h"
#include "compiler/evaluate/functions.h"
#include "compiler/evaluate/order.h"
#include "compiler/snapshot/builtin.h"
#include "compiler/snapshot/inner.h"
#include "compiler/snapshot/member.h"
#include "compiler/snapshot/runtime.h"

#include <stdlib.h>

#define SEE "Please see https://aka.ms/arm-functions for usage details."

static const Value *wrong_kind(const Frame *frame, const Call *call, const char *which,
                               const char *wanted, const Value *value)
{
    return engine_fail(
        frame,
        "The template language function '%.*s' expects its %sparameter to be of type "
        "'%s'. The provided value is of type '%s'. " SEE,
        TEXT_ARG(call->name), which, wanted, engine_kind(value));
}

static const Value *not_valid(const Frame *frame, const Call *call, const char *why)
{
    return engine_fail(frame,
                       "The provided arguments for template language function '%.*s' is not valid: "
                       "%s. Please see https://aka.ms/arm-functions#%.*s for usage details.",
                       TEXT_ARG(call->name), why,
                       TEXT_ARG(text_lower(engine_arena(frame), call->name)));
}

static const Value *operated(const Frame *frame, const Call *call, SyntaxOp op,
                             const Value **arguments)
{
    Diags *diags = &frame->template->diags;
    FunctionCall function = {engine_arena(frame), diags, {0}};
    const Value *value = operator_binary(&function, (int)op, arguments[0], arguments[1]);
    if (value) return value;
    bool zero = diags->count && diags->items[diags->count - 1].code == DIAG_DIVIDED_BY_ZERO;
    diags->count = diags->errors = 0;
    if (zero)
        return engine_fail(frame,
                           "The template language function '%.*s' tried to divide by zero. " SEE,
                           TEXT_ARG(call->name));
    return engine_fail(frame,
                       "The template language function '%.*s' overflowed with the operants '%lld' "
                       "and '%lld'. " SEE,
                       TEXT_ARG(call->name), (long long)arguments[0]->integer,
                       (long long)arguments[1]->integer);
}

typedef struct {
    const char *name;
    SyntaxOp op;
} OperatorName;

static SyntaxOp operator_of(Text name)
{
    static const OperatorName names[] = {
        {"add", OP_ADD},
        {"sub", OP_SUBTRACT},
        {"mul", OP_MULTIPLY},
        {"div", OP_DIVIDE},
        {"mod", OP_MODULO},
        {"less", OP_LESS},
        {"lessOrEquals", OP_LESS_EQUAL},
        {"greater", OP_GREATER},
        {"greaterOrEquals", OP_GREATER_EQUAL},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (text_alike(name, text_of(names[i].name))) return names[i].op;
    }
    return OP_NONE;
}

const Value *logic_arithmetic(const Frame *frame, const Call *call, const Value **arguments)
{
    for (size_t i = 0; i < 2; i++) {
        if (arguments[i]->kind != VALUE_INT)
            return wrong_kind(frame, call, i ? "second " : "first ", "Integer", arguments[i]);
    }
    return operated(frame, call, operator_of(call->name), arguments);
}

static bool is_number(const Value *value)
{
    return value->kind == VALUE_INT || value->kind == VALUE_FLOAT;
}

const Value *logic_compare(const Frame *frame, const Call *call, const Value **arguments)
{
    for (size_t i = 0; i < 2; i++) {
        if (arguments[!i]->kind == VALUE_STRING && arguments[i]->kind != VALUE_STRING)
            return wrong_kind(frame, call, i ? "second " : "first ", "String", arguments[i]);
    }
    bool texts = arguments[0]->kind == VALUE_STRING;
    if (!texts && (!is_number(arguments[0]) || !is_number(arguments[1])))
        return not_valid(frame, call, "all function arguments should be of numeric types");
    return operated(frame, call, operator_of(call->name), arguments);
}

const Value *logic_equals(const Frame *frame, const Call *call, const Value **arguments)
{
    bool unknown = call_of(arguments[0]) || call_of(arguments[1]);
    if (unknown) return engine_keep(frame, call, arguments);
    return value_bool(value_equal(arguments[0], arguments[1]));
}

const Value *logic_not(const Frame *frame, const Call *call, const Value **arguments)
{
    if (arguments[0]->kind != VALUE_BOOL)
        return wrong_kind(frame, call, "", "Boolean", arguments[0]);
    return value_bool(!arguments[0]->boolean);
}

const Value *logic_constant(const Frame *frame, const Call *call, const Value **arguments)
{
    (void)frame;
    (void)arguments;
    if (text_alike(call->name, TEXT("null"))) return &value_null;
    return value_bool(text_alike(call->name, TEXT("true")));
}

const Value *logic_fail(const Frame *frame, const Call *call, const Value **arguments)
{
    if (arguments[0]->kind != VALUE_STRING)
        return wrong_kind(frame, call, "", "String", arguments[0]);
    return engine_fail(frame, "%.*s", TEXT_ARG(arguments[0]->string));
}

const Value *logic_float(const Frame *frame, const Call *call, const Value **arguments)
{
    const Value *value = arguments[0];
    if (value->kind == VALUE_FLOAT) return value;
    if (value->kind == VALUE_INT) return value_float(engine_arena(frame), (double)value->integer);
    if (value->kind != VALUE_STRING) return wrong_kind(frame, call, "", "String", value);
    char *text = text_string(engine_arena(frame), value->string), *end;
    double number = strtod(text, &end);
    if (*end || end == text)
        return engine_fail(
            frame, "The template language function 'float' was invoked with a parameter that "
                   "is not valid. The value cannot be converted to the target type.");
    return value_float(engine_arena(frame), number);
}

// ---- functions that evaluate only what they need

// The call with its first `count` arguments as `values`, the others as they stand.
static const Value *kept_from(const Frame *frame, const Call *call, const Value **values,
                              size_t count)
{
    for (size_t i = count; i < call->count; i++)
        if (!(values[i] = runtime_renamed(frame, call->arguments[i]))) return NULL;
    return engine_keep(frame, call, values);
}

const Value *logic_and_or(const Frame *frame, const Call *call, const Value **arguments)
{
    bool decides = text_alike(call->name, TEXT("or")); // the value that needs no other
    const Value **values = arena_array(engine_arena(frame), const Value *, call->count);
    for (size_t i = 0; i < call->count; i++) {
        values[i] = engine_value(frame, arguments[i]);
        if (!values[i]) return NULL;
        if (call_of(values[i])) return kept_from(frame, call, values, i + 1);
        if (values[i]->kind != VALUE_BOOL)
            return not_valid(frame, call, "all arguments should be of type 'boolean'");
        if (values[i]->boolean == decides) return values[i];
    }
    return value_bool(!decides);
}

const Value *logic_if(const Frame *frame, const Call *call, const Value **arguments)
{
    const Value *condition = engine_value(frame, arguments[0]);
    if (!condition) return NULL;
    if (call_of(condition)) {
        const Value **values = arena_array(engine_arena(frame), const Value *, call->count);
        values[0] = condition;
        return kept_from(frame, call, values, 1);
    }
    if (condition->kind != VALUE_BOOL)
        return engine_fail(
            frame,
            "The template language function 'if' expects its first parameter to be of "
            "type 'boolean'. The provided value is of type '%s'. Please see "
            "https://aka.ms/arm-function-if for usage details.",
            engine_kind(condition));
    return engine_value(frame, arguments[condition->boolean ? 1 : 2]);
}

const Value *logic_coalesce(const Frame *frame, const Call *call, const Value **arguments)
{
    const Value **values = arena_array(engine_arena(frame), const Value *, call->count);
    for (size_t i = 0; i < call->count; i++) {
        values[i] = engine_value(frame, arguments[i]);
        if (!values[i]) return NULL;
        if (call_of(values[i])) return kept_from(frame, call, values, i + 1);
        if (values[i]->kind != VALUE_NULL) return values[i];
    }
    return &value_null;
}

// ---- lists and objects

const Value *logic_create_array(const Frame *frame, const Call *call, const Value **arguments)
{
    Value *array = value_array(engine_arena(frame));
    for (size_t i = 0; i < call->count; i++) value_append(engine_arena(frame), array, arguments[i]);
    return array;
}

static ValueProperty *property_of(Value *object, Text name)
{
    for (size_t i = 0; i < object->object.count; i++) {
        if (order_same_key(object->object.items[i].name, name)) return &object->object.items[i];
    }
    return NULL;
}

const Value *logic_create_object(const Frame *frame, const Call *call, const Value **arguments)
{
    if (call->count % 2)
        return engine_fail(
            frame,
            "The template language function 'createObject' expects an even number of "
            "parameters. The number of provided parameters was '%zu'. " SEE,
            call->count);
    Value *object = value_object(engine_arena(frame));
    for (size_t i = 0; i < call->count; i += 2) {
        if (call_of(arguments[i])) return engine_keep(frame, call, arguments);
        if (arguments[i]->kind != VALUE_STRING)
            return engine_fail(
                frame,
                "The template language function 'createObject' expects the parameters "
                "at an odd-numbered position to be of type 'string'. The specified "
                "parameters at positions '%zu' are of types '%s', respectively. " SEE,
                i + 1, engine_kind(arguments[i]));
        ValueProperty *known = property_of(object, arguments[i]->string);
        ValueProperty added = {arguments[i]->string, arguments[i + 1], NULL};
        if (known && (call_of(known->value) || call_of(added.value)))
            return engine_keep(frame, call, arguments);
        if (known) known->value = added.value;
        if (!known) list_add(engine_arena(frame), &object->object, added);
    }
    return object;
}

// The item of a list that is `from_end`-th from its end, or from its beginning; NULL if there is
// none.
static const Value *item_at(const Frame *frame, const Value *list, const Value *at, bool from_end)
{
    if (list->kind != VALUE_ARRAY || at->kind != VALUE_INT) return NULL;
    int64_t index = from_end ? (int64_t)list->array.count - at->integer : at->integer;
    return member_find(list, value_int(engine_arena(frame), index));
}

// tryGet(base, 'a', 0, …), and behind the first access: also {value, fromEnd}.
static const Value *try_rest(const Frame *frame, const Value *base, const Call *call,
                             const Value **arguments, size_t from)
{
    for (size_t i = from; base && base->kind != VALUE_NULL && i < call->count; i++) {
        const Value *access = arguments[i];
        bool wrapped = access->kind == VALUE_OBJECT;
        const Value *end = wrapped ? value_find(access, TEXT("fromEnd")) : NULL;
        bool from_end = end && end->kind == VALUE_BOOL && end->boolean;
        if (wrapped) access = value_find(access, TEXT("value"));
        if (!access) return not_valid(frame, call, "an access has no value");
        const Value *found = from_end ? item_at(frame, base, access, true) : NULL;
        base = found ? found : engine_access(frame, base, access);
    }
    return base;
}

const Value *logic_try_get(const Frame *frame, const Call *call, const Value **arguments)
{
    if (call_of(arguments[0]) || call_of(arguments[1])) return engine_keep(frame, call, arguments);
    if (arguments[0]->kind == VALUE_NULL) return &value_null;
    const Value *found = member_find(arguments[0], arguments[1]);
    return found ? try_rest(frame, found, call, arguments, 2) : &value_null;
}

const Value *logic_index_from_end(const Frame *frame, const Call *call, const Value **arguments)
{
    bool safe = text_alike(call->name, TEXT("tryIndexFromEnd"));
    if (call_of(arguments[0]) || call_of(arguments[1])) return engine_keep(frame, call, arguments);
    const Value *found = item_at(frame, arguments[0], arguments[1], true);
    if (found) return try_rest(frame, found, call, arguments, 2);
    if (safe) return &value_null;
    if (arguments[0]->kind != VALUE_ARRAY)
        return wrong_kind(frame, call, "first ", "Array", arguments[0]);
    if (arguments[1]->kind != VALUE_INT)
        return wrong_kind(frame, call, "second ", "Integer", arguments[1]);
    return engine_fail(
        frame,
        "Unable to evaluate the template language function 'indexFromEnd'. The index "
        "parameter cannot be larger than the length of the array. The index parameter "
        "was '%lld', and the length of the array parameter was '%zu'.",
        (long long)arguments[1]->integer, arguments[0]->array.count);
}
