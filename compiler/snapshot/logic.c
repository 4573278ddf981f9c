// compiler/snapshot/logic.c: what is an operator in Bicep, and what makes lists and objects.
#include "compiler/bicep/syntax.h"
#include "compiler/evaluate/functions.h"
#include "compiler/evaluate/order.h"
#include "compiler/snapshot/builtin.h"
#include "compiler/snapshot/inner.h"
#include "compiler/snapshot/member.h"

#include <stdlib.h>

static const Value *refused(const Frame *frame, const Call *call, const char *why)
{
    return engine_fail(frame,
                       "Unable to evaluate template language function '%.*s': %s. Please see "
                       "https://aka.ms/arm-functions for usage details.",
                       TEXT_ARG(call->name), why);
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
                           "The template language function '%.*s' tried to divide by zero. Please "
                           "see https://aka.ms/arm-functions for usage details.",
                           TEXT_ARG(call->name));
    return refused(frame, call, "the types of the arguments are not valid");
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
        if (engine_same(name, text_of(names[i].name))) return names[i].op;
    }
    return OP_NONE;
}

const Value *logic_arithmetic(const Frame *frame, const Call *call, const Value **arguments)
{
    return operated(frame, call, operator_of(call->name), arguments);
}

const Value *logic_compare(const Frame *frame, const Call *call, const Value **arguments)
{
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
        return refused(frame, call, "the argument must be of type 'Boolean'");
    return value_bool(!arguments[0]->boolean);
}

const Value *logic_constant(const Frame *frame, const Call *call, const Value **arguments)
{
    (void)frame;
    (void)arguments;
    if (engine_same(call->name, TEXT("null"))) return &value_null;
    return value_bool(engine_same(call->name, TEXT("true")));
}

const Value *logic_fail(const Frame *frame, const Call *call, const Value **arguments)
{
    if (arguments[0]->kind != VALUE_STRING)
        return refused(frame, call, "the argument must be of type 'String'");
    return engine_fail(frame, "%.*s", TEXT_ARG(arguments[0]->string));
}

const Value *logic_float(const Frame *frame, const Call *call, const Value **arguments)
{
    const Value *value = arguments[0];
    if (value->kind == VALUE_FLOAT) return value;
    if (value->kind == VALUE_INT) return value_float(engine_arena(frame), (double)value->integer);
    if (value->kind != VALUE_STRING) return refused(frame, call, "the argument is no number");
    char *text = text_string(engine_arena(frame), value->string), *end;
    double number = strtod(text, &end);
    if (*end || end == text) return refused(frame, call, "the argument is no number");
    return value_float(engine_arena(frame), number);
}

// ---- functions that evaluate only what they need

static const Value *evaluated(const Frame *frame, const Value *argument)
{
    return call_of(argument) && !argument->string.length ? engine_call(frame, argument) : argument;
}

// The call with its first `count` arguments as `values`, the others as they stand.
static const Value *kept_from(const Frame *frame, const Call *call, const Value **values,
                              size_t count)
{
    for (size_t i = count; i < call->count; i++) values[i] = call->arguments[i];
    return engine_keep(frame, call, values);
}

const Value *logic_and_or(const Frame *frame, const Call *call, const Value **arguments)
{
    bool decides = engine_same(call->name, TEXT("or")); // the value that needs no other
    const Value **values = arena_array(engine_arena(frame), const Value *, call->count);
    for (size_t i = 0; i < call->count; i++) {
        values[i] = evaluated(frame, arguments[i]);
        if (!values[i]) return NULL;
        if (call_of(values[i])) return kept_from(frame, call, values, i + 1);
        if (values[i]->kind != VALUE_BOOL)
            return refused(frame, call, "all arguments must be of type 'Boolean'");
        if (values[i]->boolean == decides) return values[i];
    }
    return value_bool(!decides);
}

const Value *logic_if(const Frame *frame, const Call *call, const Value **arguments)
{
    const Value *condition = evaluated(frame, arguments[0]);
    if (!condition) return NULL;
    if (call_of(condition)) {
        const Value **values = arena_array(engine_arena(frame), const Value *, call->count);
        values[0] = condition;
        return kept_from(frame, call, values, 1);
    }
    if (condition->kind != VALUE_BOOL)
        return refused(frame, call, "the first argument must be of type 'Boolean'");
    return evaluated(frame, arguments[condition->boolean ? 1 : 2]);
}

const Value *logic_coalesce(const Frame *frame, const Call *call, const Value **arguments)
{
    const Value **values = arena_array(engine_arena(frame), const Value *, call->count);
    for (size_t i = 0; i < call->count; i++) {
        values[i] = evaluated(frame, arguments[i]);
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
    if (call->count % 2) return refused(frame, call, "the number of arguments must be even");
    Value *object = value_object(engine_arena(frame));
    for (size_t i = 0; i < call->count; i += 2) {
        if (call_of(arguments[i])) return engine_keep(frame, call, arguments);
        if (arguments[i]->kind != VALUE_STRING)
            return refused(frame, call, "the name of a property must be of type 'String'");
        ValueProperty *known = property_of(object, arguments[i]->string);
        ValueProperty added = {arguments[i]->string, arguments[i + 1], NULL};
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
    for (size_t i = from; base && i < call->count; i++) {
        const Value *access = arguments[i];
        bool wrapped = access->kind == VALUE_OBJECT;
        const Value *end = wrapped ? value_find(access, TEXT("fromEnd")) : NULL;
        bool from_end = end && end->kind == VALUE_BOOL && end->boolean;
        if (wrapped) access = value_find(access, TEXT("value"));
        if (!access) return refused(frame, call, "an access without a value");
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
    bool safe = engine_same(call->name, TEXT("tryIndexFromEnd"));
    if (call_of(arguments[0]) || call_of(arguments[1])) return engine_keep(frame, call, arguments);
    const Value *found = item_at(frame, arguments[0], arguments[1], true);
    if (found) return try_rest(frame, found, call, arguments, 2);
    return safe ? &value_null : refused(frame, call, "the index is out of bounds");
}
