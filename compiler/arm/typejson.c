// compiler/arm/typejson.c
#include "compiler/arm/typejson.h"

#include "compiler/arm/decoration.h"
#include "compiler/arm/derived.h"
#include "compiler/arm/feature.h"
#include "compiler/arm/reference.h"
#include "compiler/arm/survey.h"
#include "compiler/bind/carried.h"

#include <stdlib.h>
#include <string.h>

static const SyntaxList no_decorators;

// ---- what a name in a type stands for

typedef struct {
    const Env *env; // of the declaration's own file
    const Symbol *symbol;
} Alias;

static Alias alias_of(const Env *env, const Syntax *node)
{
    const Symbol *symbol = NULL;
    if (node->kind == SYNTAX_NAME) symbol = bind_lookup(env->unit->file, node->name);
    if (node->kind == SYNTAX_ACCESS) symbol = expression_symbol(env, node);
    if (!symbol || symbol->kind != SYMBOL_TYPE) return (Alias){0};
    if (symbol->origin) symbol = symbol->origin;
    return (Alias){&emitter_unit(env->emitter, symbol->file)->root, symbol};
}

static const Syntax *bare_type(const Syntax *type)
{
    while (type->kind == SYNTAX_PAREN) type = type->inner;
    return type;
}

static SyntaxList decorators_of(const Symbol *symbol)
{
    return symbol->declaration->declaration.decorators;
}

// A type with what must be known to understand it.
typedef struct {
    const Env *env;
    const Syntax *type;
    SyntaxList decorators;
} Typed;

// Follows names of types until something else stands there.
static Typed declared(const Env *env, const Syntax *type, SyntaxList decorators)
{
    Typed typed = {env, bare_type(type), decorators};
    for (int i = 0; i < 64; i++) { // longer chains are cycles
        Alias alias = alias_of(typed.env, typed.type);
        if (!alias.symbol) break;
        typed = (Typed){alias.env, bare_type(alias.symbol->declaration->declaration.type),
                        decorators_of(alias.symbol)};
    }
    return typed;
}

static const char *ambient(const Env *env, const Syntax *node)
{
    static const char *const names[] = {"string", "int", "bool", "object", "array", "any"};
    Text name = {0};
    if (node->kind == SYNTAX_NAME && !bind_lookup(env->unit->file, node->name)) name = node->name;
    if (node->kind == SYNTAX_ACCESS && node->access.base->kind == SYNTAX_NAME &&
        text_is(node->access.base->name, "sys")) {
        name = node->access.name;
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (text_is(name, names[i])) return names[i];
    }
    return NULL;
}

// ---- literal types

typedef struct {
    Text order; // as Bicep prints the literal: unions are sorted by it
    const char *type;
    Node *node;
} Literal;

typedef struct {
    Literal *items;
    size_t count, room;
    bool null;
    int depth; // of objects and tuples around: a type may hold itself
} LiteralList;

static Text quoted(Arena *arena, Text text)
{
    TextBuffer out = {.arena = arena};
    buffer_char(&out, '\'');
    for (size_t i = 0; i < text.length; i++) {
        char c = text.at[i];
        const char *escape = c == '\\'   ? "\\\\"
                             : c == '\'' ? "\\'"
                             : c == '\n' ? "\\n"
                             : c == '\r' ? "\\r"
                             : c == '\t' ? "\\t"
                                         : NULL;
        if (c == '$' && i + 1 < text.length && text.at[i + 1] == '{') escape = "\\$";
        if (escape) {
            buffer_string(&out, escape);
        } else {
            buffer_char(&out, c);
        }
    }
    buffer_char(&out, '\'');
    return buffer_done(&out);
}

static void add_literal(Arena *arena, LiteralList *list, Literal literal)
{
    bool compound = literal.node->kind == NODE_OBJECT || literal.node->kind == NODE_ARRAY;
    for (size_t i = 0; !compound && i < list->count; i++) {
        if (text_equal(list->items[i].order, literal.order)) return;
    }
    list_add(arena, list, literal);
}

enum { DEEPEST = 64 };

static bool collect_literals(const Env *env, const Syntax *type, LiteralList *list);

// The one value of a tuple or object that is made of literals only.
static bool compound_literal(const Env *env, const Syntax *type, int depth, Literal *literal)
{
    Arena *arena = env->emitter->arena;
    bool object = type->kind == SYNTAX_TYPE_OBJECT;
    TextBuffer order = {.arena = arena};
    Node *node = node_new(arena, object ? NODE_OBJECT : NODE_ARRAY);
    buffer_char(&order, object ? '{' : '[');
    for (size_t i = 0; i < type->list.count; i++) {
        const Syntax *item = type->list.items[i];
        LiteralList one = {.depth = depth + 1};
        if (object && !item->property.key) return false;
        if (!collect_literals(env, item->property.value, &one)) return false;
        if (one.count + one.null != 1) return false;
        Node *value = one.count ? one.items[0].node : node_new(arena, NODE_NULL);
        Text shown = one.count ? one.items[0].order : TEXT("null");
        if (i) buffer_string(&order, ", ");
        if (object) {
            buffer_text(&order, item->property.name);
            buffer_string(&order, ": ");
            list_add(arena, &node->members, ((NodeMember){item->property.name, value}));
        } else {
            node_add(arena, node, value);
        }
        buffer_text(&order, shown);
    }
    buffer_char(&order, object ? '}' : ']');
    *literal = (Literal){buffer_done(&order), object ? "object" : "array", node};
    return true;
}

static bool single_literal(const Env *env, const Syntax *type, int depth, Literal *literal)
{
    Arena *arena = env->emitter->arena;
    Text text;
    bool negative = type->kind == SYNTAX_UNARY && type->unary.op == OP_MINUS &&
                    type->unary.operand->kind == SYNTAX_INTEGER;
    if (syntax_plain_string(type, &text)) {
        *literal = (Literal){quoted(arena, text), "string", node_text(arena, text)};
        return true;
    }
    if (type->kind == SYNTAX_BOOL || (type->kind == SYNTAX_UNARY && type->unary.op == OP_NOT &&
                                      type->unary.operand->kind == SYNTAX_BOOL)) {
        bool value = type->kind == SYNTAX_BOOL ? type->boolean : !type->unary.operand->boolean;
        *literal = (Literal){value ? TEXT("true") : TEXT("false"), "bool", node_bool(arena, value)};
        return true;
    }
    if (type->kind == SYNTAX_INTEGER || negative) {
        Node *node = node_new(arena, NODE_INT);
        uint64_t magnitude = negative ? type->unary.operand->integer : type->integer;
        node->integer = (int64_t)(negative ? 0 - magnitude : magnitude);
        Text order = text_format(arena, "%lld", (long long)node->integer);
        *literal = (Literal){order, "int", node};
        return true;
    }
    if (type->kind == SYNTAX_TYPE_TUPLE || type->kind == SYNTAX_TYPE_OBJECT) {
        return depth < DEEPEST && compound_literal(env, type, depth, literal);
    }
    return false;
}

// Adds every value the type allows; false if it is no union of literals.
static bool collect_literals(const Env *env, const Syntax *type, LiteralList *list)
{
    Typed typed = declared(env, type, no_decorators);
    Literal literal;
    if (typed.type->kind == SYNTAX_NULL) {
        list->null = true;
        return true;
    }
    if (typed.type->kind == SYNTAX_TYPE_NULLABLE) {
        list->null = true;
        return collect_literals(typed.env, typed.type->inner, list);
    }
    if (typed.type->kind == SYNTAX_TYPE_UNION) {
        for (size_t i = 0; i < typed.type->list.count; i++) {
            if (!collect_literals(typed.env, typed.type->list.items[i], list)) return false;
        }
        return true;
    }
    if (!single_literal(typed.env, typed.type, list->depth, &literal)) return false;
    add_literal(env->emitter->arena, list, literal);
    return true;
}

static int by_order(const void *left, const void *right)
{
    return text_compare(((const Literal *)left)->order, ((const Literal *)right)->order);
}

static Node *allowed_values(Arena *arena, LiteralList *list, bool with_null)
{
    Node *array = node_new(arena, NODE_ARRAY);
    Text null = TEXT("null");
    if (list->count) qsort(list->items, list->count, sizeof(Literal), by_order);
    for (size_t i = 0; i < list->count; i++) {
        if (with_null && list->null && text_compare(null, list->items[i].order) < 0) {
            node_add(arena, array, node_new(arena, NODE_NULL));
            with_null = false;
        }
        node_add(arena, array, list->items[i].node);
    }
    if (with_null && list->null) node_add(arena, array, node_new(arena, NODE_NULL));
    return array;
}

// ---- types

static void set_type(Arena *arena, Node *object, const char *type)
{
    node_merge(arena, object, "type", node_text(arena, text_of(type)));
}

static Node *literals_type(const Env *env, const Syntax *type)
{
    Arena *arena = env->emitter->arena;
    LiteralList list = {0};
    Node *object = node_object(arena);
    if (!collect_literals(env, type, &list) || list.count == 0) {
        emitter_unsupported(env->emitter, type, "this type");
        return object;
    }
    Node *allowed = allowed_values(arena, &list, false);
    set_type(arena, object, list.items[0].type);
    node_merge(arena, object, "allowedValues", allowed);
    if (list.null) node_merge(arena, object, "nullable", node_bool(arena, true));
    return object;
}

static Node *object_type(const Env *env, const Syntax *type)
{
    Arena *arena = env->emitter->arena;
    Node *object = node_object(arena), *properties = node_object(arena), *others = NULL;
    set_type(arena, object, "object");
    for (size_t i = 0; i < type->list.count; i++) {
        const Syntax *item = type->list.items[i];
        Node *made = typejson_type(env, item->property.value, item->property.decorators);
        decoration_merge(env, made, item->property.decorators, false);
        if (item->property.key) {
            list_add(arena, &properties->members, ((NodeMember){item->property.name, made}));
        } else {
            others = made;
        }
    }
    node_merge(arena, object, "properties", properties);
    if (others) node_merge(arena, object, "additionalProperties", others);
    return object;
}

static Node *tuple_type(const Env *env, const Syntax *type)
{
    Arena *arena = env->emitter->arena;
    Node *object = node_object(arena), *items = node_new(arena, NODE_ARRAY);
    set_type(arena, object, "array");
    for (size_t i = 0; i < type->list.count; i++) {
        const Syntax *item = type->list.items[i];
        Node *made = typejson_type(env, item->property.value, item->property.decorators);
        decoration_merge(env, made, item->property.decorators, false);
        node_add(arena, items, made);
    }
    node_merge(arena, object, "prefixItems", items);
    node_merge(arena, object, "items", node_bool(arena, false));
    return object;
}

static Node *array_type(const Env *env, const Syntax *type)
{
    Arena *arena = env->emitter->arena;
    const Syntax *item = bare_type(type->inner);
    Node *object = node_object(arena);
    LiteralList list = {0};
    set_type(arena, object, "array");
    bool in_place = !alias_of(env, item).symbol && item->kind != SYNTAX_TYPE_NULLABLE;
    if (in_place && collect_literals(env, item, &list)) {
        node_merge(arena, object, "allowedValues", allowed_values(arena, &list, true));
    } else {
        node_merge(arena, object, "items", typejson_type(env, item, no_decorators));
    }
    return object;
}

// ---- $ref

static void add_segment(TextBuffer *path, Text segment)
{
    buffer_char(path, '/');
    for (size_t i = 0; i < segment.length; i++) {
        if (segment.at[i] == '~') {
            buffer_string(path, "~0");
        } else if (segment.at[i] == '/') {
            buffer_string(path, "~1");
        } else {
            buffer_char(path, segment.at[i]);
        }
    }
}

typedef struct {
    Typed typed; // what stands at the end of the path
    TextBuffer path;
    bool found;
} Pointer;

static bool resolve_reference(const Env *env, const Syntax *type, Pointer *target)
{
    type = bare_type(type);
    while (type->kind == SYNTAX_NON_NULL) type = bare_type(type->inner);
    Alias alias = alias_of(env, type);
    if (alias.symbol) {
        target->path = (TextBuffer){.arena = env->emitter->arena};
        buffer_string(&target->path, "#/definitions");
        add_segment(&target->path, expression_name_of(env, alias.symbol));
        target->typed = (Typed){alias.env, bare_type(alias.symbol->declaration->declaration.type),
                                decorators_of(alias.symbol)};
        return true;
    }
    bool access = type->kind == SYNTAX_ACCESS, index = type->kind == SYNTAX_INDEX;
    if (!access && !index) return false;
    if (!resolve_reference(env, access ? type->access.base : type->index.base, target))
        return false;
    // What is accessed may be an alias itself: its own definition is referred to then.
    while (target->typed.type->kind == SYNTAX_NAME || target->typed.type->kind == SYNTAX_ACCESS ||
           target->typed.type->kind == SYNTAX_INDEX ||
           target->typed.type->kind == SYNTAX_NON_NULL) {
        Typed before = target->typed;
        if (!resolve_reference(before.env, before.type, target)) return false;
    }
    Syntax *const *items = target->typed.type->list.items;
    const Syntax *inside = target->typed.type;
    Text name = {0};
    if (access) name = type->access.name;
    if (index && type->index.at) syntax_plain_string(type->index.at, &name);
    const Syntax *found = NULL;
    if (name.length && inside->kind == SYNTAX_TYPE_OBJECT) {
        bool others = access && text_is(name, "*");
        for (size_t i = 0; i < inside->list.count; i++) {
            bool here = others
                            ? !items[i]->property.key
                            : items[i]->property.key && text_equal(items[i]->property.name, name);
            if (here) found = items[i]->property.value;
        }
        if (others) {
            buffer_string(&target->path, "/additionalProperties");
        } else {
            buffer_string(&target->path, "/properties");
            add_segment(&target->path, name);
        }
    } else if (index && !type->index.at && inside->kind == SYNTAX_TYPE_ARRAY) {
        buffer_string(&target->path, "/items");
        found = inside->inner;
    } else if (index && type->index.at && type->index.at->kind == SYNTAX_INTEGER &&
               inside->kind == SYNTAX_TYPE_TUPLE && type->index.at->integer < inside->list.count) {
        buffer_format(&target->path, "/prefixItems/%llu",
                      (unsigned long long)type->index.at->integer);
        found = items[type->index.at->integer]->property.value;
    }
    if (!found) return false;
    target->typed = (Typed){target->typed.env, bare_type(found), no_decorators};
    return true;
}

static Node *reference_type(const Env *env, const Syntax *type)
{
    Arena *arena = env->emitter->arena;
    Node *object = node_object(arena);
    Pointer target = {0};
    if (!resolve_reference(env, type, &target)) {
        emitter_unsupported(env->emitter, type, "this type");
        return object;
    }
    node_merge(arena, object, "$ref", node_text(arena, buffer_done(&target.path)));
    return object;
}

// ---- resourceInput<'T@v'>.properties

// What the type comes to if it is taken from a resource's, also by the names of other types.
static bool derive(const Env *env, const Syntax *type, Derived *derived, int depth)
{
    type = bare_type(type);
    while (type->kind == SYNTAX_NON_NULL) type = bare_type(type->inner);
    if (type->kind == SYNTAX_TYPE_GENERIC) return derived_begin(env->emitter->arena, type, derived);
    if (depth > 64) return false;
    Text name = {0};
    bool access = type->kind == SYNTAX_ACCESS && !alias_of(env, type).symbol;
    if (access && derive(env, type->access.base, derived, depth + 1)) {
        if (text_is(type->access.name, "*")) return derived_others(derived);
        return derived_property(derived, type->access.name);
    }
    if (type->kind == SYNTAX_INDEX && derive(env, type->index.base, derived, depth + 1)) {
        if (!type->index.at) return derived_items(derived);
        return syntax_plain_string(type->index.at, &name) && derived_property(derived, name);
    }
    Pointer target = {0};
    bool named =
        type->kind == SYNTAX_NAME || type->kind == SYNTAX_ACCESS || type->kind == SYNTAX_INDEX;
    return named && resolve_reference(env, type, &target) &&
           derive(target.typed.env, target.typed.type, derived, depth + 1);
}

// Whether it is read from a resource's type.
static bool is_derived(const Env *env, const Syntax *type)
{
    Derived derived;
    while (type->kind == SYNTAX_NON_NULL || type->kind == SYNTAX_PAREN) type = type->inner;
    if (type->kind == SYNTAX_TYPE_GENERIC) return true;
    bool access = type->kind == SYNTAX_ACCESS && !alias_of(env, type).symbol;
    if (!access && type->kind != SYNTAX_INDEX) return false;
    const Syntax *base = access ? type->access.base : type->index.base;
    if (derive(env, base, &derived, 0)) return true;
    return is_derived(env, base);
}

static Node *derived_type(const Env *env, const Syntax *type)
{
    Arena *arena = env->emitter->arena;
    Node *object = node_object(arena);
    Derived derived;
    bool good = derive(env, type, &derived, 0);
    if (!good || derived.depth == 0) {
        diag_add(env->emitter->diags, DIAG_DERIVED_TYPE, syntax_place(type));
        return object;
    }
    Node *metadata = node_object(arena), *source = node_object(arena);
    Text text = text_format(arena, "%.*s#%.*s", TEXT_ARG(derived.type),
                            TEXT_ARG(buffer_done(&derived.path)));
    node_merge(arena, source, "source", node_text(arena, text));
    if (derived.output) node_merge(arena, source, "output", node_bool(arena, true));
    node_merge(arena, metadata, "__bicep_resource_derived_type!", source);
    const char *name = derived_type_name(&derived);
    if (name) set_type(arena, object, name);
    node_merge(arena, object, "metadata", metadata);
    return object;
}

// ---- unions of objects

static void add_variants(const Env *env, const Syntax *type, Text discriminator, Node *mapping)
{
    Arena *arena = env->emitter->arena;
    Typed typed = declared(env, type, no_decorators);
    if (typed.type->kind == SYNTAX_TYPE_UNION) {
        for (size_t i = 0; i < typed.type->list.count; i++) {
            add_variants(typed.env, typed.type->list.items[i], discriminator, mapping);
        }
        return;
    }
    Text value = {0};
    for (size_t i = 0; typed.type->kind == SYNTAX_TYPE_OBJECT && i < typed.type->list.count; i++) {
        const Syntax *item = typed.type->list.items[i];
        if (!item->property.key || !text_equal(item->property.name, discriminator)) continue;
        Typed own = declared(typed.env, item->property.value, no_decorators);
        syntax_plain_string(own.type, &value);
    }
    if (value.length == 0) {
        emitter_unsupported(env->emitter, type,
                            "a member of the union without a literal discriminator");
        return;
    }
    if (node_find(mapping, value)) {
        diag_add_with(env->emitter->diags, DIAG_TYPE_MISMATCH, syntax_place(type),
                      text_format(arena, "a value of '%.*s' that no other member has",
                                  TEXT_ARG(discriminator)),
                      quoted(arena, value));
        return;
    }
    Node *made =
        typed.type == bare_type(type) ? object_type(env, typed.type) : reference_type(env, type);
    node_merge_text(arena, mapping, value, made);
}

static Node *discriminated_type(const Env *env, const Syntax *type, Text discriminator)
{
    Arena *arena = env->emitter->arena;
    Node *object = node_object(arena), *how = node_object(arena), *mapping = node_object(arena);
    set_type(arena, object, "object");
    add_variants(env, type, discriminator, mapping);
    node_merge(arena, how, "propertyName", node_text(arena, discriminator));
    node_merge(arena, how, "mapping", mapping);
    node_merge(arena, object, "discriminator", how);
    return object;
}

static Node *union_type(const Env *env, const Syntax *type, SyntaxList decorators)
{
    const Syntax *decorator = syntax_decorator(decorators, "discriminator");
    Text name;
    if (decorator && decorator->call.arguments.count == 1 &&
        syntax_plain_string(decorator->call.arguments.items[0], &name)) {
        return discriminated_type(env, type, name);
    }
    return literals_type(env, type);
}

// A resource that is passed: its id.
static Node *resource_type(const Env *env, const Syntax *type, const Syntax *value)
{
    Emitter *emitter = env->emitter;
    Arena *arena = emitter->arena;
    Node *object = node_object(arena), *metadata = node_object(arena);
    Text text;
    set_type(arena, object, "string");
    if (!feature_wanted(emitter, FEATURE_RESOURCE_TYPES, type)) return object;
    if (!carried_type(arena, env->unit->file, type, value, &text)) {
        emitter_unsupported(emitter, type, "outputs of a resource whose type cannot be told");
        return object;
    }
    Text version = bind_cut_version(&text);
    text = text_format(arena, "%.*s@%.*s", TEXT_ARG(survey_azure_name(emitter, text, version)),
                       TEXT_ARG(version));
    node_merge(arena, metadata, "resourceType", node_text(arena, text));
    node_merge(arena, object, "metadata", metadata);
    return object;
}

Node *typejson_output(const Env *env, const Syntax *declaration)
{
    const Syntax *type = declaration->declaration.type;
    if (type->kind == SYNTAX_TYPE_RESOURCE)
        return resource_type(env, type, declaration->declaration.value);
    return typejson_type(env, type, declaration->declaration.decorators);
}

Node *typejson_type(const Env *env, const Syntax *type, SyntaxList decorators)
{
    Arena *arena = env->emitter->arena;
    type = bare_type(type);
    const char *name = ambient(env, type);
    if (name) {
        Node *object = node_object(arena);
        if (strcmp(name, "any") != 0) set_type(arena, object, name);
        return object;
    }
    SyntaxKind kind = type->kind;
    if (kind != SYNTAX_NON_NULL && is_derived(env, type)) return derived_type(env, type);
    if (kind == SYNTAX_NAME || kind == SYNTAX_ACCESS || kind == SYNTAX_INDEX)
        return reference_type(env, type);
    if (kind == SYNTAX_TYPE_ARRAY) return array_type(env, type);
    if (kind == SYNTAX_TYPE_OBJECT) return object_type(env, type);
    if (kind == SYNTAX_TYPE_TUPLE) return tuple_type(env, type);
    if (kind == SYNTAX_TYPE_UNION) return union_type(env, type, decorators);
    if (kind == SYNTAX_TYPE_RESOURCE) return resource_type(env, type, NULL);
    if (kind != SYNTAX_TYPE_NULLABLE && kind != SYNTAX_NON_NULL) return literals_type(env, type);
    Node *object = typejson_type(env, type->inner, decorators);
    node_merge(arena, object, "nullable", node_bool(arena, kind == SYNTAX_TYPE_NULLABLE));
    return object;
}

// ---- secrets

static bool contains_secure(const Env *env, const Syntax *type, SyntaxList decorators, int depth)
{
    if (syntax_decorator(decorators, "secure")) return true;
    if (depth > 16) return false;
    Typed typed = declared(env, type, no_decorators);
    if (syntax_decorator(typed.decorators, "secure")) return true;
    const Syntax *at = typed.type;
    if (at->kind == SYNTAX_TYPE_NULLABLE || at->kind == SYNTAX_TYPE_ARRAY ||
        at->kind == SYNTAX_NON_NULL) {
        return contains_secure(typed.env, at->inner, no_decorators, depth + 1);
    }
    bool list = at->kind == SYNTAX_TYPE_OBJECT || at->kind == SYNTAX_TYPE_TUPLE;
    for (size_t i = 0; list && i < at->list.count; i++) {
        const Syntax *item = at->list.items[i];
        if (contains_secure(typed.env, item->property.value, item->property.decorators,
                            depth + 1)) {
            return true;
        }
    }
    return false;
}

bool typejson_is_secure(const Env *env, const Syntax *type, SyntaxList decorators)
{
    return contains_secure(env, type, decorators, 0);
}
