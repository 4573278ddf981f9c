// compiler/arm/node.h: JSON under construction: properties can be merged into it before it is written,
// as decorators do into what a type said.
#pragma once
#include "compiler/arm/expression.h"

typedef struct Node Node;
typedef struct {
    Text key;
    Node *value;
} NodeMember;

typedef enum {
    NODE_OBJECT,
    NODE_ARRAY,
    NODE_TEXT,
    NODE_INT,
    NODE_BOOL,
    NODE_NULL,
    NODE_VALUE,
} NodeKind;

struct Node {
    NodeKind kind;
    Text text;
    int64_t integer;
    bool boolean;
    const Env *env; // of a value
    const Syntax *syntax;
    struct {
        NodeMember *items; // of an array without keys
        size_t count, room;
    } members;
};

Node *node_new(Arena *arena, NodeKind kind);
Node *node_object(Arena *arena);
Node *node_text(Arena *arena, Text text);
Node *node_bool(Arena *arena, bool boolean);
Node *node_value(Arena *arena, const Env *env, const Syntax *syntax);
void node_add(Arena *arena, Node *array, Node *item);
Node *node_find(const Node *object, Text key); // NULL: there is none
// Sets a property; two objects are merged deeply, in place of the old one.
void node_merge(Arena *arena, Node *object, const char *key, Node *value);
void node_merge_text(Arena *arena, Node *object, Text key, Node *value);
void node_write(Emitter *emitter, const Node *node);
// The members only, into an object that was begun.
void node_write_members(Emitter *emitter, const Node *node);
