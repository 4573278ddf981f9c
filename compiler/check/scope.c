// compiler/check/scope.c
#include "compiler/check/scope.h"

static const struct {
    const char *target, *function;
    unsigned scope;
} rows[] = {{"tenant", "tenant", AZURE_TENANT},
            {"managementGroup", "managementGroup", AZURE_MANAGEMENT_GROUP},
            {"subscription", "subscription", AZURE_SUBSCRIPTION},
            {"resourceGroup", "resourceGroup", AZURE_RESOURCE_GROUP}};

enum { ROWS = sizeof rows / sizeof *rows };

static Text shown(Check *check, unsigned scopes)
{
    TextBuffer out = {.arena = check->arena};
    for (size_t i = 0; i < ROWS; i++) {
        if (!(scopes & rows[i].scope)) continue;
        if (out.count) buffer_string(&out, ", ");
        buffer_string(&out, rows[i].target);
    }
    if (scopes & AZURE_RESOURCE)
        buffer_string(&out, out.count ? ", another resource" : "another resource");
    return out.count ? buffer_done(&out) : TEXT("none that can be written");
}

Text scope_target(const BoundFile *file)
{
    Text name = TEXT("resourceGroup");
    if (file->target_scope && !syntax_plain_string(file->target_scope->declaration.value, &name))
        name.length = 0;
    return name;
}

static unsigned target_of(const BoundFile *file)
{
    Text name = scope_target(file);
    for (size_t i = 0; i < ROWS; i++) {
        if (text_is(name, rows[i].target)) return rows[i].scope;
    }
    return 0; // the emitter complains
}

// ---- calls

// What each scope function takes in a file for each target: resourceGroup() only in one for
// resource groups, and so on.
static bool may_call(unsigned scope, unsigned target, size_t count)
{
    if (scope == AZURE_TENANT) return true; // its count is the emitter's matter
    if (count == 0)
        return scope == target || (scope == AZURE_SUBSCRIPTION && target == AZURE_RESOURCE_GROUP);
    if (scope == AZURE_RESOURCE_GROUP && count == 1)
        return target == AZURE_SUBSCRIPTION || target == AZURE_RESOURCE_GROUP;
    return true;
}

// The scope that a call stands for; 0 if it is something else.
static unsigned scope_of_call(const BoundFile *file, const Syntax *node)
{
    if (node->kind != SYNTAX_CALL) return 0;
    const Syntax *base = node->call.base;
    bool az = base && base->kind == SYNTAX_NAME && bind_built_in_space(file, base->name).length;
    if ((base && !az) || (!base && bind_lookup(file, node->call.name))) return 0;
    for (size_t i = 0; i < ROWS; i++) {
        if (text_is(node->call.name, rows[i].function)) return rows[i].scope;
    }
    return 0;
}

const Syntax *scope_call(const BoundFile *file, const Syntax *node)
{
    if (node->kind != SYNTAX_NAME) return scope_of_call(file, node) ? node : NULL;
    const Symbol *symbol = bind_lookup(file, node->name);
    bool variable = symbol && symbol->kind == SYMBOL_VAR && !symbol->import &&
                    !symbol->declaration->declaration.type;
    const Syntax *value = variable ? symbol->declaration->declaration.value : NULL;
    return value && scope_of_call(file, value) ? value : NULL;
}

static void check_call(Check *check, const BoundFile *file, const Syntax *node, unsigned target)
{
    unsigned scope = scope_of_call(file, node);
    size_t count = node->call.arguments.count;
    if (!scope || !target || may_call(scope, target, count)) return;
    bool both = scope == AZURE_RESOURCE_GROUP && target != AZURE_SUBSCRIPTION;
    const char *wanted = scope != AZURE_RESOURCE_GROUP ? "1" : both ? "2" : "1 to 2";
    diag_add_with(check->diags, DIAG_SCOPE_FUNCTION, syntax_place(node), node->call.name,
                  text_of(wanted), shown(check, target), text_format(check->arena, "%zu", count));
}

static void walk(Check *check, const BoundFile *file, const Syntax *node, unsigned target);

static void walk_list(Check *check, const BoundFile *file, SyntaxList list, unsigned target)
{
    for (size_t i = 0; i < list.count; i++) walk(check, file, list.items[i], target);
}

static void walk(Check *check, const BoundFile *file, const Syntax *node, unsigned target)
{
    if (!node) return;
    switch ((int)node->kind) { // nothing else has calls in it
    case SYNTAX_STRING: walk_list(check, file, node->string.expressions, target); break;
    case SYNTAX_ACCESS: walk(check, file, node->access.base, target); break;
    case SYNTAX_INDEX:
        walk(check, file, node->index.base, target);
        walk(check, file, node->index.at, target);
        break;
    case SYNTAX_CALL:
        check_call(check, file, node, target);
        walk(check, file, node->call.base, target);
        walk_list(check, file, node->call.arguments, target);
        break;
    case SYNTAX_UNARY: walk(check, file, node->unary.operand, target); break;
    case SYNTAX_BINARY:
        walk(check, file, node->binary.left, target);
        walk(check, file, node->binary.right, target);
        break;
    case SYNTAX_TERNARY:
        walk(check, file, node->ternary.condition, target);
        walk(check, file, node->ternary.then, target);
        walk(check, file, node->ternary.otherwise, target);
        break;
    case SYNTAX_PAREN:
    case SYNTAX_NON_NULL:
    case SYNTAX_SPREAD: walk(check, file, node->inner, target); break;
    case SYNTAX_OBJECT:
    case SYNTAX_ARRAY: walk_list(check, file, node->list, target); break;
    case SYNTAX_PROPERTY: walk(check, file, node->property.value, target); break;
    case SYNTAX_LAMBDA: walk(check, file, node->lambda.body, target); break;
    case SYNTAX_FOR:
        walk(check, file, node->loop.array, target);
        walk(check, file, node->loop.body, target);
        break;
    case SYNTAX_IF:
        walk(check, file, node->condition.test, target);
        walk(check, file, node->condition.body, target);
        break;
    default: break;
    }
}

// ---- scopes

typedef struct {
    unsigned scope; // 0: not known here
    size_t given;   // arguments of its call: another one than the file's
} Scope;

static bool has_type(Check *check, const Symbol *resource, const char *type)
{
    AzureType found;
    return infer_azure_type(check, resource, &found) && text_is_alike(found.name, type);
}

static Scope scope_of(Check *check, const BoundFile *file, const Syntax *node)
{
    node = syntax_bare(node);
    unsigned scope = scope_of_call(file, node);
    if (scope) return (Scope){scope, node->call.arguments.count};
    if (node->kind == SYNTAX_INDEX) node = syntax_bare(node->index.base);
    const Symbol *symbol = node->kind == SYNTAX_NAME ? bind_lookup(file, node->name) : NULL;
    if (!symbol || symbol->kind != SYMBOL_RESOURCE || symbol->import) return (Scope){0};
    if (has_type(check, symbol, "Microsoft.Resources/resourceGroups"))
        return (Scope){AZURE_RESOURCE_GROUP, 1};
    if (has_type(check, symbol, "Microsoft.Management/managementGroups"))
        return (Scope){AZURE_MANAGEMENT_GROUP, 1};
    return (Scope){AZURE_RESOURCE, 0};
}

static void wrong_scope(Check *check, const Syntax *node, const Symbol *symbol, unsigned scope,
                        unsigned wanted)
{
    diag_add_with(check->diags, DIAG_SCOPE_WRONG, syntax_place(node), symbol->name,
                  shown(check, scope), shown(check, wanted));
}

static void check_module(Check *check, const Symbol *symbol, const Syntax *body, unsigned target)
{
    const Syntax *property = syntax_property(body, "scope");
    Scope scope = {target, 0};
    if (property) scope = scope_of(check, symbol->file, property->property.value);
    unsigned wanted = symbol->target_file ? target_of(symbol->target_file) : 0;
    if (!scope.scope || !wanted) return;
    const Syntax *at = property ? property->property.value : symbol->declaration->resource.type;
    if (scope.scope != wanted) {
        wrong_scope(check, at, symbol, scope.scope, wanted);
        return;
    }
    bool higher = target == AZURE_RESOURCE_GROUP || target == AZURE_SUBSCRIPTION;
    if (scope.scope == AZURE_MANAGEMENT_GROUP && higher)
        wrong_scope(check, at, symbol, scope.scope, AZURE_TENANT | target);
}

static void check_resource(Check *check, const Symbol *symbol, const Syntax *body, unsigned target)
{
    AzureType type;
    const BindResourceType *own = bind_extension_type_of(check->arena, symbol);
    if (own && !((own->readable | own->writable) & target))
        wrong_scope(check, symbol->declaration->resource.type, symbol, target,
                    own->readable | own->writable);
    if (symbol->parent || syntax_property(body, "parent")) return;
    if (!infer_azure_type(check, symbol, &type)) return;
    bool existing = symbol->declaration->resource.existing;
    const Syntax *property = syntax_property(body, "scope");
    Scope scope = {target, 0};
    if (property) scope = scope_of(check, symbol->file, property->property.value);
    if (!scope.scope) return;
    const Syntax *at = property ? property->property.value : symbol->declaration->resource.type;
    unsigned all = type.readable | type.writable;
    if (!(all & scope.scope)) {
        wrong_scope(check, at, symbol, scope.scope, all);
        return;
    }
    bool elsewhere = property && scope.scope != AZURE_TENANT && scope.scope != AZURE_RESOURCE &&
                     (scope.given || scope.scope != target);
    if (existing) return;
    if (elsewhere) {
        diag_add_with(check->diags, DIAG_SCOPE_WRONG, syntax_place(at), symbol->name,
                      TEXT("another scope than the file's"), shown(check, target));
    } else if (!(type.writable & scope.scope)) {
        wrong_scope(check, at, symbol, scope.scope, type.writable);
    }
}

// ---- parents

// What stands before the last '/' of the type.
static Text type_around(Text type)
{
    while (type.length && type.at[type.length - 1] != '/') type.length--;
    if (type.length) type.length--;
    return type;
}

const Symbol *scope_named(const BoundFile *file, const Symbol *within, const Syntax *node)
{
    if (node->kind == SYNTAX_NAME) {
        const Symbol *symbol = bind_lookup_within(file, within, node->name);
        bool deployed =
            symbol && (symbol->kind == SYMBOL_RESOURCE || symbol->kind == SYMBOL_MODULE);
        return deployed ? symbol : NULL;
    }
    if (node->kind != SYNTAX_ACCESS || !node->access.nested) return NULL;
    const Syntax *base = syntax_bare(node->access.base);
    if (base->kind == SYNTAX_INDEX) base = syntax_bare(base->index.base);
    const Symbol *around = scope_named(file, within, base);
    return around ? bind_nested(around, node->access.name) : NULL;
}

const Symbol *scope_parent(const Symbol *symbol, const Syntax **index)
{
    if (symbol->parent) return symbol->parent;
    const Syntax *property = syntax_property(syntax_body(symbol->declaration), "parent");
    const Syntax *node = property ? syntax_bare(property->property.value) : NULL;
    if (node && node->kind == SYNTAX_INDEX) {
        *index = node->index.at;
        node = syntax_bare(node->index.base);
    }
    const Symbol *parent = node ? scope_named(symbol->file, NULL, node) : NULL;
    return parent && parent->kind == SYMBOL_RESOURCE && !parent->import ? parent : NULL;
}

// Nothing can be deployed below what exists elsewhere.
static void check_ancestor(Check *check, const Symbol *symbol, unsigned target)
{
    enum { DEEPEST = 64 };
    const Symbol *first = symbol;
    int depth = 0;
    const Syntax *index;
    for (const Symbol *at = scope_parent(symbol, &index); at && depth < DEEPEST;
         at = scope_parent(at, &index)) {
        first = at;
        depth++;
    }
    const Syntax *property = syntax_property(syntax_body(first->declaration), "scope");
    if (first == symbol || symbol->declaration->resource.existing || !property ||
        !first->declaration->resource.existing)
        return;
    Scope scope = scope_of(check, first->file, property->property.value);
    if (!scope.scope || scope.scope == AZURE_TENANT || scope.scope == AZURE_RESOURCE) return;
    if (scope.given || scope.scope != target)
        diag_add_with(check->diags, DIAG_SCOPE_WRONG,
                      syntax_place(symbol->declaration->resource.type), symbol->name,
                      TEXT("another scope than the file's"), shown(check, target));
}

static void check_parent(Check *check, const Symbol *symbol, const Syntax *body)
{
    const Syntax *property = syntax_property(body, "parent"), *index;
    const Symbol *parent = property && !symbol->parent ? scope_parent(symbol, &index) : NULL;
    if (!parent) return;
    Text own = infer_type_name(check, symbol), around = infer_type_name(check, parent);
    Text wanted = type_around(own);
    if (own.length == 0 || around.length == 0) return;
    if (text_alike(wanted, around)) return;
    diag_add_with(check->diags, DIAG_TYPE_MISMATCH, syntax_place(property->property.value), wanted,
                  around);
}

// ---- properties of a resource's body

static bool is_one_of(Text name, const char *const *names)
{
    for (; *names; names++) {
        if (text_is(name, *names)) return true;
    }
    return false;
}

static void check_properties(Check *check, const Symbol *symbol, const Syntax *body)
{
    static const char *const always[] = {"name", "dependsOn", "parent", NULL};
    AzureType type = {0};
    bool known = infer_azure_type(check, symbol, &type),
         existing = symbol->declaration->resource.existing;
    if (bind_is_foreign(symbol)) return;
    if (known && azure_kind(type.shape) == AZURE_UNION) return;
    unsigned all = type.readable | type.writable;
    bool scoped = !known || existing || (all & (AZURE_RESOURCE | AZURE_TENANT));
    for (size_t i = 0; i < body->list.count; i++) {
        const Syntax *item = body->list.items[i];
        if (item->kind != SYNTAX_PROPERTY) continue;
        Text name = item->property.name;
        const Syntax *key = item->property.key;
        if (known && key->kind == SYNTAX_STRING && key->string.expressions.count)
            diag_add(check->diags, DIAG_NOT_CONSTANT, syntax_place(key));
        if (name.length == 0) continue;
        AzureKind kind;
        uint32_t inner;
        bool said = symbol->parent && (text_is(name, "scope") || text_is(name, "parent"));
        if (said || is_one_of(name, always) || (scoped && text_is(name, "scope"))) continue;
        bool there =
            (known && azure_property(type.shape, name, &inner)) || azure_common(name, &kind);
        if (there && !existing) continue;
        diag_add_with(check->diags, there ? DIAG_PROPERTY_OF_EXISTING : DIAG_PROPERTY_UNKNOWN,
                      syntax_place(item->property.key), name);
    }
}

void scope_check(Check *check, BoundFile *file)
{
    unsigned target = target_of(file);
    for (size_t i = 0; i < file->syntax->statements.count; i++) {
        const Syntax *node = file->syntax->statements.items[i];
        bool valued = node->kind == SYNTAX_PARAM || node->kind == SYNTAX_VAR ||
                      node->kind == SYNTAX_OUTPUT || node->kind == SYNTAX_FUNC ||
                      node->kind == SYNTAX_ASSERT;
        if (valued) walk(check, file, node->declaration.value, target);
    }
    for (size_t i = 0; i < file->symbols.count; i++) {
        const Symbol *symbol = file->symbols.items[i];
        if (symbol->kind != SYMBOL_RESOURCE && symbol->kind != SYMBOL_MODULE) continue;
        const Syntax *body = syntax_body(symbol->declaration);
        walk(check, file, symbol->declaration->resource.value, target);
        if (!body || !target) continue;
        if (symbol->kind == SYMBOL_MODULE) {
            check_module(check, symbol, body, target);
        } else {
            check_parent(check, symbol, body);
            check_ancestor(check, symbol, target);
            check_properties(check, symbol, body);
            check_resource(check, symbol, body, target);
        }
    }
}
