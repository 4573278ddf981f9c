// compiler/arm/expression.c: the one place where syntax becomes ARM. `expression_tree` makes what
// stands inside "[…]", `expression_write` what stands in JSON; both look through what has no
// meaning of its own (expression_meaning).
#include "compiler/arm/expression.h"

#include "compiler/arm/convert.h"
#include "compiler/arm/external.h"
#include "compiler/arm/feature.h"
#include "compiler/arm/passed.h"
#include "compiler/arm/reference.h"
#include "compiler/arm/survey.h"
#include "compiler/evaluate/functions.h"

static Tree *text_tree(const Env *env, const char *text)
{
    return tree_text(env->emitter->arena, text_of(text));
}

// ---- names

// The variable of a lambda, loop or function of that name; NULL if there is none.
static const Local *find_local(const Env *env, Text name)
{
    for (const Local *at = env->locals; at; at = at->outer) {
        if (text_equal(at->name, name)) return at;
    }
    return NULL;
}

// The file's symbol that a name stands for; NULL for locals and built-in names.
Symbol *convert_file_symbol(const Env *env, const Syntax *node)
{
    if (node->kind != SYNTAX_NAME || find_local(env, node->name)) return NULL;
    return bind_lookup_within(env->unit->file, env->within, node->name);
}

static Symbol *origin_of(Symbol *symbol)
{
    return symbol->origin ? symbol->origin : symbol;
}

const Symbol *expression_symbol(const Env *env, const Syntax *node)
{
    if (node->kind == SYNTAX_NAME) return convert_file_symbol(env, node);
    if (node->kind != SYNTAX_ACCESS || node->access.nested) return NULL;
    Symbol *space = convert_file_symbol(env, node->access.base);
    if (!space || space->kind != SYMBOL_NAMESPACE) return NULL;
    return bind_exported(space->target_file, node->access.name);
}

Text expression_name_of(const Env *env, const Symbol *symbol)
{
    const Symbol *origin = symbol->origin ? symbol->origin : symbol;
    if (origin->file == env->emitter->unit->file) return origin->name;
    return emitter_unit(env->emitter, origin->file)->names[origin->index];
}

bool convert_is_built_in(const Env *env, const Syntax *node)
{
    const Syntax *base = node->call.base;
    if (!base) {
        Symbol *symbol = bind_lookup(env->unit->file, node->call.name);
        return !symbol || symbol->kind != SYMBOL_FUNC;
    }
    if (base->kind != SYNTAX_NAME || find_local(env, base->name)) return false;
    return bind_built_in_space(env->unit->file, base->name).length > 0;
}

static bool is_any(const Env *env, const Syntax *node)
{
    return node->kind == SYNTAX_CALL && text_is(node->call.name, "any") &&
           node->call.arguments.count == 1 && convert_is_built_in(env, node);
}

Meaning expression_meaning(const Env *env, const Syntax *node)
{
    for (;;) {
        if (node->kind == SYNTAX_PAREN || node->kind == SYNTAX_NON_NULL) {
            node = node->inner;
        } else if (is_any(env, node)) {
            node = node->call.arguments.items[0];
        } else {
            Symbol *symbol = convert_file_symbol(env, node);
            bool pasted = symbol && symbol->kind == SYMBOL_VAR && !symbol->import &&
                          survey_inlined(env->unit, symbol);
            if (!pasted) return (Meaning){env, node};
            env = &env->unit->root;
            node = symbol->declaration->declaration.value;
        }
    }
}

// ---- accesses

typedef struct {
    bool safe, from_end, chained;
} Access;

static bool is_access(const Env *env, const Syntax *node)
{
    if (node->kind == SYNTAX_ACCESS) return !node->access.nested;
    if (node->kind == SYNTAX_INDEX) return true;
    const Local *local = node->kind == SYNTAX_NAME ? find_local(env, node->name) : NULL;
    if (local) return local->written;
    if (node->kind == SYNTAX_NON_NULL) return is_access(env, node->inner);
    if (is_any(env, node)) return is_access(env, node->call.arguments.items[0]);
    return false;
}

static Tree *access_tree(Emitter *emitter, Tree *base, Tree *at, Access access)
{
    Arena *arena = emitter->arena;
    if (access.safe)
        return tree_call2(arena, access.from_end ? "tryIndexFromEnd" : "tryGet", base, at);
    if (access.chained && base->kind == TREE_CALL && tree_is_try(base)) {
        if (access.from_end) {
            Tree *object = tree_call2(arena, "createObject", tree_text(arena, TEXT("value")), at);
            tree_add(arena, object, tree_text(arena, TEXT("fromEnd")));
            tree_add(arena, object, tree_call(arena, "true"));
            at = object;
        }
        return tree_with_argument(arena, base, at);
    }
    if (access.from_end) return tree_call2(arena, "indexFromEnd", base, at);
    return tree_property(arena, base, at);
}

static Tree *symbol_property(const Env *env, const Syntax *node, const Syntax *base, Text name,
                             bool safe)
{
    Reference reference = reference_of(env, base);
    if (!reference.symbol) return NULL;
    bool module = reference.symbol->kind == SYMBOL_MODULE;
    if (module && reference_is_collection(reference)) return NULL;
    return reference_property(env, reference, node, name, safe);
}

static Tree *variable_tree(const Env *env, const Symbol *symbol)
{
    Arena *arena = env->emitter->arena;
    return tree_call1(arena, "variables", tree_text(arena, expression_name_of(env, symbol)));
}

// The module whose collection a lambda's variable runs over; NULL if there is none.
static Symbol *module_of_variable(const Env *env, const Syntax *node)
{
    const Local *local = node->kind == SYNTAX_NAME ? find_local(env, node->name) : NULL;
    return local ? local->module : NULL;
}

// alias.config of an extension: what it was given where the file is a module.
static Tree *extension_tree(const Env *env, const Syntax *node, const Symbol *extension)
{
    Arena *arena = env->emitter->arena;
    bool config = text_is(node->access.name, "config") &&
                  (env->emitter->features & FEATURE_EXTENSION_CONFIGS);
    if (!config) emitter_unsupported(env->emitter, node, "this property of an extension");
    return tree_property(arena, tree_call1(arena, "extensions", tree_text(arena, extension->name)),
                         tree_text(arena, node->access.name));
}

static Tree *convert_access(const Env *env, const Syntax *node)
{
    Emitter *emitter = env->emitter;
    const Syntax *base = node->access.base;
    Text name = node->access.name;
    if (node->access.nested) {
        return reference_whole(emitter, reference_of(env, node));
    }
    const Symbol *exported = expression_symbol(env, node),
                 *extension = expression_symbol(env, base);
    if (exported) return variable_tree(env, exported);
    if (extension && extension->kind == SYMBOL_EXTENSION)
        return extension_tree(env, node, extension);
    Text index_name;
    if (base->kind == SYNTAX_INDEX && reference_symbol(env, base->index.base) &&
        syntax_plain_string(base->index.at, &index_name)) {
        emitter_unsupported(emitter, base, "a resource's property in brackets before a dot");
        return text_tree(env, "");
    }
    if (base->kind == SYNTAX_ACCESS && text_is(base->access.name, "outputs") &&
        !base->access.nested) {
        if (module_of_variable(env, base->access.base)) return reference_item_output(env, node);
        Reference module = reference_of(env, base->access.base);
        if (module.symbol && module.symbol->kind == SYMBOL_MODULE) {
            return reference_output(env, module, node);
        }
    }
    Passed passed = passed_of(env, base);
    if (passed.id) return passed_property(env, passed, node, name, node->access.safe);
    Tree *special = symbol_property(env, node, base, name, node->access.safe);
    if (special) return special;
    Access access = {.safe = node->access.safe, .chained = is_access(env, base)};
    return access_tree(emitter, expression_tree(env, base), tree_text(emitter->arena, name),
                       access);
}

static Tree *convert_index(const Env *env, const Syntax *node)
{
    const Syntax *base = node->index.base;
    Reference reference = reference_of(env, node);
    if (reference.symbol) return reference_whole(env->emitter, reference);
    Text name;
    if (syntax_plain_string(node->index.at, &name) && !node->index.from_end) {
        Passed passed = passed_of(env, base);
        if (passed.id && !passed.output)
            return passed_property(env, passed, node, name, node->index.safe);
        Tree *special = symbol_property(env, node, base, name, node->index.safe);
        if (special) return special;
    }
    Access access = {node->index.safe, node->index.from_end, is_access(env, base)};
    Tree *at = expression_tree(env, node->index.at);
    return access_tree(env->emitter, expression_tree(env, base), at, access);
}

// ---- literals

static void add_braced(TextBuffer *out, Text text)
{
    for (size_t i = 0; i < text.length; i++) {
        char c = text.at[i];
        if (c == '{' || c == '}') buffer_char(out, c);
        buffer_char(out, c);
    }
}

static Tree *convert_string(const Env *env, const Syntax *node)
{
    Arena *arena = env->emitter->arena;
    size_t count = node->string.expressions.count;
    if (count == 0) return tree_text(arena, node->string.segments[0]);
    TextBuffer format = {.arena = arena};
    Tree *tree = tree_call(arena, "format");
    tree_add(arena, tree, NULL);
    for (size_t i = 0; i < count; i++) {
        add_braced(&format, node->string.segments[i]);
        buffer_format(&format, "{%zu}", i);
        tree_add(arena, tree, expression_tree(env, node->string.expressions.items[i]));
    }
    add_braced(&format, node->string.segments[count]);
    tree->arguments.items[0] = tree_text(arena, buffer_done(&format));
    return tree;
}

// The value of an integer literal, also behind a minus; false if it is none. The lexer has checked
// its range.
bool convert_integer_value(const Syntax *node, int64_t *value)
{
    bool negative = node->kind == SYNTAX_UNARY && node->unary.op == OP_MINUS;
    const Syntax *digits = negative ? node->unary.operand : node;
    if (digits->kind != SYNTAX_INTEGER) return false;
    *value = (int64_t)(negative ? 0 - digits->integer : digits->integer);
    return true;
}

Tree *convert_key(const Env *env, const Syntax *property)
{
    const Syntax *key = property->property.key;
    bool taken_over = key->kind == SYNTAX_STRING && key->string.expressions.count == 1 &&
                      env->unit->file->artifact; // '${…}' around the key of a JSON template
    if (taken_over) return expression_tree(env, key->string.expressions.items[0]);
    if (key->kind == SYNTAX_STRING) return convert_string(env, key);
    return tree_text(env->emitter->arena, property->property.name);
}

bool convert_has_spread(const Syntax *node)
{
    for (size_t i = 0; i < node->list.count; i++) {
        if (node->list.items[i]->kind == SYNTAX_SPREAD) return true;
    }
    return false;
}

// The items in calls of `make`, cut at the spreads and put together again by `join`.
static Tree *convert_items(const Env *env, const Syntax *node, const char *make, const char *join)
{
    Arena *arena = env->emitter->arena;
    Tree *chunk = NULL, *chunks = tree_call(arena, "createArray");
    for (size_t i = 0; i < node->list.count; i++) {
        const Syntax *item = node->list.items[i];
        if (item->kind == SYNTAX_SPREAD) {
            tree_add(arena, chunks, expression_tree(env, item->inner));
            chunk = NULL;
            continue;
        }
        if (!chunk) {
            chunk = tree_call(arena, make);
            tree_add(arena, chunks, chunk);
        }
        bool property = item->kind == SYNTAX_PROPERTY;
        if (property) tree_add(arena, chunk, convert_key(env, item));
        tree_add(arena, chunk, expression_tree(env, property ? item->property.value : item));
    }
    if (convert_has_spread(node)) return tree_call1(arena, join, chunks);
    return chunk ? chunk : tree_call(arena, make);
}

static Tree *convert_object(const Env *env, const Syntax *node)
{
    return convert_items(env, node, "createObject", "shallowMerge");
}

static Tree *convert_array(const Env *env, const Syntax *node)
{
    return convert_items(env, node, "createArray", "flatten");
}

// ---- operators

Tree *convert_negated(Arena *arena, Tree *tree)
{
    return tree_call1(arena, "not", tree);
}

static Tree *lower_equals(Arena *arena, Tree *left, Tree *right)
{
    return tree_call2(arena, "equals", tree_call1(arena, "toLower", left),
                      tree_call1(arena, "toLower", right));
}

static Tree *convert_binary(const Env *env, const Syntax *node)
{
    static const char *const names[] = {
        [OP_MULTIPLY] = "mul",
        [OP_DIVIDE] = "div",
        [OP_MODULO] = "mod",
        [OP_ADD] = "add",
        [OP_SUBTRACT] = "sub",
        [OP_LESS] = "less",
        [OP_LESS_EQUAL] = "lessOrEquals",
        [OP_GREATER] = "greater",
        [OP_GREATER_EQUAL] = "greaterOrEquals",
        [OP_EQUALS] = "equals",
        [OP_AND] = "and",
        [OP_OR] = "or",
        [OP_COALESCE] = "coalesce",
    };
    Arena *arena = env->emitter->arena;
    Tree *left = expression_tree(env, node->binary.left);
    Tree *right = expression_tree(env, node->binary.right);
    switch (node->binary.op) {
    case OP_NOT_EQUALS: return convert_negated(arena, tree_call2(arena, "equals", left, right));
    case OP_EQUALS_INSENSITIVE: return lower_equals(arena, left, right);
    case OP_NOT_EQUALS_INSENSITIVE: return convert_negated(arena, lower_equals(arena, left, right));
    case OP_NONE:
    case OP_MINUS:
    case OP_NOT: return left;
    case OP_MULTIPLY:
    case OP_DIVIDE:
    case OP_MODULO:
    case OP_ADD:
    case OP_SUBTRACT:
    case OP_LESS:
    case OP_LESS_EQUAL:
    case OP_GREATER:
    case OP_GREATER_EQUAL:
    case OP_EQUALS:
    case OP_AND:
    case OP_OR:
    case OP_COALESCE: break;
    }
    return tree_call2(arena, names[node->binary.op], left, right);
}

static Tree *convert_unary(const Env *env, const Syntax *node)
{
    Arena *arena = env->emitter->arena;
    int64_t value;
    if (convert_integer_value(node, &value)) return tree_integer(env->emitter->arena, value);
    Tree *operand = expression_tree(env, node->unary.operand);
    if (node->unary.op == OP_NOT) return convert_negated(arena, operand);
    return tree_call2(arena, "sub", tree_int(arena, 0), operand);
}

static Tree *convert_ternary(const Env *env, const Syntax *node)
{
    Arena *arena = env->emitter->arena;
    Tree *tree = tree_call1(arena, "if", expression_tree(env, node->ternary.condition));
    tree_add(arena, tree, expression_tree(env, node->ternary.then));
    tree_add(arena, tree, expression_tree(env, node->ternary.otherwise));
    return tree;
}

// ---- names as values

static Tree *local_tree(const Env *env, const Local *local)
{
    Arena *arena = env->emitter->arena;
    switch (local->kind) {
    case LOCAL_LAMBDA: return tree_call1(arena, "lambdaVariables", tree_text(arena, local->name));
    case LOCAL_PARAMETER: return tree_call1(arena, "parameters", tree_text(arena, local->name));
    case LOCAL_INDEX: return local->index;
    case LOCAL_ITEM: break;
    }
    Tree *array = expression_tree(local->around, local->array);
    Access access = {.chained = local->written && is_access(local->around, local->array)};
    return access_tree(env->emitter, array, local->index, access);
}

static Tree *parameter_tree(const Env *env, const Syntax *node, const Symbol *symbol)
{
    Arena *arena = env->emitter->arena;
    Passed passed = passed_of(env, node);
    if (passed.id) return passed_whole(env->emitter, passed);
    return tree_call1(arena, "parameters", tree_text(arena, symbol->name));
}

static Tree *convert_name(const Env *env, const Syntax *node)
{
    Emitter *emitter = env->emitter;
    const Local *local = find_local(env, node->name);
    if (local) return local_tree(env, local);
    Symbol *symbol = convert_file_symbol(env, node);
    if (symbol) {
        switch (origin_of(symbol)->kind) {
        case SYMBOL_PARAM: return parameter_tree(env, node, symbol);
        case SYMBOL_VAR: return variable_tree(env, symbol);
        case SYMBOL_RESOURCE:
        case SYMBOL_MODULE: return reference_whole(emitter, reference_of(env, node));
        case SYMBOL_TYPE:
        case SYMBOL_FUNC:
        case SYMBOL_NAMESPACE:
        case SYMBOL_EXTENSION:
        case SYMBOL_ASSERT:
        case SYMBOL_TEST: break;
        }
    }
    emitter_unsupported(emitter, node, "this name");
    return text_tree(env, "");
}

// ---- expressions

static Tree *convert_null(const Env *env, const Syntax *node)
{
    (void)node;
    return tree_call(env->emitter->arena, "null");
}

static Tree *convert_bool(const Env *env, const Syntax *node)
{
    return tree_call(env->emitter->arena, node->boolean ? "true" : "false");
}

static Tree *convert_integer(const Env *env, const Syntax *node)
{
    int64_t value = 0;
    convert_integer_value(node, &value);
    return tree_integer(env->emitter->arena, value);
}

static Tree *convert_loop(const Env *env, const Syntax *node)
{
    diag_add(env->emitter->diags, DIAG_LOOP_PLACE, syntax_place(node));
    return text_tree(env, "");
}

// What is looked through by expression_meaning never gets here.
static Tree *(*const converters[SYNTAX_KIND_COUNT])(const Env *, const Syntax *) = {
    [SYNTAX_NULL] = convert_null,       [SYNTAX_BOOL] = convert_bool,
    [SYNTAX_INTEGER] = convert_integer, [SYNTAX_STRING] = convert_string,
    [SYNTAX_NAME] = convert_name,       [SYNTAX_ACCESS] = convert_access,
    [SYNTAX_INDEX] = convert_index,     [SYNTAX_CALL] = convert_call,
    [SYNTAX_UNARY] = convert_unary,     [SYNTAX_BINARY] = convert_binary,
    [SYNTAX_TERNARY] = convert_ternary, [SYNTAX_OBJECT] = convert_object,
    [SYNTAX_ARRAY] = convert_array,     [SYNTAX_LAMBDA] = convert_lambda,
    [SYNTAX_FOR] = convert_loop,
};

// Pasted variables may be nested deeper than any file.
bool convert_enter(Emitter *emitter, const Syntax *node)
{
    if (emitter->depth < EMITTER_DEPTH) {
        emitter->depth++;
        return true;
    }
    diag_add(emitter->diags, DIAG_PASTED_TOO_DEEP, syntax_place(node));
    return false;
}

Tree *expression_tree(const Env *env, const Syntax *node)
{
    Emitter *emitter = env->emitter;
    Meaning meaning = expression_meaning(env, node);
    if (!convert_enter(emitter, node)) return text_tree(env, "");
    Tree *(*converter)(const Env *, const Syntax *) = converters[meaning.node->kind];
    bool local = meaning.node->kind == SYNTAX_NAME && find_local(meaning.env, meaning.node->name);
    Tree *given = emitter->external && !local ? external_tree(meaning.env, meaning.node)
                                              : passed_pasted(env, node, meaning);
    if (given) {
        emitter->depth--;
        return given;
    }
    Tree *tree = converter ? converter(meaning.env, meaning.node) : text_tree(env, "");
    emitter->depth--;
    return tree;
}
