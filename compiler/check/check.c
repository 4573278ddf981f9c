// compiler/check/check.c: the declarations of a file, then the files that it needs.
#include "compiler/check/check.h"

#include "compiler/check/decorator.h"
#include "compiler/check/extension.h"
#include "compiler/check/infer.h"
#include "compiler/check/place.h"
#include "compiler/check/rule.h"
#include "compiler/check/scope.h"
#include "compiler/check/twin.h"

#include <ctype.h>
#include <string.h>

// ---- types

static void check_type(Check *check, BoundFile *file, const Syntax *node);

static void check_properties(Check *check, BoundFile *file, const Syntax *node)
{
    Map seen = {0};
    const Syntax *rest = NULL;
    for (size_t i = 0; i < node->list.count; i++) {
        const Syntax *item = node->list.items[i], *key = item->property.key;
        if (key)
            bind_check_case(check->arena, check->diags, &seen, item->property.name,
                            syntax_place(key), "property");
        if (key && key->kind == SYNTAX_STRING && key->string.expressions.count)
            diag_add(check->diags, DIAG_NOT_CONSTANT, syntax_place(key));
        if (!key && rest)
            diag_add_with(check->diags, DIAG_MISPLACED, syntax_place(item), TEXT("'*'"),
                          TEXT("the type of all other properties is given already"));
        if (!key) rest = item;
        Type *type = type_read(&check->types, file, item->property.value);
        decorator_check(check, file, item->property.decorators, item->property.value,
                        shape_of_type(check, type));
        check_type(check, file, item->property.value);
    }
}

static bool are_objects(const Shape *shape)
{
    for (size_t i = 0; i < shape->members.count; i++) {
        if (shape->members.items[i]->kind != SHAPE_OBJECT) return false;
    }
    return true;
}

// A union must be of one kind of literals. `items`: of an array, where all kinds but arrays may mix.
static void check_union(Check *check, BoundFile *file, const Syntax *node, bool items)
{
    const Shape *shape =
        shape_without_null(check, shape_of_type(check, type_read(&check->types, file, node)));
    if (shape->kind != SHAPE_UNION || are_objects(shape)) return;
    for (size_t i = 1; i < shape->members.count; i++) {
        const Shape *first = shape->members.items[0], *other = shape->members.items[i];
        bool tuples = first->kind == SHAPE_TUPLE && other->kind == SHAPE_TUPLE;
        if (first->kind == other->kind || tuples) continue;
        if (items && first->kind != SHAPE_TUPLE && other->kind != SHAPE_TUPLE) continue;
        diag_add_with(check->diags, DIAG_TYPE_MISMATCH, syntax_place(node),
                      TEXT("literals of one type"), shape_name(check, shape));
        return;
    }
}

static void check_type(Check *check, BoundFile *file, const Syntax *node)
{
    if (!node) return;
    switch ((int)node->kind) { // other types have no types in them
    case SYNTAX_TYPE_ARRAY:    // items may be any literals
        if (syntax_bare(node->inner)->kind == SYNTAX_TYPE_UNION) {
            check_union(check, file, syntax_bare(node->inner), true);
        } else {
            check_type(check, file, node->inner);
        }
        break;
    case SYNTAX_PAREN:
    case SYNTAX_NON_NULL:
    case SYNTAX_TYPE_NULLABLE: check_type(check, file, node->inner); break;
    case SYNTAX_TYPE_OBJECT: check_properties(check, file, node); break;
    case SYNTAX_TYPE_TUPLE:
        for (size_t i = 0; i < node->list.count; i++) {
            const Syntax *item = node->list.items[i];
            Type *type = type_read(&check->types, file, item->property.value);
            decorator_check(check, file, item->property.decorators, item->property.value,
                            shape_of_type(check, type));
            check_type(check, file, item->property.value);
        }
        break;
    case SYNTAX_TYPE_UNION: check_union(check, file, node, false); break;
    case SYNTAX_TYPE_RESOURCE:
        if (node->inner) place_check_resource_type(check, file, node->inner);
        break;
    default: break;
    }
}

// ---- types that need themselves

typedef enum { WHOLE, OR_NULL, PART } Needed;

// Whether a value of the type must hold one of `symbol`'s type; `how`: the type is the symbol's own,
// that or null, or a part of it. As for the official compiler, arrays need their items, and only
// parts may be null instead.
static bool requires_symbol(const BoundFile *file, const Syntax *node, const Symbol *symbol,
                            Needed how, int depth)
{
    if (!node || depth > 64) return false;
    switch ((int)node->kind) { // no other type requires one
    case SYNTAX_PAREN:
    case SYNTAX_NON_NULL: return requires_symbol(file, node->inner, symbol, how, depth + 1);
    case SYNTAX_TYPE_ARRAY: return requires_symbol(file, node->inner, symbol, PART, depth + 1);
    case SYNTAX_TYPE_NULLABLE:
        return how != PART && requires_symbol(file, node->inner, symbol, OR_NULL, depth + 1);
    case SYNTAX_TYPE_UNION:
        for (size_t i = 0; i < node->list.count; i++) {
            if (requires_symbol(file, node->list.items[i], symbol, how, depth + 1)) return true;
        }
        return false;
    case SYNTAX_NAME: {
        const Symbol *other = bind_lookup(file, node->name);
        if (!other || other->kind != SYMBOL_TYPE || other->import) return false;
        if (other == symbol) return true;
        if (how == PART && other->declaration->declaration.type->kind == SYNTAX_TYPE_NULLABLE)
            return false;
        return requires_symbol(file, other->declaration->declaration.type, symbol, how, depth + 1);
    }
    case SYNTAX_TYPE_OBJECT:
    case SYNTAX_TYPE_TUPLE:
        for (size_t i = 0; i < node->list.count; i++) {
            const Syntax *item = node->list.items[i];
            bool others = node->kind == SYNTAX_TYPE_OBJECT && !item->property.key;
            if (others || how == OR_NULL) continue;
            if (requires_symbol(file, item->property.value, symbol, PART, depth + 1)) return true;
        }
        return false;
    default: return false;
    }
}

static void check_declared_type(Check *check, const Symbol *symbol)
{
    const Syntax *node = symbol->declaration;
    if (text_is(symbol->name, "resource"))
        diag_add_with(check->diags, DIAG_RESERVED_NAME,
                      syntax_token_place(node, node->declaration.name_token), symbol->name);
    if (!requires_symbol(symbol->file, node->declaration.type, symbol, WHOLE, 0)) return;
    diag_add_with(check->diags, DIAG_TYPE_CYCLE,
                  syntax_token_place(node, node->declaration.name_token), symbol->name);
}

// ---- declarations

static void check_value(Check *check, BoundFile *file, const Syntax *value, const Shape *wanted)
{
    InferPlace place = {.check = check, .file = file};
    const Shape *given = infer(&place, value);
    if (value->kind == SYNTAX_FOR) {
        shape_assign(check, value->loop.body, given, wanted);
    } else {
        shape_assign(check, value, given, wanted);
    }
}

static void check_parameter(Check *check, const Symbol *symbol)
{
    const Syntax *node = symbol->declaration, *value = node->declaration.value;
    const Shape *shape = infer_parameter(check, symbol);
    Type *type = type_read(&check->types, symbol->file, node->declaration.type);
    decorator_check(check, symbol->file, node->declaration.decorators, node->declaration.type,
                    shape_of_type(check, type));
    check_type(check, symbol->file, node->declaration.type);
    if (!value) return;
    if (type->nullable) {
        diag_add_with(check->diags, DIAG_MISPLACED, syntax_place(value), TEXT("a default"),
                      TEXT("a parameter that may be null has null as its default"));
        return;
    }
    check_value(check, symbol->file, value, shape);
}

static void check_signature(Check *check, BoundFile *file, const Syntax *type)
{
    check->signature = true;
    check_type(check, file, type);
    check->signature = false;
}

static void check_function(Check *check, const Symbol *symbol)
{
    const Syntax *node = symbol->declaration, *lambda = node->declaration.value;
    if (!lambda || lambda->kind != SYNTAX_LAMBDA) return;
    decorator_check_plain(check, symbol->file, node->declaration.decorators);
    size_t count = lambda->lambda.count;
    InferLocal *locals = arena_array(check->arena, InferLocal, count + 1);
    InferPlace place = {.check = check, .file = symbol->file};
    for (size_t i = 0; i < count; i++) {
        const SyntaxParameter *parameter = &lambda->lambda.parameters[i];
        Type *type = type_read(&check->types, symbol->file, parameter->type);
        check_signature(check, symbol->file, parameter->type);
        locals[i] = (InferLocal){parameter->name, shape_of_type(check, type), place.locals};
        place.locals = &locals[i];
    }
    Type *type = type_read(&check->types, symbol->file, lambda->lambda.result);
    check_signature(check, symbol->file, lambda->lambda.result);
    shape_assign(check, lambda->lambda.body, infer(&place, lambda->lambda.body),
                 shape_of_type(check, type));
}

// ---- resources and modules

// What the name is; NULL: there is none.
static const Shape *check_name(Check *check, const InferPlace *place, const Syntax *body,
                               const Shape *wanted)
{
    const Syntax *property = syntax_property(body, "name");
    if (!property) return NULL;
    const Shape *name = infer(place, property->property.value);
    shape_assign(check, property->property.value, name, wanted);
    return name;
}

static const Shape *azure_values(Check *check, const AzureType *type)
{
    const Shape *all = &shape_never;
    for (size_t i = 0; i < type->count; i++)
        all = shape_union(check, all, shape_text(check, azure_value(type, i)));
    return all;
}

// What Azure fixes: the name of a child that has but one, and what tells variants of a body apart.
// An unknown variant is only a warning of the official compiler. Names with those of the parents in
// them are not looked at.
static void check_fixed(Check *check, const Symbol *symbol, const Syntax *body, const Shape *name)
{
    AzureType type;
    bool existing = symbol->declaration->resource.existing;
    bool child = symbol->parent || syntax_property(body, "parent");
    if (!infer_azure_type(check, symbol, &type) || !type.fixed) return;
    bool named = type.key.length == 0 || text_is(type.key, "name");
    size_t parts = 0;
    for (size_t i = 0; i < type.name.length; i++) parts += type.name.at[i] == '/';
    if (named ? parts > 1 && !child : existing) return;
    bool variant = type.key.length && name && name->kind == SHAPE_STRING && name->literal;
    if (named && name && !variant) {
        const Syntax *value = syntax_property(body, "name")->property.value;
        shape_assign(check, value, name, azure_values(check, &type));
    } else if (!named && !syntax_property(body, text_string(check->arena, type.key))) {
        diag_add_with(check->diags, DIAG_PROPERTY_MISSING, syntax_place(body), type.key);
    }
}

// It is the name of a deployment.
static void check_module_name(Check *check, const InferPlace *place, const Syntax *body)
{
    static const char others[] = "-_.()";
    static const Shape wanted = {.kind = SHAPE_STRING, .least = 1, .most = 64};
    const Syntax *property = syntax_property(body, "name");
    const Shape *name = check_name(check, place, body, &wanted);
    if (!name || name->kind != SHAPE_STRING || !name->literal) return;
    for (size_t i = 0; i < name->text.length; i++) {
        unsigned char c = (unsigned char)name->text.at[i];
        if (c >= 0x80 || isalnum(c) || strchr(others, c)) continue;
        diag_add_with(check->diags, DIAG_TYPE_MISMATCH, syntax_place(property->property.value),
                      TEXT("letters, digits and -_.() only"), shape_name(check, name));
        return;
    }
}

static void check_identity(Check *check, const InferPlace *place, const Syntax *body)
{
    static const Shape none = {.kind = SHAPE_STRING, .literal = true, .text = {"None", 4}},
                       some = {.kind = SHAPE_STRING, .literal = true, .text = {"UserAssigned", 12}};
    const Syntax *property = syntax_property(body, "identity");
    if (!property) return;
    Shape *wanted = shape_new(check, SHAPE_OBJECT);
    ShapeProperty type = {.name = TEXT("type"), .shape = shape_union(check, &none, &some)},
                  ids = {.name = TEXT("userAssignedIdentities"),
                         .shape = shape_union(check, &shape_object, &shape_null)};
    list_add(check->arena, &wanted->properties, type);
    list_add(check->arena, &wanted->properties, ids);
    const Syntax *value = property->property.value;
    shape_assign(check, value, infer(place, value), wanted);
}

// An item of dependsOn: a resource, a module, or a collection of these; not one of several.
static bool is_dependency(Check *check, const Shape *shape)
{
    if (shape->kind == SHAPE_RESOURCE || shape->kind == SHAPE_MODULE) return true;
    if (shape->kind == SHAPE_ARRAY) {
        const Shape *item = shape_item(check, shape);
        return item->kind == SHAPE_RESOURCE || item->kind == SHAPE_MODULE;
    }
    const Shape *some = shape_without_null(check, shape);
    if (some != shape && some->kind != SHAPE_UNION) return is_dependency(check, some);
    for (size_t i = 0; some->kind == SHAPE_UNION && i < some->members.count; i++) {
        const Shape *member = some->members.items[i];
        bool same = member->symbol && member->symbol == some->members.items[0]->symbol;
        if (!same || !is_dependency(check, member)) return false;
    }
    return some->kind == SHAPE_UNION;
}

static bool are_dependencies(Check *check, const Shape *shape)
{
    if (shape->kind == SHAPE_ARRAY) return is_dependency(check, shape_item(check, shape));
    const ShapeList *list = &shape->members;
    for (size_t i = 0; i < list->count; i++) {
        bool good = shape->kind == SHAPE_UNION ? are_dependencies(check, list->items[i])
                                               : is_dependency(check, list->items[i]);
        if (!good) return false;
    }
    return shape->kind == SHAPE_UNION || shape->kind == SHAPE_TUPLE;
}

// The official compiler also lets scopes stand there; they are not waited for.
static bool are_scopes_too(Check *check, const InferPlace *place, const Syntax *list,
                           const Shape *shape)
{
    if (list->kind != SYNTAX_ARRAY || shape->kind != SHAPE_TUPLE ||
        shape->members.count != list->list.count)
        return false;
    for (size_t i = 0; i < list->list.count; i++) {
        const Syntax *item = syntax_bare(list->list.items[i]);
        if (scope_call(place->file, item)) continue;
        if (!is_dependency(check, shape->members.items[i])) return false;
    }
    return true;
}

static void check_depends(Check *check, const InferPlace *place, const Syntax *body)
{
    const Syntax *property = syntax_property(body, "dependsOn");
    const Shape *shape = property ? infer(place, property->property.value) : NULL;
    if (shape && !are_dependencies(check, shape) &&
        !are_scopes_too(check, place, property->property.value, shape))
        diag_add_with(check->diags, DIAG_TYPE_MISMATCH, syntax_place(property->property.value),
                      TEXT("an array of resources and modules"), shape_name(check, shape));
}

// A resource that a module is given may be of another version, but not of another type.
static void check_passed(Check *check, const Syntax *node, const Shape *given, const Shape *wanted)
{
    if (given->kind != SHAPE_RESOURCE) return; // shape_assign says so
    Text have = infer_type_of(check, given), want = infer_type_of(check, wanted);
    if (!text_alike(have, want))
        diag_add_with(check->diags, DIAG_TYPE_MISMATCH, syntax_place(node), want, have);
}

static void check_arguments(Check *check, const InferPlace *place, const Symbol *module,
                            const Syntax *params)
{
    for (size_t i = 0; i < params->list.count; i++) {
        const Syntax *item = params->list.items[i];
        if (item->kind != SYNTAX_PROPERTY) continue;
        const Shape *given = infer(place, item->property.value);
        const Symbol *wanted =
            module->target_file ? bind_lookup(module->target_file, item->property.name) : NULL;
        if (!wanted || wanted->kind != SYMBOL_PARAM) continue;
        const Shape *shape = infer_parameter(check, wanted);
        if (shape->kind == SHAPE_RESOURCE) check_passed(check, item->property.value, given, shape);
        if (wanted->declaration->declaration.value) shape = shape_union(check, shape, &shape_null);
        shape_assign(check, item->property.value, given, shape);
    }
}

static void check_module_body(Check *check, const InferPlace *place, const Symbol *symbol,
                              const Syntax *body)
{
    static const char *const known[] = {"name",      "scope",    "params",
                                        "dependsOn", "identity", "extensionConfigs"};
    for (size_t i = 0; i < body->list.count; i++) {
        const Syntax *item = body->list.items[i];
        if (item->kind != SYNTAX_PROPERTY) continue;
        bool found = false;
        for (size_t j = 0; j < sizeof known / sizeof *known; j++)
            found |= text_is(item->property.name, known[j]);
        if (!found)
            diag_add_with(check->diags, DIAG_PROPERTY_UNKNOWN, syntax_place(item->property.key),
                          item->property.name);
    }
    const Syntax *params = syntax_property(body, "params"), *scope = syntax_property(body, "scope");
    if (scope) infer(place, scope->property.value); // what its function is given
    check_module_name(check, place, body);
    check_identity(check, place, body);
    extension_check_given(place, symbol, body);
    if (params && params->property.value->kind == SYNTAX_OBJECT)
        check_arguments(check, place, symbol, params->property.value);
}

static void check_deployed(Check *check, const Symbol *symbol)
{
    const Syntax *value = symbol->declaration->resource.value;
    InferPlace place = {.check = check, .file = symbol->file, .within = symbol};
    InferPlace inner;
    InferLocal at[2];
    decorator_check_deployed(check, symbol);
    if (value->kind == SYNTAX_FOR) {
        infer_loop(&place, value, &inner, at);
        place = inner;
        value = value->loop.body;
    }
    if (value->kind == SYNTAX_IF) {
        infer_condition(&place, value->condition.test);
        value = value->condition.body;
    }
    if (value->kind != SYNTAX_OBJECT) return;
    check_depends(check, &place, value);
    if (symbol->kind == SYMBOL_TEST) {
        const Syntax *params = syntax_property(value, "params");
        if (params && params->property.value->kind == SYNTAX_OBJECT)
            check_arguments(check, &place, symbol, params->property.value);
        return;
    }
    if (symbol->kind == SYMBOL_MODULE) {
        check_module_body(check, &place, symbol, value);
        return;
    }
    if (extension_body(check, symbol)) {
        extension_check_body(&place, symbol, value);
        return;
    }
    check_fixed(check, symbol, value, check_name(check, &place, value, &shape_string));
    for (size_t i = 0; i < value->list.count; i++) {
        const Syntax *item = value->list.items[i];
        bool named = item->kind == SYNTAX_PROPERTY && (text_is(item->property.name, "name") ||
                                                       text_is(item->property.name, "dependsOn"));
        if (item->kind == SYNTAX_PROPERTY && !named) infer(&place, item->property.value);
    }
}

// ---- what may be exported

typedef struct {
    const BoundFile *file;
    int depth; // of variables that are followed
} Export;

// Whether the value needs a parameter, resource or module, also through variables.
static bool uses_deployment(const Syntax *node, void *state)
{
    Export *at = state;
    if (node->kind == SYNTAX_LAMBDA) return false; // its own names may hide the file's
    if (node->kind == SYNTAX_FOR) return uses_deployment(node->loop.array, state);
    if (node->kind != SYNTAX_NAME) return syntax_any(node, uses_deployment, state);
    const Symbol *symbol = bind_lookup(at->file, node->name);
    if (!symbol || symbol->import || at->depth > 200) return false;
    Export next = {at->file, at->depth + 1};
    if (symbol->kind == SYMBOL_VAR)
        return uses_deployment(symbol->declaration->declaration.value, &next);
    return symbol->kind == SYMBOL_PARAM || symbol->kind == SYMBOL_RESOURCE ||
           symbol->kind == SYMBOL_MODULE;
}

static void check_export(Check *check, const Symbol *symbol)
{
    const Syntax *node = symbol->declaration,
                 *decorator = syntax_decorator(node->declaration.decorators, "export");
    if (decorator && uses_deployment(node->declaration.value, &(Export){symbol->file, 0}))
        diag_add_with(check->diags, DIAG_MISPLACED, syntax_place(decorator), TEXT("@export()"),
                      TEXT("the variable needs a parameter, a resource or a module"));
}

// ---- the file

static void check_symbol(Check *check, const Symbol *symbol)
{
    const Syntax *node = symbol->declaration;
    switch (symbol->kind) {
    case SYMBOL_PARAM: check_parameter(check, symbol); break;
    case SYMBOL_VAR:
        check_export(check, symbol);
        decorator_check_plain(check, symbol->file, node->declaration.decorators);
        check_type(check, symbol->file, node->declaration.type);
        if (node->declaration.type) {
            check_value(check, symbol->file, node->declaration.value,
                        infer_parameter(check, symbol));
        } else {
            infer_symbol(check, symbol);
        }
        break;
    case SYMBOL_TYPE:
        check_declared_type(check, symbol);
        decorator_check(
            check, symbol->file, node->declaration.decorators, node->declaration.type,
            shape_of_type(check, type_read(&check->types, symbol->file, node->declaration.type)));
        check_type(check, symbol->file, node->declaration.type);
        break;
    case SYMBOL_FUNC: check_function(check, symbol); break;
    case SYMBOL_RESOURCE:
    case SYMBOL_MODULE:
    case SYMBOL_TEST: check_deployed(check, symbol); break;
    case SYMBOL_ASSERT: {
        InferPlace place = {.check = check, .file = symbol->file};
        infer_condition(&place, node->declaration.value);
        break;
    }
    case SYMBOL_NAMESPACE:
    case SYMBOL_EXTENSION: break;
    }
}

static void check_output(Check *check, BoundFile *file, const Syntax *node)
{
    Symbol output = {.kind = SYMBOL_VAR, .declaration = node, .file = file};
    const Shape *shape = infer_parameter(check, &output);
    decorator_check(check, file, node->declaration.decorators, node->declaration.type, shape);
    check_type(check, file, node->declaration.type);
    check_value(check, file, node->declaration.value, shape);
}

static void check_names(Check *check, const BoundFile *file)
{
    Map types = {0}, functions = {0};
    for (size_t i = 0; i < file->symbols.count; i++) {
        const Symbol *symbol = file->symbols.items[i];
        if (symbol->kind != SYMBOL_TYPE && symbol->kind != SYMBOL_FUNC) continue;
        bool type = symbol->kind == SYMBOL_TYPE;
        bind_check_case(
            check->arena, check->diags, type ? &types : &functions, symbol->name,
            syntax_token_place(symbol->declaration, symbol->declaration->declaration.name_token),
            type ? "type" : "function");
    }
}

// Values that a parameters file gives or inherits against the parameters of the file that it is for.
static void check_assignments(Check *check, const BoundFile *file)
{
    for (const BoundFile *giver = file; giver; giver = giver->base) {
        for (size_t i = 0; i < giver->symbols.count; i++) {
            const Symbol *symbol = giver->symbols.items[i];
            if (symbol->kind != SYMBOL_PARAM || infer_assignment(file, symbol->name) != symbol)
                continue;
            const Symbol *wanted = file->target ? bind_lookup(file->target, symbol->name) : NULL;
            const Shape *given = infer_symbol(check, symbol);
            if (!wanted || wanted->kind != SYMBOL_PARAM) continue;
            const Shape *shape = infer_parameter(check, wanted);
            if (wanted->declaration->declaration.value)
                shape = shape_union(check, shape, &shape_null);
            shape_assign(check, symbol->declaration->declaration.value, given, shape);
        }
    }
}

static void check_one(Check *check, BoundFile *file)
{
    if (!file || file->artifact || map_has(&check->files, file->path)) return;
    map_put(check->arena, &check->files, file->path, file);
    bool values = text_ends(file->path, ".bicepparam");
    check_names(check, file);
    place_check(check, file);
    if (!values) scope_check(check, file);
    if (values) check_assignments(check, file);
    for (size_t i = 0; i < file->symbols.count; i++) {
        const Symbol *symbol = file->symbols.items[i];
        if (!values || symbol->kind != SYMBOL_PARAM) check_symbol(check, symbol);
    }
    for (size_t i = 0; i < file->outputs.count; i++)
        check_output(check, file, file->outputs.items[i]);
    if (!values) twin_check(check, file);
    for (size_t i = 0; i < file->imports.count; i++) {
        if (file->imports.items[i]->kind == SYMBOL_EXTENSION)
            extension_check(check, file->imports.items[i]);
    }
    rule_check(check, file);
    check_one(check, file->target);
    check_one(check, file->base);
    for (size_t i = 0; i < file->symbols.count; i++)
        check_one(check, file->symbols.items[i]->target_file);
    for (size_t i = 0; i < file->imports.count; i++)
        check_one(check, file->imports.items[i]->target_file);
}

void check_file(Arena *arena, Diags *diags, BoundFile *file)
{
    Check check = {.arena = arena, .diags = diags, .types = {.arena = arena}};
    check_one(&check, file);
}
