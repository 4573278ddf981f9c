// compiler/check/place.c: one walk over all syntax of the file; it carries what is around a node.
#include "compiler/check/place.h"

#include "compiler/check/decorator.h"
#include "compiler/check/scope.h"

// A lambda around what is walked.
typedef struct Lambda Lambda;
struct Lambda {
    const Syntax *node;
    const Lambda *outer;
};

typedef struct {
    bool argument; // directly an argument of a call
    bool loop;     // a loop may stand here
    bool body;     // within the body of a resource or module
    bool property; // a loop here would be one of a property
    bool repeated; // within such a loop
    bool default_of_parameter;
    bool secret; // directly a secure parameter of a module
    const Lambda *lambdas;
} Around;

typedef struct {
    Check *check;
    BoundFile *file;
    const Symbol *within;
} Walk;

static void walk(Walk *state, const Syntax *node, Around around);

static void misplaced(Walk *state, const Syntax *node, const char *what, const char *where)
{
    diag_add_with(state->check->diags, DIAG_MISPLACED, syntax_place(node), text_of(what),
                  text_of(where));
}

// ---- expressions

static void walk_list(Walk *state, SyntaxList list, Around around)
{
    for (size_t i = 0; i < list.count; i++) walk(state, list.items[i], around);
}

static bool is_lambda_variable(const Lambda *lambda, Text name)
{
    for (; lambda; lambda = lambda->outer) {
        for (size_t i = 0; i < lambda->node->lambda.count; i++) {
            if (text_equal(lambda->node->lambda.parameters[i].name, name)) return true;
        }
    }
    return false;
}

// Whether `node` needs a variable of the lambdas in `state`.
static bool needs_lambda(const Syntax *node, void *state)
{
    if (node->kind == SYNTAX_NAME) return is_lambda_variable(state, node->name);
    return syntax_any(node, needs_lambda, state);
}

static bool is_deployed(const Symbol *symbol)
{
    return symbol && (symbol->kind == SYMBOL_RESOURCE || symbol->kind == SYMBOL_MODULE);
}

static const Symbol *deployed_of(const Walk *state, const Syntax *node)
{
    return scope_named(state->file, state->within, node);
}

static void walk_index(Walk *state, const Syntax *node, Around around)
{
    const Symbol *symbol = deployed_of(state, node->index.base);
    bool collection = symbol && symbol->declaration->resource.value->kind == SYNTAX_FOR;
    if (collection && node->index.safe)
        misplaced(state, node, "[?…]", "resources and modules have no safe items");
    if (symbol && around.lambdas &&
        needs_lambda(node->index.at, (void *)(uintptr_t)around.lambdas)) {
        misplaced(state, node->index.at, "a variable of a function of a value",
                  "which resource or module is meant must be known at the start");
    }
    walk(state, node->index.base, around);
    walk(state, node->index.at, around);
}

// reference(), list…() and what else Azure evaluates before all others.
static bool is_runtime(Walk *state, const Syntax *node)
{
    Text name = node->call.name;
    bool listed = text_starts(name, "list");
    if (node->call.base) return listed && deployed_of(state, syntax_bare(node->call.base));
    bool zone = text_starts(name, "toLogicalZone") || text_starts(name, "toPhysicalZone");
    return !bind_lookup(state->file, name) && (listed || zone || text_is(name, "reference"));
}

static bool is_vault(Walk *state, const Syntax *base)
{
    const Symbol *symbol = base->kind == SYNTAX_NAME
                               ? bind_lookup_within(state->file, state->within, base->name)
                               : NULL;
    if (!symbol || symbol->kind != SYMBOL_RESOURCE) return true; // not known here
    Text type = {0};
    if (!syntax_plain_string(symbol->declaration->resource.type, &type)) return true;
    return text_starts_alike(type, "Microsoft.KeyVault/vaults@");
}

static void walk_call(Walk *state, const Syntax *node, Around around)
{
    const Syntax *base = node->call.base;
    bool built_in = !base && !bind_lookup(state->file, node->call.name);
    bool input = text_is(node->call.name, "externalInput") ||
                 text_is(node->call.name, "readCliArg") || text_is(node->call.name, "readEnvVar");
    for (size_t i = 0; built_in && input && i < node->call.arguments.count; i++) {
        decorator_check_constant(state->check, node->call.arguments.items[i]);
    }
    bool fresh = text_is(node->call.name, "newGuid") || text_is(node->call.name, "utcNow");
    if (built_in && fresh && !around.default_of_parameter)
        misplaced(state, node, text_string(state->check->arena, node->call.name),
                  "only the default of a parameter may call it");
    bool runtime = is_runtime(state, node);
    if (runtime && around.default_of_parameter)
        misplaced(state, node, text_string(state->check->arena, node->call.name),
                  "the default of a parameter cannot call it");
    for (size_t i = 0; runtime && around.lambdas && i < node->call.arguments.count; i++) {
        if (needs_lambda(node->call.arguments.items[i], (void *)(uintptr_t)around.lambdas))
            misplaced(state, node, text_string(state->check->arena, node->call.name),
                      "it is called at the start, and a variable of a function of a value is not "
                      "known then");
    }
    if (base && text_is(node->call.name, "getSecret") && is_vault(state, base) && !around.secret)
        misplaced(state, node, "getSecret()",
                  "it can only be the value of a secure parameter of a module");
    if (base && text_is(node->call.name, "getSecret") && !is_vault(state, base))
        misplaced(state, node, "getSecret()", "only vaults have it");
    if (base) walk(state, base, (Around){.body = around.body, .lambdas = around.lambdas});
    around.loop = around.secret = false;
    around.argument = true;
    walk_list(state, node->call.arguments, around);
}

static void walk_loop(Walk *state, const Syntax *node, Around around)
{
    if (!around.loop)
        misplaced(state, node, "a loop",
                  "it can be the value of a variable, an output, a resource, a module, or of a "
                  "property of the last two");
    if (around.property && around.repeated)
        misplaced(state, node, "a loop", "loops of properties cannot stand within each other");
    Around inside = {.body = around.body,
                     .repeated = around.property || around.repeated,
                     .lambdas = around.lambdas};
    walk(state, node->loop.array, inside);
    walk(state, node->loop.body, inside);
}

static void walk(Walk *state, const Syntax *node, Around around)
{
    if (!node) return;
    Around inside = {.body = around.body,
                     .repeated = around.repeated,
                     .default_of_parameter = around.default_of_parameter,
                     .lambdas = around.lambdas};
    Lambda lambda = {node, around.lambdas};
    switch ((int)node->kind) { // nothing else has expressions in it
    case SYNTAX_STRING: walk_list(state, node->string.expressions, inside); break;
    case SYNTAX_ACCESS: walk(state, node->access.base, inside); break;
    case SYNTAX_INDEX: walk_index(state, node, inside); break;
    case SYNTAX_CALL: walk_call(state, node, around); break;
    case SYNTAX_UNARY: walk(state, node->unary.operand, inside); break;
    case SYNTAX_BINARY:
        walk(state, node->binary.left, inside);
        walk(state, node->binary.right, inside);
        break;
    case SYNTAX_TERNARY:
        inside.secret = around.secret;
        walk(state, node->ternary.condition,
             (Around){.body = around.body, .lambdas = around.lambdas});
        walk(state, node->ternary.then, inside);
        walk(state, node->ternary.otherwise, inside);
        break;
    case SYNTAX_PAREN:
        around.loop = false;
        walk(state, node->inner, around);
        break;
    case SYNTAX_NON_NULL:
    case SYNTAX_SPREAD: walk(state, node->inner, inside); break;
    case SYNTAX_ARRAY: walk_list(state, node->list, inside); break;
    case SYNTAX_OBJECT:
        inside.loop = inside.property = around.body;
        walk_list(state, node->list, inside);
        break;
    case SYNTAX_PROPERTY:
        around.argument = around.secret = false;
        if (node->property.key && node->property.key->kind == SYNTAX_STRING)
            walk(state, node->property.key,
                 (Around){.body = around.body, .lambdas = around.lambdas});
        walk(state, node->property.value, around);
        break;
    case SYNTAX_LAMBDA:
        if (!around.argument)
            misplaced(state, node, "a function of a value", "only a call may be given one");
        inside.lambdas = &lambda;
        walk(state, node->lambda.body, inside);
        break;
    case SYNTAX_FOR: walk_loop(state, node, around); break;
    case SYNTAX_IF:
        walk(state, node->condition.test, (Around){0});
        walk(state, node->condition.body, inside);
        break;
    default: break;
    }
}

// ---- resources

static size_t count_slashes(Text text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.length; i++) count += text.at[i] == '/';
    return count;
}

static void check_name(Walk *state, const Symbol *symbol, const Syntax *name, Text type)
{
    bool child = symbol->parent || syntax_property(syntax_body(symbol->declaration), "parent");
    size_t slashes = 0;
    for (size_t i = 0; i <= name->string.expressions.count; i++)
        slashes += count_slashes(name->string.segments[i]);
    if (child) {
        if (slashes) misplaced(state, name, "'/'", "the name of a child is only its last part");
        return;
    }
    size_t at = type.length;
    for (size_t i = 0; i < type.length; i++) {
        if (type.at[i] == '@') at = i;
    }
    size_t wanted = count_slashes(text_slice(type, 0, at));
    if (wanted == 0) return;
    wanted--;
    bool computed = name->string.expressions.count > 0;
    if (computed ? slashes <= wanted : slashes == wanted) return;
    diag_add_with(state->check->diags, DIAG_NAME_PARTS, syntax_place(name),
                  text_format(state->check->arena, "%zu", wanted + 1),
                  text_format(state->check->arena, "%zu", slashes + 1));
}

static void check_nested(Walk *state, const Symbol *symbol, Text type)
{
    const Syntax *node = symbol->declaration, *body = syntax_body(node);
    if (count_slashes(type))
        misplaced(state, node->resource.type, "'/'",
                  "the type of a nested resource is only its last part");
    if (symbol->parent->declaration->resource.value->kind == SYNTAX_FOR)
        misplaced(state, node->resource.type, "a nested resource",
                  "the resource around it is a loop");
    static const char *const given[] = {"parent", "scope"};
    for (size_t i = 0; i < 2; i++) {
        const Syntax *property = syntax_property(body, given[i]);
        if (property)
            misplaced(state, property, given[i], "a nested resource has it from the one around");
    }
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// Letters, digits, '-' and '.', a letter or digit first; `parts` counts those between the '/'.
static bool is_type(Text type, size_t *parts)
{
    *parts = 1;
    for (size_t i = 0; i < type.length; i++) {
        char c = type.at[i];
        bool first = i == 0 || type.at[i - 1] == '/';
        if (c == '/' && !first) {
            ++*parts;
        } else if (!is_word(c) && (first || (c != '-' && c != '.'))) {
            return false;
        }
    }
    return type.length > 0 && type.at[type.length - 1] != '/';
}

// A date, 2024-05-31, and what kind of version it is.
static bool is_version(Text version)
{
    static const char *const kinds[] = {"",      "-preview", "-alpha",
                                        "-beta", "-rc",      "-privatepreview"};
    static const char date[] = "0000-00-00";
    size_t length = sizeof date - 1;
    for (size_t i = 0; i < length; i++) {
        char c = i < version.length ? version.at[i] : ' ';
        if (date[i] == '-' ? c != '-' : c < '0' || c > '9') return false;
    }
    Text rest = text_slice(version, length, version.length);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (text_is_alike(rest, kinds[i])) return true;
    }
    return false;
}

// Provider/type[@version]; of a nested one only type[@version].
static bool is_resource_type(Text type, bool nested)
{
    size_t parts, whole = type.length;
    Text version = bind_cut_version(&type);
    if (!is_type(type, &parts) || (!nested && parts < 2)) return false;
    return type.length == whole || is_version(version);
}

static void check_type(Walk *state, const Symbol *symbol, Text type)
{
    if (!is_resource_type(type, symbol->parent != NULL))
        diag_add_with(state->check->diags, DIAG_RESOURCE_TYPE,
                      syntax_place(symbol->declaration->resource.type), type);
}

void place_check_resource_type(Check *check, const BoundFile *file, const Syntax *node)
{
    Text type = {0};
    bool azure = syntax_plain_string(node, &type) && bind_azure_type(file, &type);
    if (!azure || !is_resource_type(type, false) || bind_cut_version(&type).length == 0)
        diag_add_with(check->diags, DIAG_RESOURCE_TYPE, syntax_place(node), syntax_text(node));
}

// A parent is a resource or an item of a collection, as it is.
static void check_parent(Walk *state, const Syntax *value)
{
    const Syntax *base = value->kind == SYNTAX_INDEX ? value->index.base : value;
    const Symbol *symbol = deployed_of(state, base);
    if (!symbol || symbol->kind != SYMBOL_RESOURCE)
        misplaced(state, value, "this", "a parent is a resource, and no other expression");
}

static void check_resource(Walk *state, const Symbol *symbol)
{
    const Syntax *node = symbol->declaration, *body = syntax_body(node);
    const Symbol *extension;
    Text type = bind_resource_type(symbol, &extension);
    if (type.length == 0 || bind_is_foreign(symbol)) return;
    check_type(state, symbol, type);
    const Syntax *parent = body ? syntax_property(body, "parent") : NULL;
    if (parent && !symbol->parent) check_parent(state, parent->property.value);
    const Syntax *absent = syntax_decorator(node->resource.decorators, "nullIfNotFound");
    if (absent && !node->resource.existing)
        misplaced(state, absent, "@nullIfNotFound()", "only an existing resource may not be found");
    if (symbol->parent) check_nested(state, symbol, type);
    const Syntax *name = body ? syntax_property(body, "name") : NULL;
    if (name && name->property.value->kind == SYNTAX_STRING)
        check_name(state, symbol, name->property.value, type);
}

static bool is_secure(const Symbol *parameter)
{
    return parameter && syntax_decorator(parameter->declaration->declaration.decorators, "secure");
}

// Parameters of a module: getSecret() may stand where the parameter is secure.
static void walk_module(Walk *state, const Symbol *symbol, const Syntax *body)
{
    const Syntax *params = syntax_property(body, "params");
    const Syntax *object = params ? params->property.value : NULL;
    for (size_t i = 0; i < body->list.count; i++) {
        if (body->list.items[i]->kind == SYNTAX_SPREAD)
            misplaced(state, body->list.items[i], "'...'", "a module's properties are written out");
        if (body->list.items[i] == params && object->kind == SYNTAX_OBJECT) continue;
        walk(state, body->list.items[i], (Around){.body = true, .loop = true, .property = true});
    }
    for (size_t i = 0; object && object->kind == SYNTAX_OBJECT && i < object->list.count; i++) {
        const Syntax *item = object->list.items[i];
        if (item->kind != SYNTAX_PROPERTY) continue;
        const Symbol *parameter =
            symbol->target_file ? bind_lookup(symbol->target_file, item->property.name) : NULL;
        walk(state, item->property.value,
             (Around){.body = true,
                      .loop = true,
                      .property = true,
                      .secret = !parameter || is_secure(parameter)});
    }
}

static void walk_deployed(Walk *state, const Symbol *symbol)
{
    const Syntax *value = symbol->declaration->resource.value;
    state->within = symbol;
    if (symbol->kind == SYMBOL_RESOURCE) check_resource(state, symbol);
    if (value->kind == SYNTAX_FOR) {
        walk(state, value->loop.array, (Around){0});
        value = value->loop.body;
    }
    if (value->kind == SYNTAX_IF) {
        walk(state, value->condition.test, (Around){0});
        value = value->condition.body;
    }
    if (symbol->kind == SYMBOL_MODULE && value->kind == SYNTAX_OBJECT) {
        walk_module(state, symbol, value);
    } else {
        walk(state, value, (Around){.body = true, .loop = true});
    }
    state->within = NULL;
}

// ---- defaults of parameters

typedef struct {
    Walk *walk;
    const Lambda *lambdas;
} Default;

// Names that the default of a parameter may not use; never true.
static bool check_default(const Syntax *node, void *state)
{
    Default *at = state;
    if (node->kind == SYNTAX_LAMBDA) {
        Lambda lambda = {node, at->lambdas};
        Default inside = {at->walk, &lambda};
        return check_default(node->lambda.body, &inside);
    }
    if (node->kind != SYNTAX_NAME) return syntax_any(node, check_default, state);
    const Symbol *symbol = bind_lookup(at->walk->file, node->name);
    bool other = symbol && (symbol->kind == SYMBOL_VAR || is_deployed(symbol));
    if (other || is_lambda_variable(at->lambdas, node->name))
        misplaced(at->walk, node, text_string(at->walk->check->arena, node->name),
                  "the default of a parameter may only use other parameters");
    return false;
}

// ---- the file

static void walk_statement(Walk *state, const Syntax *node)
{
    const Syntax *value = node->declaration.value;
    switch ((int)node->kind) { // other statements have no value, or are symbols that come first
    case SYNTAX_PARAM:
        if (text_ends(state->file->path, ".bicepparam")) {
            walk(state, value, (Around){.loop = true});
            break;
        }
        walk(state, value, (Around){.default_of_parameter = true});
        if (value) check_default(value, &(Default){state, NULL});
        break;
    case SYNTAX_VAR:
    case SYNTAX_OUTPUT: walk(state, value, (Around){.loop = true}); break;
    case SYNTAX_FUNC:
        if (value && value->kind == SYNTAX_LAMBDA) walk(state, value->lambda.body, (Around){0});
        break;
    case SYNTAX_ASSERT: walk(state, value, (Around){0}); break;
    default: break;
    }
}

static void check_once(Walk *state)
{
    SyntaxList statements = state->file->syntax->statements;
    const Syntax *scope = NULL;
    Map metadata = {0};
    for (size_t i = 0; i < statements.count; i++) {
        const Syntax *node = statements.items[i];
        if (node->kind == SYNTAX_TARGET_SCOPE) {
            if (scope) misplaced(state, node, "targetScope", "it is given already");
            scope = node;
        }
        if (node->kind != SYNTAX_METADATA || node->declaration.name.length == 0) continue;
        if (node->declaration.name.at[0] == '_')
            misplaced(state, node, text_string(state->check->arena, node->declaration.name),
                      "metadata whose name begins with '_' is the compiler's own");
        decorator_check_plain(state->check, state->file, node->declaration.decorators);
        decorator_check_constant(state->check, node->declaration.value);
        if (map_has(&metadata, node->declaration.name))
            misplaced(state, node, text_string(state->check->arena, node->declaration.name),
                      "metadata of this name is given already");
        map_put(state->check->arena, &metadata, node->declaration.name, state->file);
    }
}

void place_check(Check *check, BoundFile *file)
{
    Walk state = {.check = check, .file = file};
    check_once(&state);
    for (size_t i = 0; i < file->syntax->statements.count; i++) {
        const Syntax *node = file->syntax->statements.items[i];
        if (node->kind != SYNTAX_RESOURCE && node->kind != SYNTAX_MODULE)
            walk_statement(&state, node);
    }
    for (size_t i = 0; i < file->symbols.count; i++) {
        const Symbol *symbol = file->symbols.items[i];
        bool deployed = symbol->kind == SYMBOL_RESOURCE || symbol->kind == SYMBOL_MODULE;
        if (deployed) walk_deployed(&state, symbol);
    }
}
