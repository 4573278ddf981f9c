// compiler/check/infer.c: one function for each kind of expression. After a diagnostic the type is
// `any`, so that one mistake is said once.
#include "compiler/check/infer.h"

#include "compiler/bind/carried.h"
#include "compiler/check/call.h"
#include "compiler/check/extension.h"
#include "compiler/check/literal.h"

// ---- names

static const InferLocal *find_local(const InferPlace *place, Text name)
{
    for (const InferLocal *at = place->locals; at; at = at->outer) {
        if (text_equal(at->name, name)) return at;
    }
    return NULL;
}

// @allowed says what the value, or an item of an array, may be. Where the parameter may be null,
// the official compiler does not hold values against it, but takes it for any of them.
static const Shape *allowed_shape(Check *check, const Symbol *symbol, const Shape *declared)
{
    const Syntax *allowed =
        syntax_decorator(symbol->declaration->declaration.decorators, "allowed");
    const Syntax *list =
        allowed && allowed->call.arguments.count ? allowed->call.arguments.items[0] : NULL;
    if (!list || list->kind != SYNTAX_ARRAY || list->list.count == 0) return declared;
    const Shape *one = shape_without_null(check, declared);
    bool plain = one->kind == SHAPE_STRING || one->kind == SHAPE_INT || one->kind == SHAPE_BOOL;
    if (plain && one != declared)
        return shape_union(check, shape_strict(check, one, false), &shape_null);
    if (!plain && declared->kind != SHAPE_ARRAY) return declared;
    const Shape *all = NULL;
    bool whole = plain; // whether an item is a whole value
    InferPlace place = {.check = check, .file = symbol->file};
    for (size_t i = 0; i < list->list.count; i++) {
        const Shape *item = infer(&place, list->list.items[i]);
        if (plain && (item->kind != one->kind || !item->literal)) return declared;
        whole |= item->kind == SHAPE_TUPLE;
        all = all ? shape_union(check, all, item) : item;
    }
    if (whole) return all;
    Shape *items = shape_new(check, SHAPE_ARRAY);
    items->item = all;
    items->least = one->least;
    items->most = one->most;
    return items;
}

const Shape *infer_parameter(Check *check, const Symbol *symbol)
{
    const Syntax *node = symbol->declaration;
    if (!node->declaration.type) return &shape_any;
    Type *type = type_read(&check->types, symbol->file, node->declaration.type);
    if (node->declaration.decorators.count) { // the nearest decorators come first
        Type *copy = arena_new(check->arena, Type);
        TypeDecorators *nearest = arena_new(check->arena, TypeDecorators);
        *nearest = (TypeDecorators){node->declaration.decorators, type->decorators};
        *copy = *type;
        copy->decorators = nearest;
        type = copy;
    }
    const Shape *shape = shape_of_type(check, type);
    if (type->kind == TYPE_RESOURCE && !type->resource) { // of an output: what its value is
        Shape *resource = shape_new(check, SHAPE_RESOURCE);
        carried_type(check->arena, symbol->file, node->declaration.type, node->declaration.value,
                     &resource->text);
        return resource;
    }
    if (symbol->kind != SYMBOL_PARAM) return shape;
    return allowed_shape(check, symbol, shape_strict(check, shape, false));
}

// Of a parameter or a variable, which many expressions name; of an assignment what it gives.
static const Shape *named_shape(Check *check, const Symbol *symbol)
{
    const Symbol *own = symbol->origin ? symbol->origin : symbol;
    const Syntax *node = own->declaration;
    bool assigns = own->kind == SYMBOL_PARAM && text_ends(own->file->path, ".bicepparam");
    bool typed = (own->kind == SYMBOL_PARAM && !assigns) || node->declaration.type;
    if (!typed && own->file->artifact) return &shape_any;
    Text key = text_copy(check->arena, (Text){(const char *)&own, sizeof own});
    const Shape *known = map_get(&check->named, key);
    if (known) return known;
    map_put(check->arena, &check->named, key, (void *)(uintptr_t)&shape_any);
    InferPlace place = {.check = check, .file = own->file};
    known = typed ? infer_parameter(check, own) : infer(&place, node->declaration.value);
    map_put(check->arena, &check->named, key, (void *)(uintptr_t)known);
    return known;
}

const Symbol *infer_assignment(const BoundFile *file, Text name)
{
    for (; file; file = file->base) {
        const Symbol *symbol = bind_lookup(file, name);
        if (symbol && symbol->kind == SYMBOL_PARAM) return symbol;
    }
    return NULL;
}

static const Shape *deployed_shape(Check *check, const Symbol *symbol)
{
    Shape *shape = shape_new(check, symbol->kind == SYMBOL_MODULE ? SHAPE_MODULE : SHAPE_RESOURCE);
    shape->symbol = symbol;
    if (symbol->declaration->resource.value->kind != SYNTAX_FOR) return shape;
    Shape *array = shape_new(check, SHAPE_ARRAY);
    array->item = shape;
    return array;
}

const Shape *infer_symbol(Check *check, const Symbol *symbol)
{
    switch (symbol->kind) {
    case SYMBOL_PARAM:
    case SYMBOL_VAR: return named_shape(check, symbol);
    case SYMBOL_RESOURCE:
    case SYMBOL_MODULE: return deployed_shape(check, symbol);
    case SYMBOL_TYPE:
    case SYMBOL_FUNC:
    case SYMBOL_NAMESPACE:
    case SYMBOL_EXTENSION:
    case SYMBOL_ASSERT:
    case SYMBOL_TEST: break;
    }
    return &shape_any;
}

static const Shape *infer_name(const InferPlace *place, const Syntax *node)
{
    const InferLocal *local = find_local(place, node->name);
    if (local) return local->shape;
    const Symbol *symbol = bind_lookup_within(place->file, place->within, node->name);
    return symbol ? infer_symbol(place->check, symbol) : &shape_any;
}

// ---- accesses

static const Shape *outputs_shape(Check *check, const Symbol *module)
{
    const BoundFile *file = module->target_file;
    if (!file) return &shape_any;
    Shape *shape = shape_new(check, SHAPE_OBJECT);
    shape->open = true; // the emitter says what is no output
    for (size_t i = 0; i < file->outputs.count; i++) {
        const Syntax *node = file->outputs.items[i];
        Symbol output = {.kind = SYMBOL_VAR, .declaration = node, .file = module->target_file};
        ShapeProperty property = {node->declaration.name, infer_parameter(check, &output), NULL,
                                  NULL, 0};
        list_add(check->arena, &shape->properties, property);
    }
    return shape;
}

static const Shape *shape_of_kind(AzureKind kind)
{
    switch (kind) {
    case AZURE_STRING: return &shape_string;
    case AZURE_INT: return &shape_int;
    case AZURE_BOOL: return &shape_bool;
    case AZURE_ARRAY: return &shape_array;
    case AZURE_OBJECT:
    case AZURE_UNION: return &shape_object;
    case AZURE_ANY: break;
    }
    return &shape_any;
}

static bool find_azure(Check *check, Text type, Text version, AzureType *found)
{
    Text key = text_format(check->arena, "%.*s@%.*s", TEXT_ARG(type), TEXT_ARG(version));
    AzureType *known = map_get(&check->azure, key);
    if (!known) {
        known = arena_new(check->arena, AzureType);
        if (!azure_find(type, version, known)) *known = (AzureType){0};
        map_put(check->arena, &check->azure, key, known);
    }
    *found = *known;
    return known->name.length > 0;
}

bool infer_azure_type(Check *check, const Symbol *resource, AzureType *found)
{
    Text type, version;
    return bind_whole_type(check->arena, resource, &type, &version) &&
           find_azure(check, type, version, found);
}

Text infer_type_name(Check *check, const Symbol *resource)
{
    Text type, version;
    return bind_whole_type(check->arena, resource, &type, &version) ? type : (Text){0};
}

Text infer_type_of(Check *check, const Shape *resource)
{
    if (resource->symbol) return infer_type_name(check, resource->symbol);
    Text type = resource->text;
    bind_cut_version(&type);
    return type;
}

static bool azure_of_shape(Check *check, const Shape *resource, AzureType *found)
{
    if (resource->symbol) return infer_azure_type(check, resource->symbol, found);
    Text type = resource->text, version = bind_cut_version(&type);
    return find_azure(check, type, version, found);
}

// NULL: there is no such property.
static const Shape *deployed_property(const InferPlace *place, Place at, const Shape *base,
                                      Text name)
{
    if (base->kind == SHAPE_MODULE) {
        if (text_is(name, "outputs")) return outputs_shape(place->check, base->symbol);
        return text_is(name, "name") ? &shape_string : NULL;
    }
    bool written = text_is(name, "dependsOn") || text_is(name, "scope") || text_is(name, "parent");
    if (written) return NULL;
    const Shape *body = base->symbol ? extension_body(place->check, base->symbol) : NULL;
    if (body && body->kind == SHAPE_OBJECT) {
        const ShapeProperty *own = shape_find(body, name);
        if (own) return extension_property(place, at, own);
        const Shape *rest = shape_rest(place->check, body);
        return rest ? rest : extension_other(base->symbol);
    }
    bool unknown = base->symbol ? bind_is_foreign(base->symbol) : base->text.length == 0;
    if (unknown) return &shape_any;
    AzureType type;
    AzureKind kind;
    uint32_t inner;
    bool found = azure_of_shape(place->check, base, &type);
    if (found && azure_property(type.shape, name, &inner))
        return shape_of_azure(place->check, inner);
    if (azure_common(name, &kind)) return shape_of_kind(kind);
    return found && azure_kind(type.shape) == AZURE_UNION ? &shape_any : NULL;
}

static const Shape *no_property(const InferPlace *place, Place at, const Shape *base, Text name,
                                bool safe)
{
    Check *check = place->check;
    if (safe) return &shape_any;
    diag_add_with(check->diags, DIAG_PROPERTY_ABSENT, at, shape_name(check, base), name);
    Text *choices = arena_array(check->arena, Text, base->properties.count + 1);
    for (size_t i = 0; i < base->properties.count; i++) choices[i] = base->properties.items[i].name;
    diag_suggest(check->diags, name, choices, base->properties.count);
    return &shape_any;
}

// `base` without null, if it has only one kind of value then; else NULL: not known.
static const Shape *one_base(const InferPlace *place, const Shape *base)
{
    base = shape_without_null(place->check, base);
    if (base->kind == SHAPE_ANY) return NULL;
    if (base->kind != SHAPE_UNION) return base;
    for (size_t i = 0; i < base->members.count; i++) { // texts, numbers
        const Shape *member = base->members.items[i];
        bool simple =
            member->kind == SHAPE_BOOL || member->kind == SHAPE_INT || member->kind == SHAPE_STRING;
        if (!simple || member->kind != base->members.items[0]->kind) return NULL;
    }
    return base->members.count ? base->members.items[0] : NULL;
}

static const Shape *property_of(const InferPlace *place, const Shape *base, Text name, Place at,
                                bool safe)
{
    Check *check = place->check;
    const Shape *one = shape_without_null(check, base);
    // One of several types: the official compiler, too, says nothing.
    if (one->kind == SHAPE_ANY || one->kind == SHAPE_UNION) return &shape_any;
    if (one->kind == SHAPE_NULL && safe) return one;
    if (one->kind == SHAPE_RESOURCE || one->kind == SHAPE_MODULE) {
        const Shape *found = deployed_property(place, at, one, name);
        return found ? found : no_property(place, at, one, name, safe);
    }
    if (one->kind != SHAPE_OBJECT && base->kind == SHAPE_UNION && safe) return &shape_any;
    if (one->kind != SHAPE_OBJECT) {
        diag_add_with(check->diags, DIAG_NO_PROPERTIES, at, shape_name(check, one), name);
        return &shape_any;
    }
    uint32_t inner;
    if (one->azure && azure_property(one->azure - 1, name, &inner))
        return shape_of_azure(check, inner);
    if (one->azure && azure_rest(one->azure - 1, &inner)) return shape_of_azure(check, inner);
    const ShapeProperty *property = shape_find(one, name);
    const Shape *found =
        property ? extension_property(place, at, property) : shape_rest(check, one);
    if (!found) return no_property(place, at, one, name, safe);
    return shape_may_be_null(base) ? shape_union(check, found, &shape_null) : found;
}

static bool is_built_in_space(const InferPlace *place, const Syntax *node)
{
    if (node->kind != SYNTAX_NAME || find_local(place, node->name)) return false;
    const Symbol *symbol = bind_lookup_within(place->file, place->within, node->name);
    return !symbol || symbol->kind == SYMBOL_EXTENSION;
}

static const Symbol *space_of(const InferPlace *place, const Syntax *node)
{
    if (node->kind != SYNTAX_NAME || find_local(place, node->name)) return NULL;
    const Symbol *symbol = bind_lookup_within(place->file, place->within, node->name);
    return symbol && symbol->kind == SYMBOL_NAMESPACE ? symbol : NULL;
}

static bool is_secure_output(const Symbol *module, Text name)
{
    for (size_t i = 0; module->target_file && i < module->target_file->outputs.count; i++) {
        const Syntax *output = module->target_file->outputs.items[i];
        if (text_equal(output->declaration.name, name))
            return syntax_decorator(output->declaration.decorators, "secure") != NULL;
    }
    return false;
}

// A secret output is read from the module itself, not from a variable that stands for it.
static void check_secure(const InferPlace *place, const Syntax *node)
{
    const Syntax *outputs = node->access.base;
    if (outputs->kind != SYNTAX_ACCESS || !text_is(outputs->access.name, "outputs")) return;
    const Syntax *module = outputs->access.base;
    bool asserted = module->kind == SYNTAX_NON_NULL;
    if (asserted) module = module->inner;
    bool item = module->kind == SYNTAX_INDEX;
    if (item) module = module->index.base;
    if (module->kind != SYNTAX_NAME) return;
    const InferLocal *local = find_local(place, module->name);
    const Symbol *symbol = local ? NULL : bind_lookup(place->file, module->name);
    const Shape *shape = shape_without_null(place->check, infer(place, module));
    if (shape->kind == SHAPE_ARRAY) shape = shape_item(place->check, shape);
    bool direct = symbol && symbol->kind == SYMBOL_MODULE && (item || !asserted);
    if (direct || shape->kind != SHAPE_MODULE ||
        !is_secure_output(shape->symbol, node->access.name))
        return;
    diag_add_with(place->check->diags, DIAG_MISPLACED, syntax_place(node), TEXT("a secret output"),
                  TEXT("it must be read from the module itself"));
}

static const Shape *infer_access(const InferPlace *place, const Syntax *node)
{
    const Syntax *base = node->access.base;
    if (node->access.nested) {
        const Shape *around = infer(place, base);
        if (around->kind != SHAPE_RESOURCE) return &shape_any;
        const Symbol *child = bind_nested(around->symbol, node->access.name);
        return child ? deployed_shape(place->check, child) : &shape_any;
    }
    const Symbol *space = space_of(place, base);
    if (space) {
        const Symbol *member = bind_exported(space->target_file, node->access.name);
        return member ? infer_symbol(place->check, member) : &shape_any;
    }
    if (is_built_in_space(place, base)) {
        const Symbol *inherited = text_is(base->name, "base")
                                      ? infer_assignment(place->file->base, node->access.name)
                                      : NULL;
        return inherited ? infer_symbol(place->check, inherited) : &shape_any;
    }
    check_secure(place, node);
    return property_of(place, infer(place, base), node->access.name,
                       syntax_token_place(node, node->access.name_token), node->access.safe);
}

static void wrong_index(const InferPlace *place, const Syntax *node, const Shape *base,
                        const char *wanted, const Shape *index)
{
    diag_add_with(place->check->diags, DIAG_WRONG_INDEX, syntax_place(node),
                  shape_name(place->check, base), text_of(wanted), shape_name(place->check, index));
}

static const Shape *item_at(const InferPlace *place, const Syntax *node, const Shape *base,
                            const Shape *index)
{
    Check *check = place->check;
    if (!shape_fits(index, &shape_int)) {
        wrong_index(place, node->index.at, base, "int", index);
        return &shape_any;
    }
    bool known = index->kind == SHAPE_INT && index->literal;
    if (known && index->integer < 0) {
        wrong_index(place, node->index.at, base, "0 or more", index);
        return &shape_any;
    }
    if (base->kind == SHAPE_TUPLE && known) {
        size_t count = base->members.count;
        bool from_end = node->index.from_end;
        uint64_t at = (uint64_t)index->integer; // from the end, 1 is the last
        if (from_end) at = at == 0 ? UINT64_MAX : (uint64_t)count - at;
        if (at < count) return base->members.items[at];
        Text wanted = count ? text_format(check->arena, from_end ? "1 to %zu" : "at most %zu",
                                          from_end ? count : count - 1)
                            : TEXT("none: it is empty");
        diag_add_with(check->diags, DIAG_WRONG_INDEX, syntax_place(node->index.at),
                      shape_name(check, base), wanted, shape_name(check, index));
        return &shape_any;
    }
    return shape_item(check, base);
}

static const Shape *infer_index(const InferPlace *place, const Syntax *node)
{
    Check *check = place->check;
    const Shape *base = infer(place, node->index.base), *index = infer(place, node->index.at);
    const Shape *one = one_base(place, base);
    if (!one && !shape_fits(index, &shape_int) && !shape_fits(index, &shape_string))
        wrong_index(place, node->index.at, base, "int or string", index);
    if (!one) return &shape_any;
    if (one->kind == SHAPE_NULL && node->index.safe) return one;
    if (one->kind == SHAPE_ARRAY || one->kind == SHAPE_TUPLE) {
        const Shape *item = item_at(place, node, one, index);
        return shape_may_be_null(base) ? shape_union(check, item, &shape_null) : item;
    }
    bool object =
        one->kind == SHAPE_OBJECT || one->kind == SHAPE_RESOURCE || one->kind == SHAPE_MODULE;
    if (!object && node->index.safe && base->kind == SHAPE_UNION) return &shape_any;
    if (!object) {
        diag_add_with(check->diags, DIAG_NO_ITEMS, syntax_place(node->index.base),
                      shape_name(check, one));
        return &shape_any;
    }
    if (!shape_fits(index, &shape_string)) {
        wrong_index(place, node->index.at, one, "string", index);
        return &shape_any;
    }
    if (index->kind != SHAPE_STRING || !index->literal) return &shape_any;
    return property_of(place, base, index->text, syntax_place(node->index.at), node->index.safe);
}

// ---- literals

// Azure takes no text of a template that is longer, nor what format() is given for one with holes.
static void check_text_length(const InferPlace *place, const Syntax *node)
{
    enum { LONGEST = 131072 };
    if (syntax_text(node).length <= LONGEST) return;
    size_t length = 0, holes = node->string.expressions.count;
    for (size_t i = 0; i <= holes; i++) length += text_utf16_length(node->string.segments[i]);
    for (size_t i = 0; i < holes; i++) length += i < 10 ? 3 : 4;
    if (length <= LONGEST) return;
    diag_add_with(place->check->diags, DIAG_OUT_OF_BOUNDS, syntax_place(node), TEXT("the length"),
                  TEXT("at most"), TEXT("131072"), text_format(place->check->arena, "%zu", length));
}

// Known as a whole if all its parts are; else how long it is at least.
static const Shape *infer_string(const InferPlace *place, const Syntax *node)
{
    check_text_length(place, node);
    Shape *shape = shape_new(place->check, SHAPE_STRING);
    TextBuffer text = {.arena = place->check->arena};
    int64_t further = 0;
    shape->literal = true;
    for (size_t i = 0; i <= node->string.expressions.count; i++) {
        buffer_text(&text, node->string.segments[i]);
        if (i == node->string.expressions.count) break;
        const Shape *part = infer(place, node->string.expressions.items[i]);
        bool string = part->kind == SHAPE_STRING;
        if (string && part->literal) {
            buffer_text(&text, part->text);
        } else if (part->literal || part->kind == SHAPE_NULL) {
            buffer_text(&text, literal_text(place->check, part));
        } else {
            shape->literal = false;
            if (string && part->least > 0) further += part->least;
        }
    }
    shape->text = buffer_done(&text);
    shape->strict = !shape->literal;
    if (!shape->literal) shape->least = (int64_t)text_utf16_length(shape->text) + further;
    return shape;
}

static const Shape *integer_shape(const InferPlace *place, int64_t value)
{
    Shape *shape = shape_new(place->check, SHAPE_INT);
    shape->literal = true;
    shape->integer = value;
    return shape;
}

static const Shape *infer_bool(const InferPlace *place, const Syntax *node)
{
    Shape *shape = shape_new(place->check, SHAPE_BOOL);
    shape->literal = true;
    shape->integer = node->boolean;
    return shape;
}

static void take_spread(const InferPlace *place, Shape *object, const Syntax *node)
{
    Check *check = place->check;
    const Shape *spread = infer(place, node->inner);
    if (!shape_fits(spread, &shape_object)) {
        diag_add_with(check->diags, DIAG_TYPE_MISMATCH, syntax_place(node->inner), TEXT("object"),
                      shape_name(check, spread));
    }
    object->open = true; // what it adds is not followed
}

static const Shape *infer_object(const InferPlace *place, const Syntax *node)
{
    Check *check = place->check;
    Shape *shape = shape_new(check, SHAPE_OBJECT);
    for (size_t i = 0; i < node->list.count; i++) {
        const Syntax *item = node->list.items[i];
        if (item->kind == SYNTAX_SPREAD) take_spread(place, shape, item);
        if (item->kind != SYNTAX_PROPERTY) continue;
        const Syntax *key = item->property.key;
        const Shape *value = infer(place, item->property.value);
        if (item->property.name.length == 0 && key->kind == SYNTAX_STRING &&
            key->string.expressions.count) {
            infer(place, key);
            shape->open = true;
            continue;
        }
        ShapeProperty property = {item->property.name, value, NULL, item->property.value, 0};
        list_add(check->arena, &shape->properties, property);
    }
    return shape;
}

static const Shape *infer_array(const InferPlace *place, const Syntax *node)
{
    Check *check = place->check;
    Shape *tuple = shape_new(check, SHAPE_TUPLE), *array = NULL;
    for (size_t i = 0; i < node->list.count; i++) {
        const Syntax *item = node->list.items[i];
        if (item->kind == SYNTAX_SPREAD) {
            const Shape *list = infer(place, item->inner);
            bool items = list->kind == SHAPE_ARRAY || list->kind == SHAPE_TUPLE;
            bool empty = list->kind == SHAPE_TUPLE && list->members.count == 0;
            if (!array) array = shape_new(check, SHAPE_ARRAY);
            if (!shape_fits(list, &shape_array)) {
                diag_add_with(check->diags, DIAG_TYPE_MISMATCH, syntax_place(item->inner),
                              TEXT("array"), shape_name(check, list));
            }
            if (!empty)
                list_add(check->arena, &tuple->members,
                         items ? shape_item(check, list) : &shape_any);
        } else {
            list_add(check->arena, &tuple->members, infer(place, item));
        }
    }
    if (!array) return tuple;
    array->item = shape_item(check, tuple);
    return array;
}

// ---- operators

static bool both_fit(const Shape *left, const Shape *right, const Shape *wanted)
{
    return shape_fits(left, wanted) && shape_fits(right, wanted);
}

static Text operator_text(const Syntax *node)
{
    static const char *const names[] = {
        [OP_NONE] = "",
        [OP_MULTIPLY] = "*",
        [OP_DIVIDE] = "/",
        [OP_MODULO] = "%",
        [OP_ADD] = "+",
        [OP_SUBTRACT] = "-",
        [OP_LESS] = "<",
        [OP_LESS_EQUAL] = "<=",
        [OP_GREATER] = ">",
        [OP_GREATER_EQUAL] = ">=",
        [OP_EQUALS] = "==",
        [OP_NOT_EQUALS] = "!=",
        [OP_EQUALS_INSENSITIVE] = "=~",
        [OP_NOT_EQUALS_INSENSITIVE] = "!~",
        [OP_AND] = "&&",
        [OP_OR] = "||",
        [OP_COALESCE] = "??",
        [OP_MINUS] = "-",
        [OP_NOT] = "!",
    };
    return text_of(names[node->kind == SYNTAX_UNARY ? node->unary.op : node->binary.op]);
}

static const Shape *infer_binary(const InferPlace *place, const Syntax *node)
{
    Check *check = place->check;
    const Shape *left = infer(place, node->binary.left), *right = infer(place, node->binary.right);
    const Shape *result = &shape_any;
    bool good = true;
    switch (node->binary.op) {
    case OP_NONE:
    case OP_MINUS:
    case OP_NOT: return &shape_any;
    case OP_MODULO: // dividing by 0 is only found while deploying
        if (right->kind == SHAPE_INT && right->literal && right->integer == 0)
            diag_add_with(check->diags, DIAG_OUT_OF_BOUNDS, syntax_place(node->binary.right),
                          TEXT("what is divided by"), TEXT("other than"), TEXT("0"), TEXT("0"));
        good = both_fit(left, right, &shape_int);
        result = &shape_int;
        break;
    case OP_MULTIPLY:
    case OP_DIVIDE:
    case OP_ADD:
    case OP_SUBTRACT:
        good = both_fit(left, right, &shape_int);
        result = &shape_int;
        break;
    case OP_LESS:
    case OP_LESS_EQUAL:
    case OP_GREATER:
    case OP_GREATER_EQUAL:
        good = both_fit(left, right, &shape_int) || both_fit(left, right, &shape_string);
        result = &shape_bool;
        break;
    case OP_EQUALS:
    case OP_NOT_EQUALS: result = &shape_bool; break;
    case OP_EQUALS_INSENSITIVE:
    case OP_NOT_EQUALS_INSENSITIVE:
        good = both_fit(left, right, &shape_string);
        result = &shape_bool;
        break;
    case OP_AND:
    case OP_OR:
        good = both_fit(left, right, &shape_bool);
        result = &shape_bool;
        break;
    case OP_COALESCE:
        if (!shape_may_be_null(left)) return left;
        return shape_union(check, shape_without_null(check, left), right);
    }
    const Shape *literal = good ? literal_binary(check, node->binary.op, left, right) : NULL;
    if (literal) return literal;
    if (good) return shape_strict(check, result, true);
    Text types = text_format(check->arena, "%.*s and %.*s", TEXT_ARG(shape_name(check, left)),
                             TEXT_ARG(shape_name(check, right)));
    diag_add_with(check->diags, DIAG_OPERATOR_TYPES, syntax_place(node), operator_text(node),
                  types);
    return &shape_any;
}

static const Shape *infer_unary(const InferPlace *place, const Syntax *node)
{
    Check *check = place->check;
    int64_t value;
    if (type_integer(node, &value) && node->unary.operand->kind == SYNTAX_INTEGER)
        return integer_shape(place, value);
    const Shape *operand = infer(place, node->unary.operand);
    const Shape *wanted = node->unary.op == OP_NOT ? &shape_bool : &shape_int;
    if (shape_fits(operand, wanted)) {
        const Shape *literal = literal_unary(check, node->unary.op, operand);
        return literal ? literal : wanted;
    }
    diag_add_with(check->diags, DIAG_OPERATOR_TYPES, syntax_place(node), operator_text(node),
                  shape_name(check, operand));
    return &shape_any;
}

const Shape *infer_condition(const InferPlace *place, const Syntax *node)
{
    const Shape *shape = infer(place, node);
    if (shape_fits(shape_without_null(place->check, shape), &shape_bool)) return shape;
    diag_add_with(place->check->diags, DIAG_TYPE_MISMATCH, syntax_place(node), TEXT("bool"),
                  shape_name(place->check, shape));
    return &shape_bool;
}

static const Shape *infer_ternary(const InferPlace *place, const Syntax *node)
{
    const Shape *condition = infer_condition(place, node->ternary.condition);
    const Shape *then = infer(place, node->ternary.then);
    const Shape *otherwise = infer(place, node->ternary.otherwise);
    if (condition->literal) return condition->integer ? then : otherwise;
    return shape_union(place->check, then, otherwise);
}

// ---- loops

void infer_loop(const InferPlace *place, const Syntax *loop, InferPlace *inner, InferLocal at[2])
{
    Check *check = place->check;
    const Shape *array = infer(place, loop->loop.array);
    if (!shape_fits(array, &shape_array)) {
        diag_add_with(check->diags, DIAG_TYPE_MISMATCH, syntax_place(loop->loop.array),
                      TEXT("array"), shape_name(check, array));
        array = &shape_any;
    }
    bool list = array->kind == SHAPE_ARRAY || array->kind == SHAPE_TUPLE;
    at[0] =
        (InferLocal){loop->loop.item, list ? shape_item(check, array) : &shape_any, place->locals};
    at[1] = (InferLocal){loop->loop.index, &shape_int, &at[0]};
    *inner = *place;
    inner->locals = loop->loop.index.length ? &at[1] : &at[0];
}

static const Shape *infer_for(const InferPlace *place, const Syntax *node)
{
    InferPlace inner;
    InferLocal at[2];
    infer_loop(place, node, &inner, at);
    Shape *array = shape_new(place->check, SHAPE_ARRAY);
    array->item = infer(&inner, node->loop.body);
    return array;
}

// ---- all

const Shape *infer(const InferPlace *place, const Syntax *node)
{
    if (!node) return &shape_any;
    switch ((int)node->kind) { // all others are no expressions
    case SYNTAX_NULL: return &shape_null;
    case SYNTAX_BOOL: return infer_bool(place, node);
    case SYNTAX_INTEGER: return integer_shape(place, (int64_t)node->integer);
    case SYNTAX_STRING: return infer_string(place, node);
    case SYNTAX_NAME: return infer_name(place, node);
    case SYNTAX_ACCESS: return infer_access(place, node);
    case SYNTAX_INDEX: return infer_index(place, node);
    case SYNTAX_CALL: return call_infer(place, node);
    case SYNTAX_UNARY: return infer_unary(place, node);
    case SYNTAX_BINARY: return infer_binary(place, node);
    case SYNTAX_TERNARY: return infer_ternary(place, node);
    case SYNTAX_PAREN: return infer(place, node->inner);
    case SYNTAX_NON_NULL: return shape_without_null(place->check, infer(place, node->inner));
    case SYNTAX_OBJECT: return infer_object(place, node);
    case SYNTAX_ARRAY: return infer_array(place, node);
    case SYNTAX_FOR: return infer_for(place, node);
    default: return &shape_any;
    }
}
