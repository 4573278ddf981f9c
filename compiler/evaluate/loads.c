// compiler/evaluate/loads.c
#include "compiler/evaluate/loads.h"

#include "compiler/evaluate/calls.h"

#include <ctype.h>

static Text without_mark(Text text)
{
    return text_starts(text, "\xEF\xBB\xBF") ? text_slice(text, 3, text.length) : text;
}

// ---- JSONPath: $.a.b, ['a'], [0], [-1]

static const Value *item_at(const Value *list, Text digits)
{
    int64_t index = 0;
    bool minus = text_starts(digits, "-");
    for (size_t i = minus; i < digits.length; i++) {
        if (!isdigit((unsigned char)digits.at[i]) || index > INT32_MAX) return NULL;
        index = index * 10 + (digits.at[i] - '0');
    }
    if (list->kind != VALUE_ARRAY) return NULL;
    if (minus) index = (int64_t)list->array.count - index;
    bool there = index >= 0 && index < (int64_t)list->array.count;
    return there ? list->array.items[index] : NULL;
}

static const Value *member_at(const Value *object, Text name)
{
    return object->kind == VALUE_OBJECT ? value_get(object, name) : NULL;
}

// What stands in brackets; `*at` behind the '[', moved behind the ']'. False if it is no such path.
static bool follow_brackets(const Value **value, Text path, size_t *at)
{
    char quote = *at < path.length ? path.at[*at] : '\0';
    bool quoted = quote == '\'' || quote == '"';
    size_t from = *at += quoted;
    while (*at < path.length && path.at[*at] != (quoted ? quote : ']')) ++*at;
    Text inside = text_slice(path, from, *at);
    *at += quoted;
    if (*at >= path.length || path.at[*at] != ']' || inside.length == 0) return false;
    ++*at;
    *value = quoted ? member_at(*value, inside) : item_at(*value, inside);
    return true;
}

static bool follow_path(const Value **value, Text path)
{
    size_t at = text_starts(path, "$");
    while (*value && at < path.length) {
        if (path.at[at] == '[') {
            at++;
            if (!follow_brackets(value, path, &at)) return false;
            continue;
        }
        if (path.at[at] == '.') at++;
        size_t from = at;
        while (at < path.length && path.at[at] != '.' && path.at[at] != '[') {
            if (!isalnum((unsigned char)path.at[at]) && path.at[at] != '_' && path.at[at] != '-')
                return false;
            at++;
        }
        if (at == from) return false;
        *value = member_at(*value, text_slice(path, from, at));
    }
    return true;
}

static const Value *json_part(FunctionCall *call, Text content, const Value **arguments, size_t count)
{
    const Value *text = value_string(call->arena, without_mark(content));
    const Value *value = other_json(call, &text, 1);
    if (!value || count < 2) return value;
    if (!call_expects(call, arguments, 1, VALUE_STRING)) return NULL;
    Text path = arguments[1]->string;
    if (!follow_path(&value, path)) {
        return call_refuse(call, text_format(call->arena, "the path '%.*s' is not supported",
                                             TEXT_ARG(path)));
    }
    if (value) return value;
    return call_refuse(call, text_format(call->arena, "there is nothing at '%.*s' in the file",
                                         TEXT_ARG(path)));
}

// ---- calls

static bool is_utf8(FunctionCall *call, const Value **arguments, size_t count, size_t index)
{
    if (index >= count) return true;
    if (!call_expects(call, arguments, index, VALUE_STRING)) return false;
    if (text_is(arguments[index]->string, "utf-8")) return true;
    call_refuse(call, TEXT("only files in utf-8 can be read"));
    return false;
}

const Value *load_value(FunctionCall *call, BoundFile *file, Text name, const Value **arguments, size_t count)
{
    bool text = text_is(name, "loadTextContent"), base64 = text_is(name, "loadFileAsBase64");
    if (!text && !base64 && !text_is(name, "loadJsonContent"))
        return call_refuse(call, text_format(call->arena, "%.*s() is not evaluated here", TEXT_ARG(name)));
    if (!call_expects(call, arguments, 0, VALUE_STRING)) return NULL;
    if (!base64 && !is_utf8(call, arguments, count, text ? 1 : 2)) return NULL;
    const Source *source = bind_load(call->arena, call->diags, file, call->place, arguments[0]->string);
    if (!source) return NULL;
    if (text) return value_string(call->arena, without_mark(source->text));
    const Value *content = value_string(call->arena, source->text);
    return base64 ? text_base64(call, &content, 1) : json_part(call, source->text, arguments, count);
}
