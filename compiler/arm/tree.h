// compiler/arm/tree.h: expressions of ARM templates, "[f(x).y]".
//   shapes: a text, an integer, or a call with the properties read from its result
//   owns:   the arena of whoever made them; a call may be extended only by who made it
//   facts:  docs/emission.md, "Expressions"
#pragma once
#include "compiler/evaluate/value.h"

typedef struct Tree Tree;
typedef struct {
    Tree **items;
    size_t count, room;
} TreeList;

typedef enum { TREE_TEXT, TREE_INT, TREE_CALL } TreeKind;

// A tree is only as large as its kind needs: never copy `*tree`.
struct Tree {
    TreeKind kind;
    union {
        Text text; // of a call: the function
        int64_t integer;
    };
    TreeList arguments, properties; // of a call
};

Tree *tree_text(Arena *arena, Text text);
Tree *tree_int(Arena *arena, int64_t integer);
Tree *tree_integer(Arena *arena, int64_t integer); // json('…') beyond 32 bits
Tree *tree_float(Arena *arena, double number);     // json('…'), as .NET writes it
Tree *tree_value(Arena *arena, const Value *value);
// tree_call(arena, "f"), then tree_add for each argument; tree_call1, tree_call2: with them.
Tree *tree_call(Arena *arena, const char *function);
Tree *tree_call_text(Arena *arena, Text function);
Tree *tree_call1(Arena *arena, const char *function, Tree *argument);
Tree *tree_call2(Arena *arena, const char *function, Tree *first, Tree *second);
void tree_add(Arena *arena, Tree *call, Tree *argument);
// A copy of the call with one more argument.
Tree *tree_with_argument(Arena *arena, const Tree *call, Tree *argument);

// `base` as a call: texts and integers become string('…') and int(…).
Tree *tree_as_call(Arena *arena, Tree *base);
// base.property or base[property]: a copy of the call with one more property.
Tree *tree_property(Arena *arena, Tree *base, Tree *property);

bool tree_is_try(const Tree *tree); // tryGet or tryIndexFromEnd, of which nothing is read yet
bool tree_is_call(const Tree *tree, const char *function);
bool tree_mentions_copy_index(const Tree *tree);

// As the text of a JSON string: "[…]", or a plain text with its first bracket doubled where it
// looks like an expression.
Text tree_print(Arena *arena, const Tree *tree);
Text tree_print_in(TextBuffer *buffer, const Tree *tree); // valid until the buffer is used again
Text tree_escape(Arena *arena, Text text);
// As the key of a JSON object: `copy` would be an instruction to Azure.
Text tree_key(Arena *arena, Text text);
