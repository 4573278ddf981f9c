// compiler/evaluate/others.c: conversions, and fail().
#include "compiler/evaluate/calls.h"

#include <errno.h>
#include <stdlib.h>

const Value *other_any(FunctionCall *function, const Value **arguments, size_t count)
{
    (void)function;
    (void)count;
    return arguments[0];
}

const Value *other_fail(FunctionCall *function, const Value **arguments, size_t count)
{
    (void)count;
    if (!call_expects(function, arguments, 0, VALUE_STRING)) return NULL;
    if (function->diags)
        diag_add_with(function->diags, DIAG_FAILED, function->place, arguments[0]->string);
    return NULL;
}

const Value *other_bool(FunctionCall *function, const Value **arguments, size_t count)
{
    (void)count;
    const Value *value = arguments[0];
    if (value->kind == VALUE_BOOL) return value;
    if (value->kind == VALUE_INT) return value_bool(value->integer != 0);
    if (value->kind == VALUE_STRING) {
        Text word = text_trim(function, arguments, 1)->string;
        if (text_is_alike(word, "true")) return &value_true;
        if (text_is_alike(word, "false")) return &value_false;
    }
    return call_refuse(function, TEXT("the value is neither true nor false"));
}

const Value *other_int(FunctionCall *function, const Value **arguments, size_t count)
{
    (void)count;
    if (arguments[0]->kind == VALUE_INT) return arguments[0];
    if (!call_expects(function, arguments, 0, VALUE_STRING)) return NULL;
    const Value *trimmed = text_trim(function, arguments, 1);
    Text text = trimmed->string;
    size_t at = text.length && (text.at[0] == '-' || text.at[0] == '+'), digits = at;
    while (digits < text.length && text.at[digits] >= '0' && text.at[digits] <= '9') digits++;
    errno = 0;
    int64_t integer = strtoll(text_string(function->arena, text), NULL, 10);
    if (digits == at || digits != text.length || errno)
        return call_refuse(function, TEXT("the text is no whole number"));
    return value_int(function->arena, integer);
}

const Value *other_json(FunctionCall *function, const Value **arguments, size_t count)
{
    (void)count;
    Text error;
    if (!call_expects(function, arguments, 0, VALUE_STRING)) return NULL;
    const Value *value = value_read_json(function->arena, arguments[0]->string, &error);
    return value ? value
                 : call_refuse(function,
                               text_format(function->arena, "no JSON: %.*s", TEXT_ARG(error)));
}
