// compiler/arm/jsonvalue.c: expressions where JSON stands: literals as they are, all else as "[…]".
#include "compiler/arm/convert.h"
#include "compiler/arm/loading.h"
#include "compiler/arm/passed.h"

void expression_write_tree(Emitter *emitter, Tree *tree)
{
    if (tree->kind == TREE_INT) {
        json_int(emitter->json, tree->integer);
    } else {
        json_text(emitter->json, tree_print_in(&emitter->printed, tree));
    }
}

void expression_write_copy(const Env *env, Text name, const Syntax *loop, Tree *index, size_t batch,
                           bool with_input)
{
    Emitter *emitter = env->emitter;
    Arena *arena = emitter->arena;
    JsonWriter *json = emitter->json;
    json_begin_object(json);
    if (name.length) {
        json_key(json, TEXT("name"));
        json_text(json, tree_escape(arena, name));
    }
    json_key(json, TEXT("count"));
    expression_write_tree(emitter,
                          tree_call1(arena, "length", expression_tree(env, loop->loop.array)));
    if (batch) {
        json_key(json, TEXT("mode"));
        json_text(json, TEXT("serial"));
        json_key(json, TEXT("batchSize"));
        json_int(json, (int64_t)batch);
    }
    if (with_input) {
        Meaning body =
            expression_meaning(emitter_loop_env(env, loop, index, index), loop->loop.body);
        Text plain;
        json_key(json, TEXT("input"));
        bool object = body.node->kind == SYNTAX_OBJECT && !convert_has_spread(body.node);
        if (object || syntax_plain_string(body.node, &plain)) {
            expression_write(body.env, body.node);
        } else {
            Tree *tree = tree_as_call(arena, expression_tree(body.env, body.node));
            json_text(json, tree_print(arena, tree));
        }
    }
    json_end_object(json);
}

static bool is_skipped(Text name, const char *const *skipped)
{
    for (; skipped && *skipped; skipped++) {
        if (text_is(name, *skipped)) return true;
    }
    return false;
}

static Tree *copy_index(const Env *env, Text name)
{
    Arena *arena = env->emitter->arena;
    return tree_call1(arena, "copyIndex", tree_text(arena, name));
}

static void write_loops(const Env *env, const Syntax *object, const char *const *skipped)
{
    JsonWriter *json = env->emitter->json;
    bool begun = false;
    for (size_t i = 0; i < object->list.count; i++) {
        const Syntax *item = object->list.items[i];
        if (item->kind != SYNTAX_PROPERTY || item->property.value->kind != SYNTAX_FOR) continue;
        if (is_skipped(item->property.name, skipped)) continue;
        if (item->property.name.length == 0 ||
            skipped) { // a computed key, or a resource's own property
            diag_add(env->emitter->diags, DIAG_LOOP_PLACE, syntax_place(item->property.value));
            continue;
        }
        if (!begun) {
            json_key(json, TEXT("copy"));
            json_begin_array(json);
            begun = true;
        }
        expression_write_copy(env, item->property.name, item->property.value,
                              copy_index(env, item->property.name), 0, true);
    }
    if (begun) json_end_array(json);
}

static bool is_copy(Text key)
{
    return text_is_alike(key, "copy");
}

static Text printed_key(const Env *env, const Syntax *property)
{
    Arena *arena = env->emitter->arena;
    Tree *key = convert_key(env, property);
    return key->kind == TREE_TEXT ? tree_key(arena, key->text) : tree_print(arena, key);
}

// True if a later property of the object has the same computed key: it then wins.
static bool is_repeated(const Env *env, const Syntax *object, size_t index, Text key)
{
    for (size_t i = index + 1; i < object->list.count; i++) {
        const Syntax *item = object->list.items[i];
        bool computed = item->kind == SYNTAX_PROPERTY && item->property.name.length == 0 &&
                        item->property.key->kind == SYNTAX_STRING;
        if (computed && text_equal(printed_key(env, item), key)) return true;
    }
    return false;
}

void expression_write_members(const Env *env, const Syntax *object, const char *const *skipped)
{
    write_loops(env, object, skipped);
    for (size_t i = 0; i < object->list.count; i++) {
        const Syntax *item = object->list.items[i];
        if (item->kind != SYNTAX_PROPERTY || item->property.value->kind == SYNTAX_FOR) continue;
        if (is_skipped(item->property.name, skipped)) continue;
        Text key = item->property.name;
        bool computed =
            key.length == 0 || item->property.key->kind == SYNTAX_STRING || is_copy(key);
        if (computed) key = printed_key(env, item);
        if (item->property.name.length == 0 && is_repeated(env, object, i, key)) continue;
        json_key(env->emitter->json, key);
        expression_write(env, item->property.value);
    }
}

static void write_array(const Env *env, const Syntax *node)
{
    JsonWriter *json = env->emitter->json;
    json_begin_array(json);
    for (size_t i = 0; i < node->list.count; i++) expression_write(env, node->list.items[i]);
    json_end_array(json);
}

static void write_meaning(Meaning meaning)
{
    const Env *env = meaning.env;
    const Syntax *node = meaning.node;
    Emitter *emitter = env->emitter;
    JsonWriter *json = emitter->json;
    int64_t value;
    Text plain;
    if (syntax_plain_string(node, &plain)) {
        json_text(json, tree_escape(emitter->arena, plain));
    } else if (node->kind == SYNTAX_BOOL) {
        json_bool(json, node->boolean);
    } else if (node->kind == SYNTAX_NULL) {
        json_null(json);
    } else if ((node->kind == SYNTAX_INTEGER || node->kind == SYNTAX_UNARY) &&
               convert_integer_value(node, &value)) {
        json_int(json, value);
    } else if (node->kind == SYNTAX_OBJECT && !convert_has_spread(node)) {
        json_begin_object(json);
        expression_write_members(env, node, NULL);
        json_end_object(json);
    } else if (node->kind == SYNTAX_ARRAY && !convert_has_spread(node)) {
        write_array(env, node);
    } else if (node->kind == SYNTAX_CALL && convert_is_built_in(env, node) &&
               convert_is_empty_scope(node)) {
        json_begin_object(json);
        json_end_object(json);
    } else if (node->kind == SYNTAX_CALL && convert_is_built_in(env, node) &&
               loading_is_load(node->call.name)) {
        loading_write(env, node);
    } else {
        expression_write_tree(emitter, expression_tree(env, node));
    }
}

void expression_write(const Env *env, const Syntax *node)
{
    Emitter *emitter = env->emitter;
    if (!convert_enter(emitter, node)) {
        json_null(emitter->json);
        return;
    }
    Meaning meaning = expression_meaning(env, node);
    Tree *passed = passed_pasted(env, node, meaning);
    if (passed) {
        expression_write_tree(emitter, passed);
    } else {
        write_meaning(meaning);
    }
    emitter->depth--;
}
