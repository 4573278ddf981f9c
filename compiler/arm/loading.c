// compiler/arm/loading.c
#include "compiler/arm/loading.h"

#include "compiler/arm/constant.h"
#include "compiler/arm/expression.h"
#include "compiler/evaluate/loads.h"

bool loading_is_load(Text name)
{
    const FunctionRow *row = function_find(name);
    return row && (row->flags & FUNCTION_LOAD);
}

static void write_json(Emitter *emitter, const Value *value)
{
    JsonWriter *json = emitter->json;
    switch (value->kind) {
    case VALUE_NULL: json_null(json); break;
    case VALUE_BOOL: json_bool(json, value->boolean); break;
    case VALUE_INT: json_int(json, value->integer); break;
    case VALUE_FLOAT:
        expression_write_tree(emitter, tree_float(emitter->arena, value->number));
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
    Emitter *emitter = env->emitter;
    SyntaxList list = call->call.arguments;
    const Value **arguments = arena_array(emitter->arena, const Value *, list.count + 1);
    for (size_t i = 0; i < list.count; i++) {
        arguments[i] = constant_value(emitter->arena, env->unit->file, list.items[i]);
        if (!arguments[i] || arguments[i]->kind != VALUE_STRING) {
            diag_add(emitter->diags, DIAG_CONSTANT_WANTED, syntax_place(list.items[i]));
            return NULL;
        }
    }
    FunctionCall at = {emitter->arena, emitter->diags, syntax_place(call)};
    return load_value(&at, env->unit->file, call->call.name, arguments, list.count);
}

// The variable that stands for the call, NULL if its value is pasted.
static const Load *variable_of(const Env *env, const Syntax *call)
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
    const Load *load = variable_of(env, call);
    if (load) return tree_call1(arena, "variables", tree_text(arena, load->name));
    const Value *value = content_of(env, call);
    return value ? tree_value(arena, value) : tree_text(arena, (Text){0});
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
    if (variable_of(env, call)) {
        expression_write_tree(env->emitter, loading_tree(env, call));
    } else {
        loading_write_content(env, call);
    }
}
