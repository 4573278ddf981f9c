// compiler/evaluate/operators.c
#include "compiler/evaluate/calls.h"
#include "compiler/evaluate/order.h"

#include "compiler/bicep/syntax.h"

#include <string.h>

static const char *operator_text(SyntaxOp op)
{
    switch (op) {
    case OP_NONE: return "";
    case OP_MULTIPLY: return "*";
    case OP_DIVIDE: return "/";
    case OP_MODULO: return "%";
    case OP_ADD: return "+";
    case OP_SUBTRACT: return "-";
    case OP_LESS: return "<";
    case OP_LESS_EQUAL: return "<=";
    case OP_GREATER: return ">";
    case OP_GREATER_EQUAL: return ">=";
    case OP_EQUALS: return "==";
    case OP_NOT_EQUALS: return "!=";
    case OP_EQUALS_INSENSITIVE: return "=~";
    case OP_NOT_EQUALS_INSENSITIVE: return "!~";
    case OP_AND: return "&&";
    case OP_OR: return "||";
    case OP_COALESCE: return "??";
    case OP_MINUS: return "-";
    case OP_NOT: return "!";
    }
    return "";
}

static const Value *refuse(FunctionCall *call, SyntaxOp op, const Value *left, const Value *right)
{
    Text kinds = text_of(value_kind_name(left->kind));
    if (right) {
        kinds = text_format(call->arena, "%s and %s", value_kind_name(left->kind),
                            value_kind_name(right->kind));
    }
    diag_add_with(call->diags, DIAG_OPERAND, call->place, text_of(operator_text(op)), kinds);
    return NULL;
}

static const Value *overflow(FunctionCall *call, SyntaxOp op)
{
    diag_add_with(call->diags, DIAG_OUT_OF_INTEGERS, call->place, text_of(operator_text(op)));
    return NULL;
}

static const Value *arithmetic(FunctionCall *call, SyntaxOp op, const Value *left,
                               const Value *right)
{
    if (left->kind != VALUE_INT || right->kind != VALUE_INT) return refuse(call, op, left, right);
    int64_t a = left->integer, b = right->integer, result = 0;
    bool over = false;
    if ((op == OP_DIVIDE || op == OP_MODULO) && b == 0) {
        diag_add_with(call->diags, DIAG_DIVIDED_BY_ZERO, call->place, text_of(operator_text(op)));
        return NULL;
    }
    if (op == OP_ADD) over = __builtin_add_overflow(a, b, &result);
    if (op == OP_SUBTRACT) over = __builtin_sub_overflow(a, b, &result);
    if (op == OP_MULTIPLY) over = __builtin_mul_overflow(a, b, &result);
    if (op == OP_DIVIDE || op == OP_MODULO) {
        over = a == INT64_MIN && b == -1;
        if (!over) result = op == OP_DIVIDE ? a / b : a % b;
    }
    return over ? overflow(call, op) : value_int(call->arena, result);
}

static bool is_number(const Value *value)
{
    return value->kind == VALUE_INT || value->kind == VALUE_FLOAT;
}

static double number_of(const Value *value)
{
    return value->kind == VALUE_INT ? (double)value->integer : value->number;
}

static const Value *compare(FunctionCall *call, SyntaxOp op, const Value *left, const Value *right)
{
    int order;
    if (left->kind == VALUE_INT && right->kind == VALUE_INT) {
        order = left->integer < right->integer ? -1 : left->integer > right->integer;
    } else if (is_number(left) && is_number(right)) {
        double a = number_of(left), b = number_of(right);
        order = a < b ? -1 : a > b;
    } else if (left->kind == VALUE_STRING && right->kind == VALUE_STRING) {
        order = order_texts(left->string, right->string);
    } else {
        return refuse(call, op, left, right);
    }
    if (op == OP_LESS) return value_bool(order < 0);
    if (op == OP_LESS_EQUAL) return value_bool(order <= 0);
    if (op == OP_GREATER) return value_bool(order > 0);
    return value_bool(order >= 0);
}

static const Value *equal_ignoring_case(FunctionCall *call, SyntaxOp op, const Value *left,
                                        const Value *right)
{
    if (left->kind != VALUE_STRING || right->kind != VALUE_STRING)
        return refuse(call, op, left, right);
    bool same = order_same_key(left->string, right->string);
    return value_bool(same == (op == OP_EQUALS_INSENSITIVE));
}

const Value *operator_binary(FunctionCall *call, int op, const Value *left, const Value *right)
{
    switch ((SyntaxOp)op) {
    case OP_MULTIPLY:
    case OP_DIVIDE:
    case OP_MODULO:
    case OP_ADD:
    case OP_SUBTRACT: return arithmetic(call, (SyntaxOp)op, left, right);
    case OP_LESS:
    case OP_LESS_EQUAL:
    case OP_GREATER:
    case OP_GREATER_EQUAL: return compare(call, (SyntaxOp)op, left, right);
    case OP_EQUALS: return value_bool(value_equal(left, right));
    case OP_NOT_EQUALS: return value_bool(!value_equal(left, right));
    case OP_EQUALS_INSENSITIVE:
    case OP_NOT_EQUALS_INSENSITIVE: return equal_ignoring_case(call, (SyntaxOp)op, left, right);
    case OP_AND:
    case OP_OR:
        if (left->kind != VALUE_BOOL || right->kind != VALUE_BOOL)
            return refuse(call, (SyntaxOp)op, left, right);
        return value_bool(op == OP_AND ? left->boolean && right->boolean
                                       : left->boolean || right->boolean);
    case OP_COALESCE: return left->kind == VALUE_NULL ? right : left;
    case OP_NONE:
    case OP_MINUS:
    case OP_NOT: break;
    }
    return refuse(call, (SyntaxOp)op, left, right);
}

const Value *operator_unary(FunctionCall *call, int op, const Value *operand)
{
    if (op == OP_NOT && operand->kind == VALUE_BOOL) return value_bool(!operand->boolean);
    if (op != OP_MINUS || operand->kind != VALUE_INT)
        return refuse(call, (SyntaxOp)op, operand, NULL);
    if (operand->integer == INT64_MIN) return overflow(call, OP_MINUS);
    return value_int(call->arena, -operand->integer);
}

// ---- access

static Text kind_in_words(const Value *value)
{
    return value->kind == VALUE_OBJECT ? TEXT("this object")
                                       : text_of(value_kind_name(value->kind));
}

static Text nearest_name(Arena *arena, const Value *object, Text name)
{
    if (object->kind != VALUE_OBJECT) return (Text){0};
    Text *names = arena_array(arena, Text, object->object.count + 1);
    for (size_t i = 0; i < object->object.count; i++) names[i] = object->object.items[i].name;
    return diag_nearest(name, names, object->object.count);
}

const Value *operator_property(FunctionCall *call, const Value *base, Text name, bool safe)
{
    const Value *value = base->kind == VALUE_OBJECT ? value_find(base, name) : NULL;
    if (value) return value;
    if (safe) return &value_null;
    diag_add_with(call->diags, DIAG_NO_PROPERTY, call->place, name, kind_in_words(base));
    Text nearest = nearest_name(call->arena, base, name);
    if (nearest.length)
        diag_hint(call->diags, text_format(call->arena, "did you mean '%.*s'?", TEXT_ARG(nearest)));
    return NULL;
}

const Value *operator_index(FunctionCall *call, const Value *base, const Value *at, bool safe,
                            bool from_end)
{
    if (safe && base->kind == VALUE_NULL) return &value_null;
    if (at->kind == VALUE_STRING) return operator_property(call, base, at->string, safe);
    if (base->kind != VALUE_ARRAY || at->kind != VALUE_INT) {
        diag_add_with(call->diags, DIAG_OPERAND, call->place, TEXT("[]"),
                      text_format(call->arena, "%s and %s", value_kind_name(base->kind),
                                  value_kind_name(at->kind)));
        return NULL;
    }
    int64_t count = (int64_t)base->array.count,
            index = from_end ? count - at->integer : at->integer;
    if (index >= 0 && index < count) return base->array.items[index];
    if (safe) return &value_null;
    diag_add_with(call->diags, DIAG_NO_ITEM, call->place,
                  text_format(call->arena, "%lld", (long long)at->integer),
                  text_format(call->arena, "%lld", (long long)count));
    return NULL;
}

// ---- text of values

// Azure writes lists and objects within a format as JSON whose double quotes are all single ones.
static Text single_quoted(Arena *arena, const Value *value)
{
    TextBuffer out = {.arena = arena};
    JsonWriter json = {.out = &out, .compact = true};
    value_write_json(&json, value);
    for (size_t i = 0; i < out.count; i++) {
        if (out.items[i] == '"') out.items[i] = '\'';
    }
    return buffer_done(&out);
}

Text operator_interpolated(Arena *arena, const Value *value)
{
    switch (value->kind) {
    case VALUE_NULL: return TEXT("");
    case VALUE_BOOL: return value->boolean ? TEXT("True") : TEXT("False");
    case VALUE_INT: return text_format(arena, "%lld", (long long)value->integer);
    case VALUE_FLOAT: return value_float_text(arena, value->number);
    case VALUE_STRING: return value->string;
    case VALUE_ARRAY:
    case VALUE_OBJECT: break;
    }
    return single_quoted(arena, value);
}
