// compiler/arm/tree.c
#include "compiler/arm/tree.h"

#include <ctype.h>
#include <strings.h>

static Tree *new_tree(Arena *arena, TreeKind kind)
{
    Tree *tree = arena_alloc(arena, kind == TREE_CALL ? sizeof *tree : offsetof(Tree, arguments));
    tree->kind = kind;
    return tree;
}

Tree *tree_text(Arena *arena, Text text)
{
    Tree *tree = new_tree(arena, TREE_TEXT);
    tree->text = text;
    return tree;
}

Tree *tree_int(Arena *arena, int64_t integer)
{
    Tree *tree = new_tree(arena, TREE_INT);
    tree->integer = integer;
    return tree;
}

Tree *tree_call_text(Arena *arena, Text function)
{
    Tree *tree = new_tree(arena, TREE_CALL);
    tree->text = function;
    return tree;
}

Tree *tree_call(Arena *arena, const char *function)
{
    return tree_call_text(arena, text_of(function));
}

Tree *tree_call1(Arena *arena, const char *function, Tree *argument)
{
    Tree *tree = tree_call(arena, function);
    tree_add(arena, tree, argument);
    return tree;
}

Tree *tree_call2(Arena *arena, const char *function, Tree *first, Tree *second)
{
    Tree *tree = tree_call1(arena, function, first);
    tree_add(arena, tree, second);
    return tree;
}

void tree_add(Arena *arena, Tree *call, Tree *argument)
{
    list_add(arena, &call->arguments, argument);
}

Tree *tree_integer(Arena *arena, int64_t integer)
{
    if (integer <= INT32_MAX && integer >= INT32_MIN) return tree_int(arena, integer);
    return tree_call1(arena, "json",
                      tree_text(arena, text_format(arena, "%lld", (long long)integer)));
}

Tree *tree_float(Arena *arena, double number)
{
    return tree_call1(arena, "json", tree_text(arena, value_float_text(arena, number)));
}

Tree *tree_value(Arena *arena, const Value *value)
{
    Tree *tree = NULL;
    switch (value->kind) {
    case VALUE_NULL: tree = tree_call(arena, "null"); break;
    case VALUE_BOOL: tree = tree_call(arena, value->boolean ? "true" : "false"); break;
    case VALUE_INT: tree = tree_integer(arena, value->integer); break;
    case VALUE_FLOAT: tree = tree_float(arena, value->number); break;
    case VALUE_STRING: tree = tree_text(arena, value->string); break;
    case VALUE_ARRAY:
        tree = tree_call(arena, "createArray");
        for (size_t i = 0; i < value->array.count; i++)
            tree_add(arena, tree, tree_value(arena, value->array.items[i]));
        break;
    case VALUE_OBJECT:
        tree = tree_call(arena, "createObject");
        for (size_t i = 0; i < value->object.count; i++) {
            tree_add(arena, tree, tree_text(arena, value->object.items[i].name));
            tree_add(arena, tree, tree_value(arena, value->object.items[i].value));
        }
        break;
    }
    return tree;
}

bool tree_is_try(const Tree *tree)
{
    return (tree_is_call(tree, "tryGet") || tree_is_call(tree, "tryIndexFromEnd")) &&
           tree->properties.count == 0;
}

Tree *tree_with_argument(Arena *arena, const Tree *call, Tree *argument)
{
    Tree *tree = tree_call_text(arena, call->text);
    for (size_t i = 0; i < call->arguments.count; i++)
        tree_add(arena, tree, call->arguments.items[i]);
    tree_add(arena, tree, argument);
    return tree;
}

Tree *tree_as_call(Arena *arena, Tree *base)
{
    if (base->kind == TREE_CALL) return base;
    return tree_call1(arena, base->kind == TREE_INT ? "int" : "string", base);
}

Tree *tree_property(Arena *arena, Tree *base, Tree *property)
{
    Tree *call = tree_as_call(arena, base);
    Tree *tree = new_tree(arena, TREE_CALL);
    tree->text = call->text;
    tree->arguments = call->arguments;
    for (size_t i = 0; i < call->properties.count; i++) {
        list_add(arena, &tree->properties, call->properties.items[i]);
    }
    list_add(arena, &tree->properties, property);
    return tree;
}

bool tree_is_call(const Tree *tree, const char *function)
{
    return tree->kind == TREE_CALL && text_is(tree->text, function);
}

bool tree_mentions_copy_index(const Tree *tree)
{
    if (tree->kind != TREE_CALL) return false;
    if (tree_is_call(tree, "copyIndex")) return true;
    for (size_t i = 0; i < tree->arguments.count; i++) {
        if (tree_mentions_copy_index(tree->arguments.items[i])) return true;
    }
    for (size_t i = 0; i < tree->properties.count; i++) {
        if (tree_mentions_copy_index(tree->properties.items[i])) return true;
    }
    return false;
}

// ---- text

typedef struct {
    uint16_t first, last;
} Range;

static bool in_ranges(const Range *ranges, size_t count, uint32_t code)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (ranges[middle].last < code) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < count && ranges[low].first <= code;
}

static bool is_letter(uint32_t code)
{
    static const Range ranges[] = {
#define LETTERS(first, last) {first, last},
#define DIGITS(first, last)
#include "compiler/arm/letters.def"
#undef LETTERS
#undef DIGITS
    };
    if (code < 0x80) return isalpha((int)code) || code == '_' || code == '$';
    return in_ranges(ranges, sizeof ranges / sizeof *ranges, code);
}

static bool is_digit(uint32_t code)
{
    static const Range ranges[] = {
#define LETTERS(first, last)
#define DIGITS(first, last) {first, last},
#include "compiler/arm/letters.def"
#undef LETTERS
#undef DIGITS
    };
    if (code < 0x80) return isdigit((int)code);
    return in_ranges(ranges, sizeof ranges / sizeof *ranges, code);
}

// What may stand behind a dot: letters (of any script), digits, _ and $, not beginning with a
// digit.
static bool is_identifier(Text text)
{
    if (text.length == 0) return false;
    for (size_t i = 0; i < text.length;) {
        bool first = i == 0;
        uint32_t code = text_next(text, &i);
        if (!is_letter(code) && (first || !is_digit(code))) return false;
    }
    return true;
}

static void write_quoted(TextBuffer *out, Text text)
{
    buffer_char(out, '\'');
    for (size_t from = 0; from < text.length;) {
        size_t to = from;
        while (to < text.length && text.at[to] != '\'') to++;
        buffer_text(out, text_slice(text, from, to));
        if (to < text.length) buffer_string(out, "''");
        from = to + 1;
    }
    buffer_char(out, '\'');
}

static void write_int(TextBuffer *out, int64_t integer)
{
    buffer_format(out, "%lld", (long long)integer);
}

static void write_tree(TextBuffer *out, const Tree *tree)
{
    if (tree->kind == TREE_TEXT) {
        write_quoted(out, tree->text);
        return;
    }
    if (tree->kind == TREE_INT) {
        write_int(out, tree->integer);
        return;
    }
    buffer_text(out, tree->text);
    buffer_char(out, '(');
    for (size_t i = 0; i < tree->arguments.count; i++) {
        if (i) buffer_string(out, ", ");
        write_tree(out, tree->arguments.items[i]);
    }
    buffer_char(out, ')');
    for (size_t i = 0; i < tree->properties.count; i++) {
        const Tree *property = tree->properties.items[i];
        if (property->kind == TREE_TEXT && is_identifier(property->text)) {
            buffer_char(out, '.');
            buffer_text(out, property->text);
        } else {
            buffer_char(out, '[');
            write_tree(out, property);
            buffer_char(out, ']');
        }
    }
}

Text tree_escape(Arena *arena, Text text)
{
    if (text.length < 2 || text.at[0] != '[' || text.at[text.length - 1] != ']') return text;
    return text_format(arena, "[%.*s", TEXT_ARG(text));
}

Text tree_key(Arena *arena, Text text)
{
    if (!text_is_alike(text, "copy")) return tree_escape(arena, text);
    return text_format(arena, "[string('%.*s')]", TEXT_ARG(text));
}

Text tree_print_in(TextBuffer *buffer, const Tree *tree)
{
    if (tree->kind == TREE_TEXT) return tree_escape(buffer->arena, tree->text);
    buffer->count = 0;
    buffer_char(buffer, '[');
    write_tree(buffer, tree);
    buffer_char(buffer, ']');
    return buffer_done(buffer);
}

Text tree_print(Arena *arena, const Tree *tree)
{
    TextBuffer out = {.arena = arena};
    return tree_print_in(&out, tree);
}
