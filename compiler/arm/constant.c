// compiler/arm/constant.c: an expression is first followed to the syntax that it stands for, through
// variables and into objects and arrays; so what else these hold does not matter.
#include "compiler/arm/constant.h"

#include "compiler/evaluate/functions.h"

enum { DEPTH = 100 }; // of variables and expressions within each other

typedef struct {
    BoundFile *file;
    const Syntax *node; // NULL: nothing that is known
} Found;

static const Value *value_of(Arena *arena, Found at, int depth);

static Found of_symbol(const Symbol *symbol)
{
    if (!symbol || symbol->kind != SYMBOL_VAR || symbol->declaration->declaration.type)
        return (Found){0};
    return (Found){symbol->file, symbol->declaration->declaration.value};
}

static Found property_of(Found object, Text name)
{
    if (!object.node || object.node->kind != SYNTAX_OBJECT) return (Found){0};
    Found found = {0};
    for (size_t i = 0; i < object.node->list.count; i++) {
        const Syntax *item = object.node->list.items[i];
        if (item->kind != SYNTAX_PROPERTY) return (Found){0};
        if (text_equal(item->property.name, name))
            found = (Found){object.file, item->property.value};
    }
    return found;
}

static Found item_of(Found array, const Value *at, bool from_end)
{
    if (!array.node || array.node->kind != SYNTAX_ARRAY || at->kind != VALUE_INT) return (Found){0};
    SyntaxList list = array.node->list;
    int64_t index = from_end ? (int64_t)list.count - at->integer : at->integer;
    if (index < 0 || index >= (int64_t)list.count) return (Found){0};
    for (size_t i = 0; i < list.count; i++) {
        if (list.items[i]->kind == SYNTAX_SPREAD) return (Found){0};
    }
    return (Found){array.file, list.items[index]};
}

static Found follow(Arena *arena, Found at, int depth);

static Found follow_access(Arena *arena, Found at, int depth)
{
    const Syntax *base = at.node->access.base;
    if (base->kind == SYNTAX_NAME) {
        const Symbol *space = bind_lookup(at.file, base->name);
        if (space && space->kind == SYMBOL_NAMESPACE)
            return follow(arena, of_symbol(bind_exported(space->target_file, at.node->access.name)),
                          depth);
    }
    return follow(arena,
                  property_of(follow(arena, (Found){at.file, base}, depth), at.node->access.name),
                  depth);
}

static Found follow_index(Arena *arena, Found at, int depth)
{
    Found base = follow(arena, (Found){at.file, at.node->index.base}, depth);
    const Value *index =
        at.node->index.at ? value_of(arena, (Found){at.file, at.node->index.at}, depth) : NULL;
    if (!index) return (Found){0};
    return follow(arena,
                  index->kind == VALUE_STRING ? property_of(base, index->string)
                                              : item_of(base, index, at.node->index.from_end),
                  depth);
}

// To a literal, a call or an operator.
static Found follow(Arena *arena, Found at, int depth)
{
    if (!at.node || depth > DEPTH) return (Found){0};
    switch ((int)at.node->kind) { // all others stand for themselves
    case SYNTAX_NAME:
        return follow(arena, of_symbol(bind_lookup(at.file, at.node->name)), depth + 1);
    case SYNTAX_ACCESS: return follow_access(arena, at, depth + 1);
    case SYNTAX_INDEX: return follow_index(arena, at, depth + 1);
    case SYNTAX_PAREN:
    case SYNTAX_NON_NULL: return follow(arena, (Found){at.file, at.node->inner}, depth + 1);
    default: return at;
    }
}

static const Value *string_of(Arena *arena, Found at, int depth)
{
    TextBuffer out = {.arena = arena};
    SyntaxList list = at.node->string.expressions;
    for (size_t i = 0; i <= list.count; i++) {
        buffer_text(&out, at.node->string.segments[i]);
        if (i == list.count) break;
        const Value *value = value_of(arena, (Found){at.file, list.items[i]}, depth);
        if (!value) return NULL;
        buffer_text(&out, operator_interpolated(arena, value));
    }
    return value_string(arena, buffer_done(&out));
}

// The condition decides; if it is not known, both must be the same.
static const Value *choice_of(Arena *arena, Found at, int depth)
{
    const Value *test = value_of(arena, (Found){at.file, at.node->ternary.condition}, depth);
    const Value *then = value_of(arena, (Found){at.file, at.node->ternary.then}, depth);
    const Value *otherwise = value_of(arena, (Found){at.file, at.node->ternary.otherwise}, depth);
    if (test && test->kind == VALUE_BOOL) return test->boolean ? then : otherwise;
    return then && otherwise && value_equal(then, otherwise) ? then : NULL;
}

// Functions of texts whose types the official compiler derives from their arguments: not concat().
static bool is_derived(Text name)
{
    static const char *const names[] = {
        "format",  "base64",         "padLeft",      "replace",        "toLower",
        "toUpper", "join",           "uniqueString", "guid",           "trim",
        "uri",     "substring",      "take",         "skip",           "first",
        "last",    "uriComponent",   "dataUri",      "base64ToString", "uriComponentToString",
        "nameof",  "dataUriToString"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (text_is(name, names[i])) return true;
    }
    return false;
}

static Text last_name(const Syntax *node)
{
    return node->kind == SYNTAX_ACCESS ? node->access.name : node->name;
}

static const Value *result_of(Arena *arena, Found at, int depth)
{
    SyntaxList list = at.node->call.arguments;
    if (at.node->call.base || bind_lookup(at.file, at.node->call.name) ||
        !is_derived(at.node->call.name))
        return NULL;
    if (text_is(at.node->call.name, "nameof")) {
        bool named = list.count == 1 &&
                     (list.items[0]->kind == SYNTAX_NAME || list.items[0]->kind == SYNTAX_ACCESS);
        return named ? value_string(arena, last_name(list.items[0])) : NULL;
    }
    const Value **arguments = arena_array(arena, const Value *, list.count + 1);
    for (size_t i = 0; i < list.count; i++) {
        arguments[i] = value_of(arena, (Found){at.file, list.items[i]}, depth);
        if (!arguments[i]) return NULL;
    }
    const FunctionRow *row = function_find(at.node->call.name);
    FunctionCall call = {arena, NULL, syntax_place(at.node)};
    return row && row->call ? row->call(&call, arguments, list.count) : NULL;
}

static const Value *value_of(Arena *arena, Found at, int depth)
{
    at = follow(arena, at, depth);
    if (!at.node || depth > DEPTH) return NULL;
    switch ((int)at.node->kind) { // the types of all others are no literals
    case SYNTAX_BOOL: return value_bool(at.node->boolean);
    case SYNTAX_INTEGER: return value_int(arena, (int64_t)at.node->integer);
    case SYNTAX_STRING: return string_of(arena, at, depth + 1);
    case SYNTAX_TERNARY: return choice_of(arena, at, depth + 1);
    case SYNTAX_CALL: return result_of(arena, at, depth + 1);
    default: return NULL;
    }
}

const Value *constant_value(Arena *arena, BoundFile *file, const Syntax *node)
{
    return value_of(arena, (Found){file, node}, 0);
}
