// compiler/specialize/residual.c: makes nodes and answers what can be seen of them without
// evaluating.
#include "compiler/specialize/residual.h"

#include "compiler/specialize/program.h"

#include <stddef.h>

static Residual error_node = {.kind = RESIDUAL_ERROR};
static Residual null_node = {.kind = RESIDUAL_VALUE, .value = &value_null};
static Residual true_node = {.kind = RESIDUAL_VALUE, .value = &value_true};
static Residual false_node = {.kind = RESIDUAL_VALUE, .value = &value_false};

Residual *residual_new(Arena *arena, ResidualKind kind)
{
    // A known value, the most frequent node, has nothing in the union.
    size_t size = kind == RESIDUAL_VALUE ? offsetof(Residual, declaration) : sizeof(Residual);
    Residual *node = arena_alloc(arena, size);
    node->kind = kind;
    return node;
}

Residual *residual_value(Arena *arena, const Value *value)
{
    Residual *node = residual_new(arena, RESIDUAL_VALUE);
    node->value = value;
    return node;
}

Residual *residual_null(void)
{
    return &null_node;
}

Residual *residual_error(void)
{
    return &error_node;
}

Residual *residual_bool(bool boolean)
{
    return boolean ? &true_node : &false_node;
}

Residual *residual_text(Arena *arena, Text text)
{
    return residual_value(arena, value_string(arena, text));
}

Residual *residual_int(Arena *arena, int64_t integer)
{
    return residual_value(arena, value_int(arena, integer));
}

static bool all_known(const ResidualEntries *entries)
{
    for (size_t i = 0; i < entries->count; i++) {
        const ResidualEntry *entry = &entries->items[i];
        if (entry->spread || entry->key || !entry->value->value) return false;
    }
    return true;
}

Residual *residual_object(Arena *arena, ResidualEntries entries, bool lines)
{
    Residual *node = residual_new(arena, RESIDUAL_OBJECT);
    node->object.entries = entries;
    node->object.lines = lines;
    if (!all_known(&entries)) return node;
    Value *value = value_object(arena);
    value->object.items = arena_array(arena, ValueProperty, entries.count);
    value->object.count = value->object.room = entries.count;
    for (size_t i = 0; i < entries.count; i++) {
        value->object.items[i] =
            (ValueProperty){entries.items[i].name, entries.items[i].value->value, NULL};
    }
    node->value = value;
    return node;
}

Residual *residual_array(Arena *arena, ResidualEntries items, bool lines)
{
    Residual *node = residual_new(arena, RESIDUAL_ARRAY);
    node->array.entries = items;
    node->array.lines = lines;
    if (!all_known(&items)) return node;
    Value *value = value_array(arena);
    value->array.items = arena_array(arena, const Value *, items.count);
    value->array.count = value->array.room = items.count;
    for (size_t i = 0; i < items.count; i++) value->array.items[i] = items.items[i].value->value;
    node->value = value;
    return node;
}

Residual *residual_seen(Residual *residual)
{
    while (residual->kind == RESIDUAL_BOUND) residual = residual->declaration->content;
    return residual;
}

static const Residual *seen(const Residual *residual)
{
    while (residual->kind == RESIDUAL_BOUND) residual = residual->declaration->content;
    return residual;
}

static bool has_open_part(const ResidualEntries *entries)
{
    for (size_t i = 0; i < entries->count; i++) {
        if (entries->items[i].spread || entries->items[i].key) return true;
    }
    return false;
}

bool residual_items(Arena *arena, Residual *residual, ResidualEntries *items)
{
    residual = residual_seen(residual);
    if (residual->kind == RESIDUAL_ARRAY) {
        *items = residual->array.entries;
        items->room = items->count; // whoever adds moves them first
        return !has_open_part(items);
    }
    if (!residual->value || residual->value->kind != VALUE_ARRAY) return false;
    const Value *value = residual->value;
    *items = (ResidualEntries){0};
    for (size_t i = 0; i < value->array.count; i++) {
        ResidualEntry entry = {.value = residual_value(arena, value->array.items[i])};
        list_add(arena, items, entry);
    }
    return true;
}

bool residual_fields(Arena *arena, Residual *residual, ResidualEntries *fields)
{
    residual = residual_seen(residual);
    if (residual->kind == RESIDUAL_OBJECT) {
        *fields = residual->object.entries;
        fields->room = fields->count;
        return !has_open_part(fields);
    }
    if (!residual->value || residual->value->kind != VALUE_OBJECT) return false;
    const Value *value = residual->value;
    *fields = (ResidualEntries){0};
    for (size_t i = 0; i < value->object.count; i++) {
        ResidualEntry entry = {.name = value->object.items[i].name,
                               .value = residual_value(arena, value->object.items[i].value)};
        list_add(arena, fields, entry);
    }
    return true;
}

size_t residual_field(const ResidualEntries *fields, Text name)
{
    for (size_t i = fields->count; i-- > 0;) {
        const ResidualEntry *field = &fields->items[i];
        if (!field->spread && !field->key && text_alike(field->name, name)) return i;
    }
    return SIZE_MAX;
}

bool residual_known_text(const Residual *residual, Text *text)
{
    const Value *value = seen(residual)->value;
    if (!value || value->kind != VALUE_STRING) return false;
    *text = value->string;
    return true;
}

bool residual_is_null(const Residual *residual)
{
    residual = seen(residual);
    return residual->value && residual->value->kind == VALUE_NULL;
}

// Functions whose result is text, never null.
static const char *const text_functions[] = {
    "base64",
    "base64ToString",
    "concat",
    "dataUri",
    "format",
    "guid",
    "loadFileAsBase64",
    "loadTextContent",
    "newGuid",
    "replace",
    "resourceId",
    "string",
    "subscriptionResourceId",
    "substring",
    "take",
    "tenantResourceId",
    "toLower",
    "toUpper",
    "trim",
    "uniqueString",
    "uri",
    "utcNow",
    "extensionResourceId",
    "join",
    "cidrHost",
    "cidrSubnet",
    "padLeft",
    NULL,
};

static bool among(Text name, const char *const *names)
{
    for (; *names; names++) {
        if (text_is(name, *names)) return true;
    }
    return false;
}

static bool is_text_function(const Residual *call)
{
    if (call->call.base) return false;
    if (!among(call->call.name, text_functions)) return false;
    // these two take lists too
    if (text_is(call->call.name, "concat") || text_is(call->call.name, "take")) {
        return call->call.arguments.count > 0 &&
               residual_sort(call->call.arguments.items[0]) == SORT_STRING;
    }
    return true;
}

bool residual_not_null(const Residual *residual)
{
    residual = seen(residual);
    if (residual->value) return residual->value->kind != VALUE_NULL;
    switch (residual->kind) {
    case RESIDUAL_OBJECT:
    case RESIDUAL_ARRAY:
    case RESIDUAL_STRING:
    case RESIDUAL_UNIT:
    case RESIDUAL_MODULE:
    case RESIDUAL_OUTPUTS:
    case RESIDUAL_LAMBDA:
    case RESIDUAL_NON_NULL: return true;
    case RESIDUAL_ACCESS:
        return seen(residual->access.base)->kind == RESIDUAL_UNIT && !residual->access.safe &&
               (text_is(residual->access.name, "id") || text_is(residual->access.name, "name"));
    case RESIDUAL_CALL: return is_text_function(residual);
    case RESIDUAL_BINARY: return residual->binary.op != OP_COALESCE;
    case RESIDUAL_TERNARY:
        return residual_not_null(residual->ternary.then) &&
               residual_not_null(residual->ternary.otherwise);
    case RESIDUAL_PARAM: {
        const Declaration *param = residual->declaration;
        if (param->kind == DECLARATION_ENTRY) return true;
        const Syntax *type = param->symbol->declaration->declaration.type;
        return type && type->kind == SYNTAX_NAME && residual_sort(residual) != SORT_ANY;
    }
    case RESIDUAL_ERROR:
    case RESIDUAL_VALUE:
    case RESIDUAL_BOUND:
    case RESIDUAL_KEYED:
    case RESIDUAL_ENTRY:
    case RESIDUAL_LOCAL:
    case RESIDUAL_ABSENT:
    case RESIDUAL_INDEX:
    case RESIDUAL_UNARY: return false;
    }
    return false;
}

static ResidualSort sort_of_value(const Value *value)
{
    switch (value->kind) {
    case VALUE_STRING: return SORT_STRING;
    case VALUE_INT: return SORT_INT;
    case VALUE_BOOL: return SORT_BOOL;
    case VALUE_ARRAY: return SORT_ARRAY;
    case VALUE_OBJECT: return SORT_OBJECT;
    case VALUE_NULL:
    case VALUE_FLOAT: return SORT_ANY;
    }
    return SORT_ANY;
}

static ResidualSort sort_of_type(const Syntax *type)
{
    if (!type) return SORT_ANY;
    if (type->kind == SYNTAX_TYPE_ARRAY || type->kind == SYNTAX_TYPE_TUPLE) return SORT_ARRAY;
    if (type->kind == SYNTAX_TYPE_OBJECT) return SORT_OBJECT;
    if (type->kind == SYNTAX_STRING) return SORT_STRING;
    if (type->kind != SYNTAX_NAME) return SORT_ANY;
    if (text_is(type->name, "string")) return SORT_STRING;
    if (text_is(type->name, "int")) return SORT_INT;
    if (text_is(type->name, "bool")) return SORT_BOOL;
    if (text_is(type->name, "array")) return SORT_ARRAY;
    if (text_is(type->name, "object")) return SORT_OBJECT;
    return SORT_ANY;
}

ResidualSort residual_sort(const Residual *residual)
{
    residual = seen(residual);
    if (residual->value) return sort_of_value(residual->value);
    switch (residual->kind) {
    case RESIDUAL_STRING: return SORT_STRING;
    case RESIDUAL_OBJECT: return SORT_OBJECT;
    case RESIDUAL_ARRAY: return SORT_ARRAY;
    case RESIDUAL_CALL:
        if (is_text_function(residual)) return SORT_STRING;
        if (residual->call.base) return SORT_ANY;
        if (text_is(residual->call.name, "length")) return SORT_INT;
        if (text_is(residual->call.name, "map") || text_is(residual->call.name, "filter"))
            return SORT_ARRAY;
        if (text_is(residual->call.name, "empty") || text_is(residual->call.name, "contains"))
            return SORT_BOOL;
        return SORT_ANY;
    case RESIDUAL_ACCESS:
        // .name of a resource may be any expression, but is text; .properties.x is whatever the
        // provider says
        return residual_not_null(residual) ? SORT_STRING : SORT_ANY;
    case RESIDUAL_TERNARY: {
        ResidualSort sort = residual_sort(residual->ternary.then);
        return sort == residual_sort(residual->ternary.otherwise) ? sort : SORT_ANY;
    }
    case RESIDUAL_BINARY:
        switch (residual->binary.op) {
        case OP_ADD:
        case OP_SUBTRACT:
        case OP_MULTIPLY:
        case OP_DIVIDE:
        case OP_MODULO: return SORT_INT;
        case OP_COALESCE: return residual_sort(residual->binary.right);
        case OP_AND:
        case OP_OR:
        case OP_LESS:
        case OP_LESS_EQUAL:
        case OP_GREATER:
        case OP_GREATER_EQUAL:
        case OP_EQUALS:
        case OP_NOT_EQUALS:
        case OP_EQUALS_INSENSITIVE:
        case OP_NOT_EQUALS_INSENSITIVE: return SORT_BOOL;
        case OP_NONE:
        case OP_MINUS:
        case OP_NOT: return SORT_ANY;
        }
        return SORT_ANY;
    case RESIDUAL_UNARY: return residual->unary.op == OP_NOT ? SORT_BOOL : SORT_INT;
    case RESIDUAL_PARAM: {
        const Declaration *param = residual->declaration;
        const Syntax *type = param->symbol->declaration->declaration.type;
        if (param->kind == DECLARATION_PARAM) return sort_of_type(type);
        if (type->kind != SYNTAX_TYPE_OBJECT || type->list.count == 0) return SORT_ANY;
        return sort_of_type(type->list.items[0]->property.value);
    }
    case RESIDUAL_NON_NULL: return residual_sort(residual->inner);
    case RESIDUAL_ERROR:
    case RESIDUAL_VALUE:
    case RESIDUAL_BOUND:
    case RESIDUAL_KEYED:
    case RESIDUAL_ENTRY:
    case RESIDUAL_LOCAL:
    case RESIDUAL_UNIT:
    case RESIDUAL_ABSENT:
    case RESIDUAL_MODULE:
    case RESIDUAL_OUTPUTS:
    case RESIDUAL_LAMBDA:
    case RESIDUAL_INDEX: return SORT_ANY;
    }
    return SORT_ANY;
}

// '${vnet.id}/subnets/workers' is easier to read where it is used than a name for it.
static bool short_text(const Residual *text)
{
    enum { LONGEST = 48 };
    size_t length = 0;
    for (size_t i = 0; i <= text->string.parts.count; i++)
        length += text->string.segments[i].length;
    return text->string.parts.count == 1 && length <= LONGEST &&
           residual_trivial(text->string.parts.items[0]);
}

bool residual_trivial(const Residual *residual)
{
    switch (residual->kind) {
    case RESIDUAL_ERROR:
    case RESIDUAL_VALUE:
    case RESIDUAL_PARAM:
    case RESIDUAL_KEYED:
    case RESIDUAL_ENTRY:
    case RESIDUAL_LOCAL:
    case RESIDUAL_UNIT:
    case RESIDUAL_ABSENT:
    case RESIDUAL_MODULE:
    case RESIDUAL_OUTPUTS:
    case RESIDUAL_LAMBDA: return true;
    case RESIDUAL_BOUND: return true; // that one decides for itself
    case RESIDUAL_ACCESS: return residual_trivial(residual->access.base);
    case RESIDUAL_NON_NULL: return residual_trivial(residual->inner);
    case RESIDUAL_INDEX:
        return residual_trivial(residual->index.base) && residual_trivial(residual->index.at);
    case RESIDUAL_CALL: return !residual->call.base && residual->call.arguments.count == 0;
    case RESIDUAL_STRING: return short_text(residual);
    case RESIDUAL_UNARY: return residual_trivial(residual->unary.operand);
    case RESIDUAL_OBJECT: return residual->value && residual->object.entries.count == 0;
    case RESIDUAL_ARRAY: return residual->value && residual->array.entries.count == 0;
    case RESIDUAL_BINARY:
    case RESIDUAL_TERNARY: return false;
    }
    return false;
}

static bool list_has_literal(const ResidualList *list)
{
    for (size_t i = 0; i < list->count; i++) {
        if (residual_has_literal(list->items[i])) return true;
    }
    return false;
}

bool residual_has_literal(const Residual *residual)
{
    switch (residual->kind) {
    case RESIDUAL_OBJECT:
    case RESIDUAL_ARRAY: return true;
    case RESIDUAL_VALUE:
        return residual->value->kind == VALUE_OBJECT || residual->value->kind == VALUE_ARRAY;
    case RESIDUAL_LAMBDA:
        return residual->lambda.body && residual_has_literal(residual->lambda.body);
    case RESIDUAL_ACCESS: return residual_has_literal(residual->access.base);
    case RESIDUAL_INDEX:
        return residual_has_literal(residual->index.base) ||
               residual_has_literal(residual->index.at);
    case RESIDUAL_CALL:
        if (residual->call.base && residual_has_literal(residual->call.base)) return true;
        return list_has_literal(&residual->call.arguments);
    case RESIDUAL_UNARY: return residual_has_literal(residual->unary.operand);
    case RESIDUAL_BINARY:
        return residual_has_literal(residual->binary.left) ||
               residual_has_literal(residual->binary.right);
    case RESIDUAL_TERNARY:
        return residual_has_literal(residual->ternary.condition) ||
               residual_has_literal(residual->ternary.then) ||
               residual_has_literal(residual->ternary.otherwise);
    case RESIDUAL_NON_NULL: return residual_has_literal(residual->inner);
    case RESIDUAL_STRING: return list_has_literal(&residual->string.parts);
    case RESIDUAL_BOUND: // that one gets a name of its own
    case RESIDUAL_ERROR:
    case RESIDUAL_PARAM:
    case RESIDUAL_KEYED:
    case RESIDUAL_ENTRY:
    case RESIDUAL_LOCAL:
    case RESIDUAL_UNIT:
    case RESIDUAL_ABSENT:
    case RESIDUAL_MODULE:
    case RESIDUAL_OUTPUTS: return false;
    }
    return false;
}

bool value_holds_file(const Value *value)
{
    switch (value->kind) {
    case VALUE_STRING: return value->file != NULL;
    case VALUE_ARRAY:
        for (size_t i = 0; i < value->array.count; i++) {
            if (value_holds_file(value->array.items[i])) return true;
        }
        return false;
    case VALUE_OBJECT:
        for (size_t i = 0; i < value->object.count; i++) {
            if (value_holds_file(value->object.items[i].value)) return true;
        }
        return false;
    case VALUE_NULL:
    case VALUE_BOOL:
    case VALUE_INT:
    case VALUE_FLOAT: return false;
    }
    return false;
}
