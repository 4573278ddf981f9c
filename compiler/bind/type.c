// compiler/bind/type.c: a type expression is looked at once; a name leads to its declaration's
// type, of which the user gets a copy with its own decorators in front.
#include "compiler/bind/type.h"

#include <string.h>

static Type *new_type(Types *types, TypeKind kind, BoundFile *file)
{
    Type *type = arena_new(types->arena, Type);
    type->kind = kind;
    type->file = file;
    return type;
}

static Type *copy_type(Types *types, const Type *type)
{
    Type *copy = arena_new(types->arena, Type);
    *copy = *type;
    return copy;
}

// A copy with decorators in front of those it has.
static Type *decorated(Types *types, Type *type, SyntaxList decorators)
{
    if (decorators.count == 0) return type;
    TypeDecorators *nearest = arena_new(types->arena, TypeDecorators);
    *nearest = (TypeDecorators){decorators, type->decorators};
    Type *copy = copy_type(types, type);
    copy->decorators = nearest;
    return copy;
}

// ----------------------------------------------------------------------------------------------
// names

static Type *ambient(Types *types, BoundFile *file, Text name)
{
    static const struct {
        const char *name;
        TypeKind kind;
    } rows[] = {
        {"string", TYPE_STRING}, {"int", TYPE_INT},     {"bool", TYPE_BOOL},
        {"object", TYPE_OBJECT}, {"array", TYPE_ARRAY}, {"any", TYPE_ANY},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (!text_is(name, rows[i].name)) continue;
        Type *type = new_type(types, rows[i].kind, file);
        if (type->kind == TYPE_OBJECT) type->object.open = true;
        return type;
    }
    return new_type(types, TYPE_ANY, file);
}

static Type *named(Types *types, BoundFile *file, Text name)
{
    const Symbol *symbol = bind_lookup(file, name);
    return symbol && symbol->kind == SYMBOL_TYPE ? type_declared(types, symbol)
                                                 : ambient(types, file, name);
}

static const Symbol *namespace_of(const BoundFile *file, const Syntax *node)
{
    const Symbol *symbol = node->kind == SYNTAX_NAME ? bind_lookup(file, node->name) : NULL;
    return symbol && symbol->kind == SYMBOL_NAMESPACE ? symbol : NULL;
}

static Type *any_if_null(Types *types, BoundFile *file, Type *type)
{
    return type ? type : new_type(types, TYPE_ANY, file);
}

// namespace.Name, Type.property
static Type *accessed(Types *types, BoundFile *file, const Syntax *node)
{
    const Syntax *base = syntax_bare(node->access.base);
    const Symbol *space = namespace_of(file, base);
    if (space) return named(types, space->target_file, node->access.name);
    if (base->kind == SYNTAX_NAME && text_is(base->name, "sys") && !bind_lookup(file, base->name)) {
        return ambient(types, file, node->access.name);
    }
    Type *object = type_read(types, file, base);
    const TypeProperty *property = type_find(object, node->access.name);
    if (!property) return new_type(types, TYPE_ANY, file);
    return type_property(types, object, (size_t)(property - object->object.items));
}

// Type[*], Type[0]
static Type *indexed(Types *types, BoundFile *file, const Syntax *node)
{
    Type *base = type_read(types, file, node->index.base);
    if (base->kind == TYPE_ARRAY) return any_if_null(types, file, type_element(types, base));
    if (base->kind == TYPE_OBJECT) return any_if_null(types, file, type_rest(types, base));
    const Syntax *at = node->index.at;
    bool inside = base->kind == TYPE_TUPLE && at && at->kind == SYNTAX_INTEGER &&
                  at->integer < base->members.count;
    return inside ? base->members.items[at->integer] : new_type(types, TYPE_ANY, file);
}

// ----------------------------------------------------------------------------------------------
// expressions

static Type *literal(Types *types, BoundFile *file, const Syntax *node)
{
    Type *type = new_type(types, TYPE_LITERAL, file);
    type->literal = node;
    return type;
}

static Type *object_type(Types *types, BoundFile *file, const Syntax *node)
{
    Type *type = new_type(types, TYPE_OBJECT, file);
    for (size_t i = 0; i < node->list.count; i++) {
        const Syntax *item = node->list.items[i];
        if (item->kind != SYNTAX_TYPE_PROPERTY) continue;
        if (!item->property.key) {
            type->object.rest = item;
            continue;
        }
        list_add(types->arena, &type->object, ((TypeProperty){item->property.name, item, NULL}));
    }
    return type;
}

static void add_member(Types *types, Type *all, Type *member)
{
    all->nullable |= member->nullable || member->kind == TYPE_NULL;
    if (member->kind == TYPE_UNION) {
        for (size_t i = 0; i < member->members.count; i++) {
            list_add(types->arena, &all->members, member->members.items[i]);
        }
    } else if (member->kind != TYPE_NULL) {
        list_add(types->arena, &all->members, member);
    }
}

static Type *list_type(Types *types, BoundFile *file, const Syntax *node, TypeKind kind)
{
    Type *type = new_type(types, kind, file);
    for (size_t i = 0; i < node->list.count; i++) {
        const Syntax *item = node->list.items[i];
        bool wrapped = item->kind == SYNTAX_TYPE_ITEM;
        Type *member = type_read(types, file, wrapped ? item->property.value : item);
        if (wrapped) member = decorated(types, member, item->property.decorators);
        if (kind == TYPE_UNION) add_member(types, type, member);
        if (kind == TYPE_TUPLE) list_add(types->arena, &type->members, member);
    }
    if (kind == TYPE_UNION && type->members.count == 1) { // 'a' | null
        Type *only = copy_type(types, type->members.items[0]);
        only->nullable |= type->nullable;
        return only;
    }
    return type;
}

bool type_may_be_null(const Type *type)
{
    return type->nullable || type->kind == TYPE_NULL;
}

static Type *nullable(Types *types, Type *type, bool is)
{
    Type *copy = copy_type(types, type);
    copy->nullable = is;
    return copy;
}

Type *type_read(Types *types, BoundFile *file, const Syntax *node)
{
    if (!node) return new_type(types, TYPE_ANY, file);
    node = syntax_bare(node);
    if (node->kind == SYNTAX_NAME) return named(types, file, node->name);
    if (node->kind == SYNTAX_ACCESS) return accessed(types, file, node);
    if (node->kind == SYNTAX_INDEX) return indexed(types, file, node);
    if (node->kind == SYNTAX_NON_NULL)
        return nullable(types, type_read(types, file, node->inner), false);
    if (node->kind == SYNTAX_TYPE_NULLABLE)
        return nullable(types, type_read(types, file, node->inner), true);
    if (node->kind == SYNTAX_TYPE_OBJECT) return object_type(types, file, node);
    if (node->kind == SYNTAX_TYPE_UNION) return list_type(types, file, node, TYPE_UNION);
    if (node->kind == SYNTAX_TYPE_TUPLE) return list_type(types, file, node, TYPE_TUPLE);
    if (node->kind == SYNTAX_NULL) return new_type(types, TYPE_NULL, file);
    if (node->kind == SYNTAX_TYPE_RESOURCE) {
        Type *type = new_type(types, TYPE_RESOURCE, file);
        type->resource = node->inner;
        return type;
    }
    if (node->kind == SYNTAX_TYPE_ARRAY) {
        Type *type = new_type(types, TYPE_ARRAY, file);
        type->element.node = node->inner;
        return type;
    }
    bool is_literal = node->kind == SYNTAX_STRING || node->kind == SYNTAX_INTEGER ||
                      node->kind == SYNTAX_BOOL || node->kind == SYNTAX_UNARY;
    return is_literal ? literal(types, file, node) : new_type(types, TYPE_ANY, file);
}

Type *type_declared(Types *types, const Symbol *symbol)
{
    const Syntax *declaration = symbol->declaration;
    Text key = text_copy(types->arena, (Text){(const char *)&declaration, sizeof declaration});
    Type *known = map_get(&types->declared, key);
    if (known) return known;
    map_put(types->arena, &types->declared, key,
            new_type(types, TYPE_ANY, symbol->file)); // `type A = A` ends here
    Type *type = type_read(types, symbol->file, declaration->declaration.type);
    type = copy_type(types, decorated(types, type, declaration->declaration.decorators));
    type->name = symbol->origin ? symbol->origin->name : symbol->name;
    map_put(types->arena, &types->declared, key, type);
    return type;
}

// ----------------------------------------------------------------------------------------------
// inside

static Type *property_type(Types *types, BoundFile *file, const Syntax *node)
{
    return decorated(types, type_read(types, file, node->property.value),
                     node->property.decorators);
}

Type *type_property(Types *types, Type *object, size_t index)
{
    TypeProperty *property = &object->object.items[index];
    if (!property->type) property->type = property_type(types, object->file, property->node);
    return property->type;
}

Type *type_rest(Types *types, Type *object)
{
    if (object->object.rest && !object->object.rest_type) {
        object->object.rest_type = property_type(types, object->file, object->object.rest);
    }
    return object->object.rest_type;
}

Type *type_element(Types *types, Type *array)
{
    if (array->element.node && !array->element.type) {
        array->element.type = type_read(types, array->file, array->element.node);
    }
    return array->element.type;
}

TypeProperty *type_find(const Type *object, Text name)
{
    if (object->kind != TYPE_OBJECT) return NULL;
    for (size_t i = 0; i < object->object.count; i++) {
        if (text_equal(object->object.items[i].name, name)) return &object->object.items[i];
    }
    return NULL;
}

// ----------------------------------------------------------------------------------------------
// decorators

const Syntax *type_decorator(const Type *type, const char *name)
{
    for (const TypeDecorators *at = type->decorators; at; at = at->further) {
        const Syntax *found = syntax_decorator(at->list, name);
        if (found) return found;
    }
    return NULL;
}

static const Syntax *first_argument(const Syntax *decorator)
{
    return decorator && decorator->call.arguments.count ? decorator->call.arguments.items[0] : NULL;
}

const Syntax *type_argument(const Type *type, const char *name)
{
    return first_argument(type_decorator(type, name));
}

const Syntax *type_metadata(const Type *type, const char *key)
{
    for (const TypeDecorators *at = type->decorators; at; at = at->further) {
        const Syntax *object = first_argument(syntax_decorator(at->list, "metadata"));
        const Syntax *value =
            object && object->kind == SYNTAX_OBJECT ? syntax_property(object, key) : NULL;
        if (value) return value->kind == SYNTAX_PROPERTY ? value->property.value : value;
    }
    return NULL;
}

Text type_description(const Type *type)
{
    Text text = {0};
    const Syntax *argument = type_argument(type, "description");
    if (argument) syntax_plain_string(argument, &text);
    return text;
}

bool type_integer(const Syntax *node, int64_t *integer)
{
    node = syntax_bare(node);
    bool minus = node->kind == SYNTAX_UNARY && node->unary.op == OP_MINUS;
    if (minus) node = syntax_bare(node->unary.operand);
    if (node->kind != SYNTAX_INTEGER || node->integer > (uint64_t)INT64_MAX + minus) return false;
    *integer = minus ? (int64_t)(0 - node->integer) : (int64_t)node->integer;
    return true;
}

bool type_limit(const Type *type, const char *name, int64_t *limit)
{
    const Syntax *argument = type_argument(type, name);
    return argument && type_integer(argument, limit);
}
