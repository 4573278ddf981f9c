// compiler/check/check.c: the declarations of a file, then the files that it needs.
#include "compiler/check/check.h"

#include "compiler/check/decorator.h"
#include "compiler/check/infer.h"
#include "compiler/check/place.h"
#include "compiler/check/scope.h"

static Place name_place(const Syntax *node, uint32_t token)
{
    Token at = node->file->tokens.items[token];
    return (Place){node->file->source, at.from, at.to};
}

// ---- types

static void check_type(Check *check, BoundFile *file, const Syntax *node);

// Says if `name` was there before, but for its case.
static void check_case(Check *check, Map *seen, Text name, Place place, const char *what)
{
    Text key = text_lower(check->arena, name);
    const Text *earlier = map_get(seen, key);
    if (earlier && !text_equal(*earlier, name)) {
        diag_add_with(check->diags, DIAG_DOUBLED_IGNORING_CASE, place, *earlier, name,
                      text_of(what));
    } else if (!earlier) {
        Text *copy = arena_new(check->arena, Text);
        *copy = name;
        map_put(check->arena, seen, key, copy);
    }
}

static void check_properties(Check *check, BoundFile *file, const Syntax *node)
{
    Map seen = {0};
    for (size_t i = 0; i < node->list.count; i++) {
        const Syntax *item = node->list.items[i];
        if (item->property.key)
            check_case(check, &seen, item->property.name, syntax_place(item->property.key),
                       "property");
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

// A union must be of one kind of literals.
static void check_union(Check *check, BoundFile *file, const Syntax *node)
{
    const Shape *shape =
        shape_without_null(check, shape_of_type(check, type_read(&check->types, file, node)));
    if (shape->kind != SHAPE_UNION || are_objects(shape)) return;
    for (size_t i = 1; i < shape->members.count; i++) {
        const Shape *first = shape->members.items[0], *other = shape->members.items[i];
        bool tuples = first->kind == SHAPE_TUPLE && other->kind == SHAPE_TUPLE;
        if (first->kind == other->kind || tuples) continue;
        diag_add_with(check->diags, DIAG_TYPE_MISMATCH, syntax_place(node),
                      TEXT("literals of one type"), shape_name(check, shape));
        return;
    }
}

static void check_type(Check *check, BoundFile *file, const Syntax *node)
{
    if (!node) return;
    switch ((int)node->kind) { // other types have no types in them
    case SYNTAX_PAREN:
    case SYNTAX_NON_NULL:
    case SYNTAX_TYPE_ARRAY:
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
    case SYNTAX_TYPE_UNION: check_union(check, file, node); break;
    default: break;
    }
}

// ---- types that need themselves

// Whether a value of the type must hold one of `symbol`'s type.
static bool requires_symbol(const BoundFile *file, const Syntax *node, const Symbol *symbol,
                            int depth)
{
    if (!node || depth > 64) return false;
    switch ((int)node->kind) { // no other type requires one
    case SYNTAX_PAREN:
    case SYNTAX_NON_NULL: return requires_symbol(file, node->inner, symbol, depth + 1);
    case SYNTAX_TYPE_ARRAY: {
        const Syntax *item = syntax_bare(node->inner);
        return item->kind == SYNTAX_NAME && bind_lookup(file, item->name) == symbol;
    }
    case SYNTAX_NAME: {
        const Symbol *other = bind_lookup(file, node->name);
        if (!other || other->kind != SYMBOL_TYPE || other->import) return false;
        if (other == symbol) return true;
        return requires_symbol(file, other->declaration->declaration.type, symbol, depth + 1);
    }
    case SYNTAX_TYPE_OBJECT:
    case SYNTAX_TYPE_TUPLE:
        for (size_t i = 0; i < node->list.count; i++) {
            const Syntax *item = node->list.items[i];
            bool others = node->kind == SYNTAX_TYPE_OBJECT && !item->property.key;
            if (!others && requires_symbol(file, item->property.value, symbol, depth + 1))
                return true;
        }
        return false;
    default: return false;
    }
}

static void check_declared_type(Check *check, const Symbol *symbol)
{
    const Syntax *node = symbol->declaration;
    if (!requires_symbol(symbol->file, node->declaration.type, symbol, 0)) return;
    diag_add_with(check->diags, DIAG_TYPE_CYCLE, name_place(node, node->declaration.name_token),
                  symbol->name);
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

static void check_function(Check *check, const Symbol *symbol)
{
    const Syntax *node = symbol->declaration, *lambda = node->declaration.value;
    if (!lambda || lambda->kind != SYNTAX_LAMBDA) return;
    size_t count = lambda->lambda.count;
    InferLocal *locals = arena_array(check->arena, InferLocal, count + 1);
    InferPlace place = {.check = check, .file = symbol->file};
    for (size_t i = 0; i < count; i++) {
        const SyntaxParameter *parameter = &lambda->lambda.parameters[i];
        Type *type = type_read(&check->types, symbol->file, parameter->type);
        check_type(check, symbol->file, parameter->type);
        locals[i] = (InferLocal){parameter->name, shape_of_type(check, type), place.locals};
        place.locals = &locals[i];
    }
    Type *type = type_read(&check->types, symbol->file, lambda->lambda.result);
    check_type(check, symbol->file, lambda->lambda.result);
    shape_assign(check, lambda->lambda.body, infer(&place, lambda->lambda.body),
                 shape_of_type(check, type));
}

// ---- resources and modules

static void check_text(Check *check, const InferPlace *place, const Syntax *body, const char *name)
{
    const Syntax *property = syntax_property(body, name);
    if (!property) return;
    const Shape *shape = infer(place, property->property.value);
    shape_assign(check, property->property.value, shape, &shape_string);
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
    const Syntax *params = syntax_property(body, "params");
    check_text(check, place, body, "name");
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
    if (symbol->kind == SYMBOL_MODULE) {
        check_module_body(check, &place, symbol, value);
        return;
    }
    check_text(check, &place, value, "name");
    for (size_t i = 0; i < value->list.count; i++) {
        const Syntax *item = value->list.items[i];
        bool named = item->kind == SYNTAX_PROPERTY && text_is(item->property.name, "name");
        if (item->kind == SYNTAX_PROPERTY && !named) infer(&place, item->property.value);
    }
}

// ---- what may be exported

static bool uses_deployment(const BoundFile *file, const Syntax *node, int depth);

static bool any_uses_deployment(const BoundFile *file, SyntaxList list, int depth)
{
    for (size_t i = 0; i < list.count; i++) {
        if (uses_deployment(file, list.items[i], depth)) return true;
    }
    return false;
}

// Whether the value needs a parameter, resource or module, also through variables.
static bool uses_deployment(const BoundFile *file, const Syntax *node, int depth)
{
    if (!node || depth > 200) return false;
    switch ((int)node->kind) { // nothing else has names in it
    case SYNTAX_NAME: {
        const Symbol *symbol = bind_lookup(file, node->name);
        if (!symbol || symbol->import) return false;
        if (symbol->kind == SYMBOL_VAR)
            return uses_deployment(file, symbol->declaration->declaration.value, depth + 1);
        return symbol->kind == SYMBOL_PARAM || symbol->kind == SYMBOL_RESOURCE ||
               symbol->kind == SYMBOL_MODULE;
    }
    case SYNTAX_STRING: return any_uses_deployment(file, node->string.expressions, depth + 1);
    case SYNTAX_ACCESS: return uses_deployment(file, node->access.base, depth + 1);
    case SYNTAX_INDEX:
        return uses_deployment(file, node->index.base, depth + 1) ||
               uses_deployment(file, node->index.at, depth + 1);
    case SYNTAX_CALL:
        return uses_deployment(file, node->call.base, depth + 1) ||
               any_uses_deployment(file, node->call.arguments, depth + 1);
    case SYNTAX_UNARY: return uses_deployment(file, node->unary.operand, depth + 1);
    case SYNTAX_BINARY:
        return uses_deployment(file, node->binary.left, depth + 1) ||
               uses_deployment(file, node->binary.right, depth + 1);
    case SYNTAX_TERNARY:
        return uses_deployment(file, node->ternary.condition, depth + 1) ||
               uses_deployment(file, node->ternary.then, depth + 1) ||
               uses_deployment(file, node->ternary.otherwise, depth + 1);
    case SYNTAX_PAREN:
    case SYNTAX_NON_NULL:
    case SYNTAX_SPREAD: return uses_deployment(file, node->inner, depth + 1);
    case SYNTAX_ARRAY:
    case SYNTAX_OBJECT: return any_uses_deployment(file, node->list, depth + 1);
    case SYNTAX_PROPERTY: return uses_deployment(file, node->property.value, depth + 1);
    default: return false;
    }
}

static void check_export(Check *check, const Symbol *symbol)
{
    const Syntax *node = symbol->declaration,
                 *decorator = syntax_decorator(node->declaration.decorators, "export");
    if (decorator && uses_deployment(symbol->file, node->declaration.value, 0))
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
        decorator_check(check, symbol->file, node->declaration.decorators, NULL, NULL);
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
    case SYMBOL_MODULE: check_deployed(check, symbol); break;
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
        check_case(check, type ? &types : &functions, symbol->name,
                   name_place(symbol->declaration, symbol->declaration->declaration.name_token),
                   type ? "type" : "function");
    }
}

// Values of a parameters file against the parameters of the file that it is for.
static void check_assignments(Check *check, BoundFile *file)
{
    for (size_t i = 0; i < file->symbols.count; i++) {
        const Symbol *symbol = file->symbols.items[i];
        if (symbol->kind != SYMBOL_PARAM) continue;
        const Symbol *wanted = file->target ? bind_lookup(file->target, symbol->name) : NULL;
        const Syntax *value = symbol->declaration->declaration.value;
        InferPlace place = {.check = check, .file = file};
        const Shape *given = infer(&place, value);
        if (wanted && wanted->kind == SYMBOL_PARAM) {
            const Shape *shape = infer_parameter(check, wanted);
            if (wanted->declaration->declaration.value)
                shape = shape_union(check, shape, &shape_null);
            shape_assign(check, value, given, shape);
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
