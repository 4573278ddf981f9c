// compiler/arm/typejson.h: types and their decorators as the JSON of parameters, outputs,
// definitions and functions.
//   facts: docs/emission.md, "Types"
#pragma once
#include "compiler/arm/expression.h"

// JSON under construction: properties can be merged into it before it is written.
typedef struct Node Node;
typedef struct {
    Text key;
    Node *value;
} NodeMember;

struct Node {
    enum { NODE_OBJECT, NODE_ARRAY, NODE_TEXT, NODE_INT, NODE_BOOL, NODE_NULL, NODE_VALUE } kind;
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

Node *typejson_object(Arena *arena);
Node *typejson_text(Arena *arena, Text text);
Node *typejson_value(Arena *arena, const Env *env, const Syntax *syntax);
// Sets a property; two objects are merged deeply, in place of the old one.
void typejson_merge(Arena *arena, Node *object, const char *key, Node *value);
void typejson_write(Emitter *emitter, const Node *node);
// The members only, into an object that was begun.
void typejson_write_members(Emitter *emitter, const Node *node);

// The type's own properties; `decorators` is asked for @discriminator.
Node *typejson_type(const Env *env, const Syntax *type, SyntaxList decorators);
// The same of an output, whose type may be told by its value only: `resource`.
Node *typejson_output(const Env *env, const Syntax *declaration);
// The properties that decorators add to those of a type. `exported`: @export() is mentioned.
void typejson_decorate(const Env *env, Node *object, SyntaxList decorators, bool exported);
// The text of @description, with its indentation taken away; false if there is none.
bool typejson_description(const Env *env, SyntaxList decorators, Text *text);
// True if the value of an output of this type is secret.
bool typejson_is_secure(const Env *env, const Syntax *type, SyntaxList decorators);
