// compiler/arm/node.c
#include "compiler/arm/node.h"

Node *node_new(Arena *arena, NodeKind kind)
{
    Node *node = arena_new(arena, Node);
    node->kind = kind;
    return node;
}

Node *node_object(Arena *arena)
{
    return node_new(arena, NODE_OBJECT);
}

Node *node_text(Arena *arena, Text text)
{
    Node *node = node_new(arena, NODE_TEXT);
    node->text = text;
    return node;
}

Node *node_bool(Arena *arena, bool boolean)
{
    Node *node = node_new(arena, NODE_BOOL);
    node->boolean = boolean;
    return node;
}

Node *node_value(Arena *arena, const Env *env, const Syntax *syntax)
{
    Node *node = node_new(arena, NODE_VALUE);
    node->env = env;
    node->syntax = syntax;
    return node;
}

void node_add(Arena *arena, Node *array, Node *item)
{
    list_add(arena, &array->members, ((NodeMember){{0}, item}));
}

Node *node_find(const Node *object, Text key)
{
    for (size_t i = 0; i < object->members.count; i++) {
        if (text_equal(object->members.items[i].key, key)) return object->members.items[i].value;
    }
    return NULL;
}

void node_merge_text(Arena *arena, Node *object, Text key, Node *value)
{
    for (size_t i = 0; i < object->members.count; i++) {
        NodeMember *member = &object->members.items[i];
        if (!text_equal(member->key, key)) continue;
        if (member->value->kind != NODE_OBJECT || value->kind != NODE_OBJECT) {
            member->value = value;
            return;
        }
        for (size_t j = 0; j < value->members.count; j++) {
            node_merge_text(arena, member->value, value->members.items[j].key,
                            value->members.items[j].value);
        }
        return;
    }
    list_add(arena, &object->members, ((NodeMember){key, value}));
}

void node_merge(Arena *arena, Node *object, const char *key, Node *value)
{
    node_merge_text(arena, object, text_of(key), value);
}

void node_write_members(Emitter *emitter, const Node *node)
{
    for (size_t i = 0; i < node->members.count; i++) {
        json_key(emitter->json, tree_key(emitter->arena, node->members.items[i].key));
        node_write(emitter, node->members.items[i].value);
    }
}

void node_write(Emitter *emitter, const Node *node)
{
    JsonWriter *json = emitter->json;
    switch (node->kind) {
    case NODE_OBJECT:
        json_begin_object(json);
        node_write_members(emitter, node);
        json_end_object(json);
        break;
    case NODE_ARRAY:
        json_begin_array(json);
        for (size_t i = 0; i < node->members.count; i++) {
            node_write(emitter, node->members.items[i].value);
        }
        json_end_array(json);
        break;
    case NODE_TEXT: json_text(json, tree_escape(emitter->arena, node->text)); break;
    case NODE_INT: json_int(json, node->integer); break;
    case NODE_BOOL: json_bool(json, node->boolean); break;
    case NODE_NULL: json_null(json); break;
    case NODE_VALUE: expression_write(node->env, node->syntax); break;
    }
}
