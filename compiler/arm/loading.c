// compiler/arm/loading.c
#include "compiler/arm/loading.h"

#include "compiler/arm/expression.h"
#include "compiler/evaluate/functions.h"

#include <ctype.h>

bool loading_is_load(Text name)
{
    return text_is(name, "loadTextContent") || text_is(name, "loadFileAsBase64") ||
           text_is(name, "loadJsonContent") || text_is(name, "loadYamlContent") ||
           text_is(name, "loadDirectoryFileInfo");
}

// ---- contents

static bool constant_text(const Env *env, const Syntax *node, Text *text)
{
    node = syntax_bare(node);
    if (syntax_plain_string(node, text)) return true;
    diag_add(env->emitter->diags, DIAG_CONSTANT_WANTED, syntax_place(node));
    return false;
}

static bool is_utf8(Text name)
{
    return text_is(name, "utf-8");
}

static bool read_content(const Env *env, const Syntax *call, size_t encoding, Text *content)
{
    Emitter *emitter = env->emitter;
    SyntaxList arguments = call->call.arguments;
    Text path, name;
    if (arguments.count == 0 || !constant_text(env, arguments.items[0], &path)) return false;
    if (arguments.count > encoding) {
        if (!constant_text(env, arguments.items[encoding], &name)) return false;
        if (!is_utf8(name)) {
            emitter_unsupported(emitter, arguments.items[encoding], "an encoding other than utf-8");
            return false;
        }
    }
    const Source *source = bind_load(emitter->arena, emitter->diags, env->unit->file,
                                     syntax_place(arguments.items[0]), path);
    if (!source) return false;
    *content = source->text;
    return true;
}

static Text without_mark(Text text)
{
    return text_starts(text, "\xEF\xBB\xBF") ? text_slice(text, 3, text.length) : text;
}

static Text base64(Emitter *emitter, const Syntax *call, Text bytes)
{
    FunctionCall at = {emitter->arena, emitter->diags, syntax_place(call)};
    const Value *text = value_string(emitter->arena, bytes);
    return function_find(TEXT("base64"))->call(&at, &text, 1)->string;
}

// ---- JSON

// The part of a value that a path like $.a.b[0] leads to; NULL if it leads nowhere or says more.
static const Value *at_path(const Value *value, Text path)
{
    size_t at = text_starts(path, "$") ? 1 : 0;
    while (value && at < path.length) {
        if (path.at[at] == '[') {
            size_t index = 0, from = ++at;
            while (at < path.length && isdigit((unsigned char)path.at[at])) {
                index = index * 10 + (size_t)(path.at[at++] - '0');
            }
            if (at == from || at >= path.length || path.at[at++] != ']') return NULL;
            bool there = value->kind == VALUE_ARRAY && index < value->array.count;
            value = there ? value->array.items[index] : NULL;
            continue;
        }
        if (path.at[at] == '.') at++;
        size_t from = at;
        while (at < path.length && path.at[at] != '.' && path.at[at] != '[') {
            char c = path.at[at++];
            if (!isalnum((unsigned char)c) && c != '_' && c != '-') return NULL;
        }
        if (at == from || value->kind != VALUE_OBJECT) return NULL;
        value = value_get(value, text_slice(path, from, at));
    }
    return value;
}

static const Value *json_value(const Env *env, const Syntax *call)
{
    Emitter *emitter = env->emitter;
    SyntaxList arguments = call->call.arguments;
    Text content, error = {0}, path;
    if (!read_content(env, call, 2, &content)) return NULL;
    const Value *value = value_read_json(emitter->arena, without_mark(content), &error);
    if (!value) {
        diag_add_with(emitter->diags, DIAG_NOT_JSON, syntax_place(arguments.items[0]), error);
        return NULL;
    }
    if (arguments.count < 2) return value;
    if (!constant_text(env, arguments.items[1], &path)) return NULL;
    value = at_path(value, path);
    if (!value) emitter_unsupported(emitter, arguments.items[1], "this JSON path");
    return value;
}

static Tree *float_tree(Arena *arena, double number)
{
    return tree_call1(arena, "json", tree_text(arena, value_float_text(arena, number)));
}

static Tree *value_tree(Arena *arena, const Value *value)
{
    Tree *tree = NULL;
    switch (value->kind) {
    case VALUE_NULL: return tree_call(arena, "null");
    case VALUE_BOOL: return tree_call(arena, value->boolean ? "true" : "false");
    case VALUE_INT:
        if (value->integer <= INT32_MAX && value->integer >= INT32_MIN) {
            return tree_int(arena, value->integer);
        }
        return tree_call1(arena, "json",
                          tree_text(arena, text_format(arena, "%lld", (long long)value->integer)));
    case VALUE_FLOAT: return float_tree(arena, value->number);
    case VALUE_STRING: return tree_text(arena, value->string);
    case VALUE_ARRAY:
        tree = tree_call(arena, "createArray");
        for (size_t i = 0; i < value->array.count; i++) {
            tree_add(arena, tree, value_tree(arena, value->array.items[i]));
        }
        return tree;
    case VALUE_OBJECT:
        tree = tree_call(arena, "createObject");
        for (size_t i = 0; i < value->object.count; i++) {
            tree_add(arena, tree, tree_text(arena, value->object.items[i].name));
            tree_add(arena, tree, value_tree(arena, value->object.items[i].value));
        }
        return tree;
    }
    return tree_text(arena, (Text){0});
}

static void write_json(Emitter *emitter, const Value *value)
{
    JsonWriter *json = emitter->json;
    switch (value->kind) {
    case VALUE_NULL: json_null(json); break;
    case VALUE_BOOL: json_bool(json, value->boolean); break;
    case VALUE_INT: json_int(json, value->integer); break;
    case VALUE_FLOAT:
        expression_write_tree(emitter, float_tree(emitter->arena, value->number));
        break;
    case VALUE_STRING: json_text(json, tree_escape(emitter->arena, value->string)); break;
    case VALUE_ARRAY:
        json_begin_array(json);
        for (size_t i = 0; i < value->array.count; i++) write_json(emitter, value->array.items[i]);
        json_end_array(json);
        break;
    case VALUE_OBJECT:
        json_begin_object(json);
        for (size_t i = 0; i < value->object.count; i++) {
            json_key(json, tree_key(emitter->arena, value->object.items[i].name));
            write_json(emitter, value->object.items[i].value);
        }
        json_end_object(json);
        break;
    }
}

// ---- calls

static const Value *content_of(const Env *env, const Syntax *call)
{
    Arena *arena = env->emitter->arena;
    Text content;
    if (text_is(call->call.name, "loadJsonContent")) return json_value(env, call);
    if (text_is(call->call.name, "loadTextContent")) {
        return read_content(env, call, 1, &content) ? value_string(arena, without_mark(content))
                                                    : NULL;
    }
    if (text_is(call->call.name, "loadFileAsBase64")) {
        return read_content(env, call, 9, &content) ? value_string(arena, base64(env->emitter, call, content))
                                                    : NULL;
    }
    emitter_unsupported(env->emitter, call, "this load function");
    return NULL;
}

const Load *loading_variable(const Env *env, const Syntax *call)
{
    const LoadList *loads = &env->unit->loads;
    size_t low = 0, high = loads->count;
    while (low < high) { // in source order, outer calls before those in their arguments
        size_t middle = (low + high) / 2;
        if (loads->items[middle].call->first < call->first) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (; low < loads->count; low++) {
        if (loads->items[low].call == call) return &loads->items[low];
        if (loads->items[low].call->first != call->first) break;
    }
    return NULL;
}

Tree *loading_tree(const Env *env, const Syntax *call)
{
    Arena *arena = env->emitter->arena;
    const Load *load = loading_variable(env, call);
    if (load) return tree_call1(arena, "variables", tree_text(arena, load->name));
    const Value *value = content_of(env, call);
    return value ? value_tree(arena, value) : tree_text(arena, (Text){0});
}

void loading_write_content(const Env *env, const Syntax *call)
{
    const Value *value = content_of(env, call);
    if (value) {
        write_json(env->emitter, value);
    } else {
        json_null(env->emitter->json);
    }
}

void loading_write(const Env *env, const Syntax *call)
{
    if (loading_variable(env, call)) {
        expression_write_tree(env->emitter, loading_tree(env, call));
    } else {
        loading_write_content(env, call);
    }
}
