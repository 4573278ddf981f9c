// compiler/check/shape.c
#include "compiler/check/shape.h"

#include <string.h>

enum { DEEPEST = 24 }; // of types within types that are compared

#define ANY_LENGTH .least = INT64_MIN, .most = INT64_MAX

const Shape shape_never = {.kind = SHAPE_UNION};
const Shape shape_any = {.kind = SHAPE_ANY};
const Shape shape_null = {.kind = SHAPE_NULL};
const Shape shape_bool = {.kind = SHAPE_BOOL};
const Shape shape_int = {.kind = SHAPE_INT, ANY_LENGTH};
const Shape shape_string = {.kind = SHAPE_STRING, ANY_LENGTH};
const Shape shape_array = {.kind = SHAPE_ARRAY, ANY_LENGTH};
const Shape shape_object = {.kind = SHAPE_OBJECT, .open = true};

Shape *shape_new(Check *check, ShapeKind kind)
{
    Shape *shape = arena_new(check->arena, Shape);
    *shape = (Shape){.kind = kind, ANY_LENGTH};
    return shape;
}

const Shape *shape_text(Check *check, Text text)
{
    Shape *shape = shape_new(check, SHAPE_STRING);
    shape->literal = true;
    shape->text = text;
    return shape;
}

// ---- declared types

static const Shape *literal_shape(Check *check, const Syntax *node)
{
    Shape *shape = shape_new(check, SHAPE_ANY);
    shape->literal = true;
    bool negated = node->kind == SYNTAX_UNARY && node->unary.op == OP_NOT;
    if (syntax_plain_string(node, &shape->text)) {
        shape->kind = SHAPE_STRING;
    } else if (type_integer(node, &shape->integer)) {
        shape->kind = SHAPE_INT;
    } else if (node->kind == SYNTAX_BOOL || (negated && node->unary.operand->kind == SYNTAX_BOOL)) {
        shape->kind = SHAPE_BOOL;
        shape->integer = negated ? !node->unary.operand->boolean : node->boolean;
    } else {
        shape->literal = false;
    }
    return shape;
}

static void take_limits(const Type *type, Shape *shape, bool values)
{
    int64_t limit;
    if (type_limit(type, values ? "minValue" : "minLength", &limit)) shape->least = limit;
    if (type_limit(type, values ? "maxValue" : "maxLength", &limit)) shape->most = limit;
}

static const Shape *object_shape(Check *check, Type *type)
{
    Shape *shape = shape_new(check, SHAPE_OBJECT);
    bool extension = type->file->artifact && type->file->artifact->extension;
    int64_t flags;
    for (size_t i = 0; i < type->object.count; i++) {
        ShapeProperty property = {.name = type->object.items[i].name};
        property.type = type_property(&check->types, type, i);
        if (extension && type_limit(property.type, "flags", &flags))
            property.flags = (unsigned)flags | PROPERTY_OF_EXTENSION;
        list_add(check->arena, &shape->properties, property);
    }
    bool sealed = type_decorator(type, "sealed") != NULL;
    shape->open = type->object.open || !sealed;
    if (type->object.rest) shape->type = type_rest(&check->types, type);
    return shape;
}

static const Shape *plain_shape(Check *check, Type *type)
{
    Shape *shape = NULL;
    switch (type->kind) {
    case TYPE_ANY: return &shape_any;
    case TYPE_NULL: return &shape_null;
    case TYPE_BOOL:
        shape = shape_new(check, SHAPE_BOOL);
        shape->strict = true;
        return shape;
    case TYPE_LITERAL: return literal_shape(check, type->literal);
    case TYPE_OBJECT: return object_shape(check, type);
    case TYPE_INT:
        shape = shape_new(check, SHAPE_INT);
        take_limits(type, shape, true);
        shape->strict = true;
        return shape;
    case TYPE_STRING:
        shape = shape_new(check, SHAPE_STRING);
        take_limits(type, shape, false);
        shape->strict = true;
        return shape;
    case TYPE_RESOURCE:
        shape = shape_new(check, SHAPE_RESOURCE);
        if (type->resource && syntax_plain_string(type->resource, &shape->text) &&
            !bind_azure_type(type->file, &shape->text))
            shape->text = (Text){0};
        return shape;
    case TYPE_ARRAY:
        shape = shape_new(check, SHAPE_ARRAY);
        shape->type = type_element(&check->types, type);
        take_limits(type, shape, false);
        return shape;
    case TYPE_TUPLE:
    case TYPE_UNION:
        shape = shape_new(check, type->kind == TYPE_TUPLE ? SHAPE_TUPLE : SHAPE_UNION);
        for (size_t i = 0; i < type->members.count; i++) {
            const Shape *member = shape_of_type(check, type->members.items[i]);
            if (member->kind == SHAPE_ANY && type->kind == TYPE_UNION) return &shape_any;
            list_add(check->arena, &shape->members, member);
        }
        const Syntax *key = type_argument(type, "discriminator");
        if (type->kind == TYPE_UNION && key) syntax_plain_string(key, &shape->text);
        return shape;
    }
    return &shape_any;
}

const Shape *shape_of_type(Check *check, Type *type)
{
    if (!type || check->depth > DEEPEST) return &shape_any;
    check->depth++;
    const Shape *shape = plain_shape(check, type);
    check->depth--;
    return type->nullable ? shape_union(check, shape, &shape_null) : shape;
}

// Objects are open: what is not in them is only a warning of the official compiler.
const Shape *shape_of_azure(Check *check, uint32_t azure)
{
    Shape *shape = NULL;
    switch (azure_kind(azure)) {
    case AZURE_ANY: return &shape_any;
    case AZURE_STRING: return &shape_string;
    case AZURE_INT: return &shape_int;
    case AZURE_BOOL: return &shape_bool;
    case AZURE_ARRAY: shape = shape_new(check, SHAPE_ARRAY); break;
    case AZURE_OBJECT:
    case AZURE_UNION:
        shape = shape_new(check, SHAPE_OBJECT);
        shape->open = true;
        break;
    }
    shape->azure = azure + 1;
    return shape;
}

// ---- inside

const Shape *shape_item(Check *check, const Shape *shape)
{
    if (shape->kind == SHAPE_TUPLE) {
        const Shape *all = NULL;
        for (size_t i = 0; i < shape->members.count; i++)
            all = all ? shape_union(check, all, shape->members.items[i]) : shape->members.items[i];
        return all ? all : &shape_any;
    }
    uint32_t inner;
    if (shape->item) return shape->item;
    if (shape->azure && azure_item(shape->azure - 1, &inner)) return shape_of_azure(check, inner);
    return shape->type ? shape_of_type(check, shape->type) : &shape_any;
}

const Shape *shape_rest(Check *check, const Shape *object)
{
    if (object->rest) return object->rest;
    if (object->type) return shape_of_type(check, object->type);
    return object->open ? &shape_any : NULL;
}

const ShapeProperty *shape_find(const Shape *object, Text name)
{
    for (size_t i = 0; i < object->properties.count; i++) {
        if (text_equal(object->properties.items[i].name, name)) return &object->properties.items[i];
    }
    return NULL;
}

const Shape *shape_of_property(Check *check, const ShapeProperty *property)
{
    return property->shape ? property->shape : shape_of_type(check, property->type);
}

// ---- unions

static bool same_literal(const Shape *a, const Shape *b)
{
    return a->integer == b->integer && text_equal(a->text, b->text);
}

static void add_member(Check *check, Shape *all, const Shape *shape)
{
    if (shape->kind == SHAPE_UNION) {
        for (size_t i = 0; i < shape->members.count; i++)
            add_member(check, all, shape->members.items[i]);
        return;
    }
    bool simple = shape->kind <= SHAPE_STRING;
    for (size_t i = 0; simple && i < all->members.count; i++) {
        const Shape *other = all->members.items[i];
        if (other->kind != shape->kind || other->literal != shape->literal) continue;
        if (other->strict != shape->strict) continue;
        if (!shape->literal || same_literal(other, shape)) return;
    }
    list_add(check->arena, &all->members, shape);
}

const Shape *shape_union(Check *check, const Shape *a, const Shape *b)
{
    if (a->kind == SHAPE_ANY || b->kind == SHAPE_ANY) return &shape_any;
    Shape *all = shape_new(check, SHAPE_UNION);
    all->text = a->kind == SHAPE_UNION && b->kind == SHAPE_NULL ? a->text : (Text){0};
    add_member(check, all, a);
    add_member(check, all, b);
    return all->members.count == 1 ? all->members.items[0] : all;
}

bool shape_may_be_null(const Shape *shape)
{
    if (shape->kind == SHAPE_ANY || shape->kind == SHAPE_NULL) return true;
    for (size_t i = 0; shape->kind == SHAPE_UNION && i < shape->members.count; i++) {
        if (shape->members.items[i]->kind == SHAPE_NULL) return true;
    }
    return false;
}

const Shape *shape_without_null(Check *check, const Shape *shape)
{
    if (shape->kind != SHAPE_UNION || !shape_may_be_null(shape)) return shape;
    Shape *rest = shape_new(check, SHAPE_UNION);
    rest->text = shape->text;
    for (size_t i = 0; i < shape->members.count; i++) {
        if (shape->members.items[i]->kind != SHAPE_NULL)
            list_add(check->arena, &rest->members, shape->members.items[i]);
    }
    return rest->members.count == 1 ? rest->members.items[0] : rest;
}

const Shape *shape_strict(Check *check, const Shape *shape, bool strict)
{
    bool simple =
        shape->kind == SHAPE_BOOL || shape->kind == SHAPE_INT || shape->kind == SHAPE_STRING;
    if (!simple || shape->literal || shape->strict == strict) return shape;
    Shape *copy = arena_new(check->arena, Shape);
    *copy = *shape;
    copy->strict = strict;
    return copy;
}

// ---- names

Text shape_name(Check *check, const Shape *shape)
{
    TextBuffer out = {.arena = check->arena};
    switch (shape->kind) {
    case SHAPE_ANY: return TEXT("any");
    case SHAPE_NULL: return TEXT("null");
    case SHAPE_BOOL:
        return !shape->literal ? TEXT("bool") : shape->integer ? TEXT("true") : TEXT("false");
    case SHAPE_INT:
        if (!shape->literal) return TEXT("int");
        return text_format(check->arena, "%lld", (long long)shape->integer);
    case SHAPE_STRING:
        if (!shape->literal) return TEXT("string");
        return text_format(check->arena, "'%.*s'", TEXT_ARG(shape->text));
    case SHAPE_ARRAY:
    case SHAPE_TUPLE: return TEXT("array");
    case SHAPE_OBJECT: return TEXT("object");
    case SHAPE_RESOURCE: return TEXT("resource");
    case SHAPE_MODULE: return TEXT("module");
    case SHAPE_UNION:
        for (size_t i = 0; i < shape->members.count; i++) {
            if (i) buffer_string(&out, " | ");
            buffer_text(&out, shape_name(check, shape->members.items[i]));
        }
        break;
    }
    return buffer_done(&out);
}

// ---- assigning

// Whether two of the literals are numbers that follow each other: the official compiler takes such
// for a range, which any number may be in.
static bool has_range(const Shape *all)
{
    for (size_t i = 0; i < all->members.count; i++) {
        const Shape *a = all->members.items[i];
        for (size_t j = 0; a->kind == SHAPE_INT && a->literal && j < all->members.count; j++) {
            const Shape *b = all->members.items[j];
            if (b->kind == SHAPE_INT && b->literal && b->integer - 1 == a->integer) return true;
        }
    }
    return false;
}

bool shape_fits(const Shape *source, const Shape *target)
{
    if (source->kind == SHAPE_ANY || target->kind == SHAPE_ANY) return true;
    if (source->kind == SHAPE_UNION) {
        for (size_t i = 0; i < source->members.count; i++) {
            if (!shape_fits(source->members.items[i], target)) return false;
        }
        return true;
    }
    if (target->kind == SHAPE_UNION) {
        for (size_t i = 0; i < target->members.count; i++) {
            if (shape_fits(source, target->members.items[i])) return true;
        }
        return source->kind == SHAPE_INT && !source->literal && has_range(target);
    }
    bool arrays = (source->kind == SHAPE_ARRAY || source->kind == SHAPE_TUPLE) &&
                  (target->kind == SHAPE_ARRAY || target->kind == SHAPE_TUPLE);
    bool bodies = (source->kind == SHAPE_RESOURCE || source->kind == SHAPE_MODULE) &&
                  target->kind == SHAPE_OBJECT;
    if (arrays || bodies) return true;
    if (source->kind != target->kind) return false;
    if (!target->literal) return true;
    return source->literal ? same_literal(source, target) : !source->strict;
}

static void say_mismatch(Check *check, const Syntax *node, const Shape *source, const Shape *target)
{
    diag_add_with(check->diags, DIAG_TYPE_MISMATCH, syntax_place(node), shape_name(check, target),
                  shape_name(check, source));
}

static void missing(Check *check, const Syntax *node, Text name)
{
    if (!check->unknown_only)
        diag_add_with(check->diags, DIAG_PROPERTY_MISSING, syntax_place(node), name);
}

static void out_of_bounds(Check *check, const Syntax *node, const char *what, int64_t value,
                          const Shape *target)
{
    bool low = value < target->least;
    if (check->unknown_only) return;
    diag_add_with(
        check->diags, DIAG_OUT_OF_BOUNDS, syntax_place(node), text_of(what),
        low ? TEXT("at least") : TEXT("at most"),
        text_format(check->arena, "%lld", (long long)(low ? target->least : target->most)),
        text_format(check->arena, "%lld", (long long)value));
}

static void check_bounds(Check *check, const Syntax *node, const Shape *source, const Shape *target)
{
    bool value = source->kind == SHAPE_INT && target->kind == SHAPE_INT;
    bool text = source->kind == SHAPE_STRING && target->kind == SHAPE_STRING;
    bool items =
        (source->kind == SHAPE_TUPLE || source->kind == SHAPE_ARRAY) && target->kind == SHAPE_ARRAY;
    if (target->literal || !(value || text || items)) return;
    int64_t least = source->least, most = source->most;
    if (source->literal || source->kind == SHAPE_TUPLE)
        least = most = value  ? source->integer
                       : text ? (int64_t)text_utf16_length(source->text)
                              : (int64_t)source->members.count;
    const char *what = value ? "the value" : "the length";
    if (most < target->least) out_of_bounds(check, node, what, most, target);
    if (least > target->most) out_of_bounds(check, node, what, least, target);
}

static const Syntax *place_of(const Syntax *node, const ShapeProperty *property)
{
    return property->node ? property->node : node;
}

static void assign_object(Check *check, const Syntax *node, const Shape *source,
                          const Shape *target)
{
    for (size_t i = 0; i < target->properties.count; i++) {
        const ShapeProperty *wanted = &target->properties.items[i];
        const ShapeProperty *given = shape_find(source, wanted->name);
        const Shape *shape = shape_of_property(check, wanted);
        bool flagged = (wanted->flags & PROPERTY_OF_EXTENSION) != 0,
             needed = (wanted->flags & BIND_REQUIRED) != 0,
             fixed = (wanted->flags & BIND_READ_ONLY) != 0;
        if (given && fixed) {
            if (!check->unknown_only)
                diag_add_with(check->diags, DIAG_PROPERTY_READ_ONLY,
                              syntax_place(place_of(node, given)), wanted->name);
        } else if (given) {
            if (flagged && !needed) shape = shape_union(check, shape, &shape_null);
            shape_assign(check, place_of(node, given), shape_of_property(check, given), shape);
        } else if (!source->open && !source->rest && !source->type && !shape_may_be_null(shape) &&
                   (!flagged || (needed && !fixed))) {
            missing(check, node, wanted->name);
        }
    }
    const Shape *rest = shape_rest(check, target);
    for (size_t i = 0; i < source->properties.count; i++) {
        const ShapeProperty *given = &source->properties.items[i];
        if (shape_find(target, given->name)) continue;
        if (rest) {
            const Shape *value = shape_of_property(check, given);
            if (check->unknown_only && !shape_fits(value, rest)) // of these, types count
                say_mismatch(check, place_of(node, given), value, rest);
            shape_assign(check, place_of(node, given), value, rest);
        } else {
            diag_add_with(check->diags, DIAG_PROPERTY_UNKNOWN, syntax_place(place_of(node, given)),
                          given->name);
        }
    }
}

static const Syntax *item_node(const Syntax *node, size_t index)
{
    const Syntax *bare = syntax_bare(node);
    bool there = bare->kind == SYNTAX_ARRAY && index < bare->list.count;
    return there ? bare->list.items[index] : node;
}

static void assign_items(Check *check, const Syntax *node, const Shape *source, const Shape *target)
{
    bool tuple = target->kind == SHAPE_TUPLE;
    if (source->kind == SHAPE_TUPLE && (tuple || !check->argument)) {
        size_t count = source->members.count, wanted = target->members.count;
        if (tuple && count != wanted) {
            diag_add_with(check->diags, DIAG_OUT_OF_BOUNDS, syntax_place(node), TEXT("the length"),
                          TEXT("exactly"), text_format(check->arena, "%zu", wanted),
                          text_format(check->arena, "%zu", count));
        }
        for (size_t i = 0; i < count && (!tuple || i < wanted); i++) {
            const Shape *item = tuple ? target->members.items[i] : shape_item(check, target);
            shape_assign(check, item_node(node, i), source->members.items[i], item);
        }
    } else if (!tuple) {
        shape_assign(check, node, shape_item(check, source), shape_item(check, target));
    }
}

// What tells the member apart; NULL: it has no such property.
static const Shape *kind_of(Check *check, const Shape *all, size_t index)
{
    const Shape *member = all->members.items[index];
    const ShapeProperty *own = member->kind == SHAPE_OBJECT ? shape_find(member, all->text) : NULL;
    return own ? shape_of_property(check, own) : NULL;
}

const Shape *shape_variant(Check *check, const Shape *all, Text key)
{
    for (size_t i = 0; i < all->members.count; i++) {
        const Shape *kind = kind_of(check, all, i);
        if (kind && kind->kind == SHAPE_STRING && kind->literal && text_equal(kind->text, key))
            return all->members.items[i];
    }
    return NULL;
}

// The object of the union `target` that `source` says it is; NULL, after a diagnostic, if it is
// none, or if that is not known.
static const Shape *chosen(Check *check, const Syntax *node, const Shape *source,
                           const Shape *target)
{
    const ShapeProperty *given = shape_find(source, target->text);
    if (!given) {
        if (!source->open && !source->rest && !source->type)
            diag_add_with(check->diags, DIAG_PROPERTY_MISSING, syntax_place(node), target->text);
        return NULL;
    }
    const Shape *value = shape_of_property(check, given), *wanted = NULL;
    bool known = value->kind == SHAPE_STRING && value->literal;
    const Shape *found = known ? shape_variant(check, target, value->text) : NULL;
    if (found) return found;
    for (size_t i = 0; i < target->members.count; i++) {
        const Shape *kind = kind_of(check, target, i);
        if (!kind || !kind->literal) return NULL;
        wanted = wanted ? shape_union(check, wanted, kind) : kind;
    }
    if (wanted) shape_assign(check, place_of(node, given), value, wanted);
    return NULL;
}

void shape_assign(Check *check, const Syntax *node, const Shape *source, const Shape *target)
{
    if (check->depth > DEEPEST) return;
    if (!shape_fits(source, target)) {
        const Shape *there = shape_without_null(check, source);
        if (there == source || !shape_fits(there, target)) {
            if (!check->unknown_only) say_mismatch(check, node, source, target);
            return;
        }
        source = there; // only a warning of the official compiler
    }
    const Shape *wanted = shape_without_null(check, target);
    bool choice = wanted->kind == SHAPE_UNION && wanted->text.length;
    if (choice && source->kind == SHAPE_OBJECT) {
        wanted = chosen(check, node, source, wanted);
        if (!wanted) return;
    }
    check->depth++;
    check_bounds(check, node, source, wanted);
    bool arrays = source->kind == SHAPE_ARRAY || source->kind == SHAPE_TUPLE;
    if (source->kind == SHAPE_OBJECT && wanted->kind == SHAPE_OBJECT)
        assign_object(check, node, source, wanted);
    if (arrays && (wanted->kind == SHAPE_ARRAY || wanted->kind == SHAPE_TUPLE))
        assign_items(check, node, source, wanted);
    check->depth--;
}

void shape_assign_argument(Check *check, const Syntax *node, const Shape *source,
                           const Shape *target)
{
    bool outer = check->argument;
    check->argument = true;
    shape_assign(check, node, source, target);
    check->argument = outer;
}
