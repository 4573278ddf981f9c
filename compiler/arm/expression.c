// compiler/arm/expression.c: the one place where syntax becomes ARM. `expression_tree` makes what
// stands inside "[…]", `expression_write` what stands in JSON; both look through what has no
// meaning of its own (expression_meaning).
#include "compiler/arm/expression.h"

#include "compiler/arm/identity.h"
#include "compiler/arm/loading.h"
#include "compiler/arm/survey.h"
#include "compiler/arm/typejson.h"
#include "compiler/evaluate/functions.h"

#include <string.h>
#include <strings.h>

static Tree *text_tree(const Env *env, const char *text)
{
    return tree_text(env->emitter->arena, text_of(text));
}

// ---- names

static const Local *find_local(const Env *env, Text name)
{
    for (const Local *at = env->locals; at; at = at->outer) {
        if (text_equal(at->name, name)) return at;
    }
    return NULL;
}

// The file's symbol that a name stands for; NULL for locals and built-in names.
static Symbol *file_symbol(const Env *env, const Syntax *node)
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
    if (node->kind == SYNTAX_NAME) return file_symbol(env, node);
    if (node->kind != SYNTAX_ACCESS || node->access.nested) return NULL;
    Symbol *space = file_symbol(env, node->access.base);
    if (!space || space->kind != SYMBOL_NAMESPACE) return NULL;
    return bind_exported(space->target_file, node->access.name);
}

Text expression_name_of(const Env *env, const Symbol *symbol)
{
    const Symbol *origin = symbol->origin ? symbol->origin : symbol;
    if (origin->file == env->emitter->unit->file) return origin->name;
    return emitter_unit(env->emitter, origin->file)->names[origin->index];
}

static bool is_built_in_call(const Env *env, const Syntax *node)
{
    const Syntax *base = node->call.base;
    if (!base) {
        Symbol *symbol = bind_lookup(env->unit->file, node->call.name);
        return !symbol || symbol->kind != SYMBOL_FUNC;
    }
    if (base->kind != SYNTAX_NAME || find_local(env, base->name)) return false;
    return text_is(base->name, "sys") || text_is(base->name, "az");
}

static bool is_any(const Env *env, const Syntax *node)
{
    return node->kind == SYNTAX_CALL && text_is(node->call.name, "any") &&
           node->call.arguments.count == 1 && is_built_in_call(env, node);
}

Meaning expression_meaning(const Env *env, const Syntax *node)
{
    for (;;) {
        if (node->kind == SYNTAX_PAREN || node->kind == SYNTAX_NON_NULL) {
            node = node->inner;
        } else if (is_any(env, node)) {
            node = node->call.arguments.items[0];
        } else {
            Symbol *symbol = file_symbol(env, node);
            bool pasted = symbol && symbol->kind == SYMBOL_VAR && !symbol->import &&
                          survey_inlined(env->unit, symbol);
            if (!pasted) return (Meaning){env, node};
            env = &env->unit->root;
            node = symbol->declaration->declaration.value;
        }
    }
}

// ---- references

const Env *expression_env_at(Unit *unit, const Symbol *symbol, Tree *index)
{
    const Info *info = survey_info(unit, symbol);
    if (!info->loop || !index) return info->env;
    Arena *arena = unit->emitter->arena;
    Env *around = arena_new(arena, Env);
    *around = unit->root;
    around->within = symbol->kind == SYMBOL_RESOURCE ? symbol : NULL;
    return emitter_loop_env(around, info->loop,
                            info->item_in_name ? index : tree_call(arena, "copyIndex"),
                            info->index_in_name ? index : tree_call(arena, "copyIndex"));
}

static bool is_deployed(const Symbol *symbol)
{
    return symbol && (symbol->kind == SYMBOL_RESOURCE || symbol->kind == SYMBOL_MODULE);
}

static Symbol *plain_reference(const Env *env, const Syntax *node)
{
    if (node->kind == SYNTAX_NAME) {
        Symbol *symbol = file_symbol(env, node);
        return is_deployed(symbol) ? symbol : NULL;
    }
    if (node->kind == SYNTAX_ACCESS && node->access.nested) {
        Symbol *around = plain_reference(env, node->access.base);
        return around ? bind_nested(around, node->access.name) : NULL;
    }
    return NULL;
}

Reference expression_reference(const Env *env, const Syntax *node)
{
    Meaning meaning = expression_meaning(env, node);
    Unit *unit = meaning.env->unit;
    Symbol *symbol = plain_reference(meaning.env, meaning.node);
    if (symbol) return (Reference){symbol, expression_env_at(unit, symbol, NULL), NULL};
    if (meaning.node->kind != SYNTAX_INDEX) return (Reference){0};
    symbol = plain_reference(meaning.env, meaning.node->index.base);
    if (!symbol || !survey_info(unit, symbol)->loop) return (Reference){0};
    Tree *index = expression_tree(meaning.env, meaning.node->index.at);
    return (Reference){symbol, expression_env_at(unit, symbol, index), index};
}

Reference expression_as_written(Reference reference)
{
    if (!reference.index) return reference;
    Arena *arena = reference.env->emitter->arena;
    Env *env = arena_new(arena, Env);
    *env = *reference.env;
    const Local **link = &env->locals;
    while (*link) {
        Local *copy = arena_new(arena, Local);
        *copy = **link;
        copy->written = copy->kind == LOCAL_ITEM;
        *link = copy;
        link = &copy->outer;
    }
    reference.env = env;
    return reference;
}

Tree *expression_symbolic(Emitter *emitter, Reference reference)
{
    Arena *arena = emitter->arena;
    Text name = survey_info(reference.env->unit, reference.symbol)->symbolic;
    if (!reference.index) return tree_text(arena, name);
    Text format = text_format(arena, "%.*s[{0}]", TEXT_ARG(name));
    return tree_call2(arena, "format", tree_text(arena, format), reference.index);
}

static bool is_whole_collection(Reference reference)
{
    return survey_info(reference.env->unit, reference.symbol)->loop && !reference.index;
}

// An existing resource that is left out of the template has nothing to be read.
static void check_readable(Emitter *emitter, Reference reference)
{
    const Syntax *node = reference.symbol->declaration;
    if (!survey_inlined(reference.env->unit, reference.symbol)) return;
    Token token = node->file->tokens.items[node->resource.name_token];
    Place place = {node->file->source, token.from, token.to};
    diag_add_with(emitter->diags, DIAG_NOT_READABLE, place, reference.symbol->name);
}

static Tree *resource_reference(Emitter *emitter, Reference reference, bool full)
{
    Arena *arena = emitter->arena;
    const Info *info = survey_info(reference.env->unit, reference.symbol);
    bool collection = is_whole_collection(reference);
    bool symbolic = emitter->symbolic || collection;
    check_readable(emitter, reference);
    Tree *target = symbolic ? expression_symbolic(emitter, reference) : identity_id(reference);
    Tree *tree = tree_call1(arena, collection ? "references" : "reference", target);
    if (!collection && (full || !emitter->symbolic)) {
        tree_add(arena, tree, tree_text(arena, info->version));
    }
    if (full) tree_add(arena, tree, tree_text(arena, TEXT("full")));
    return tree;
}

static Tree *module_reference(Emitter *emitter, Reference reference)
{
    Arena *arena = emitter->arena;
    bool collection = is_whole_collection(reference);
    bool symbolic = emitter->symbolic || collection;
    Tree *target = symbolic ? expression_symbolic(emitter, reference) : identity_id(reference);
    Tree *tree = tree_call1(arena, collection ? "references" : "reference", target);
    if (!symbolic) tree_add(arena, tree, tree_text(arena, TEXT("2025-04-01")));
    return tree;
}

// if(<the resource's condition>, tree, null()), for a safe access of a conditional one.
static Tree *guarded(Emitter *emitter, Reference reference, bool safe, Tree *tree)
{
    if (!safe) return tree;
    Arena *arena = emitter->arena;
    Tree *condition = NULL;
    const Symbol *around[32];
    size_t depth = 0;
    for (const Symbol *at = reference.symbol; at && depth < 32; at = at->parent)
        around[depth++] = at;
    while (depth-- > 0) {
        const Info *info = survey_info(reference.env->unit, around[depth]);
        if (!info->condition) continue;
        const Env *env = depth ? info->env : reference.env;
        Tree *own = expression_tree(env, info->condition);
        condition = condition ? tree_call2(arena, "and", condition, own) : own;
    }
    if (!condition) return tree;
    Tree *call = tree_call2(arena, "if", condition, tree);
    tree_add(arena, call, tree_call(arena, "null"));
    return call;
}

static Tree *resource_property(Emitter *emitter, Reference reference, Text name, bool safe)
{
    Arena *arena = emitter->arena;
    const Info *info = survey_info(reference.env->unit, reference.symbol);
    if (text_is(name, "id")) return guarded(emitter, reference, safe, identity_id(reference));
    if (text_is(name, "name") && info->name) {
        return guarded(emitter, reference, safe, expression_tree(reference.env, info->name));
    }
    if (text_is(name, "type")) return tree_text(arena, info->type);
    if (text_is(name, "apiVersion")) return tree_text(arena, info->version);
    if (text_is(name, "properties") && !safe) return resource_reference(emitter, reference, false);
    Tree *tree = guarded(emitter, reference, safe, resource_reference(emitter, reference, true));
    Tree *property = tree_text(arena, name);
    return safe ? tree_call2(arena, "tryGet", tree, property)
                : tree_property(arena, tree, property);
}

// ---- modules' outputs

static const Syntax *module_output(Reference reference, Text name)
{
    const BoundFile *file = reference.symbol->target_file;
    for (size_t i = 0; file && i < file->outputs.count; i++) {
        if (text_equal(file->outputs.items[i]->declaration.name, name))
            return file->outputs.items[i];
    }
    return NULL;
}

bool expression_output_is_secure(const Env *env, BoundFile *file, const Syntax *output)
{
    const Env *there = &emitter_unit(env->emitter, file)->root;
    return typejson_is_secure(there, output->declaration.type, output->declaration.decorators);
}

static Tree *module_outputs(Emitter *emitter, Reference reference, bool safe, bool secure)
{
    Arena *arena = emitter->arena;
    if (secure) {
        Tree *target =
            emitter->symbolic ? expression_symbolic(emitter, reference) : identity_id(reference);
        Tree *call = tree_call2(arena, "listOutputsWithSecureValues", target,
                                tree_text(arena, TEXT("2025-04-01")));
        return guarded(emitter, reference, safe, call);
    }
    Tree *tree = module_reference(emitter, reference);
    Tree *outputs = tree_text(arena, TEXT("outputs"));
    if (!safe) return tree_property(arena, tree, outputs);
    return tree_call2(arena, "tryGet", guarded(emitter, reference, safe, tree), outputs);
}

static Tree *module_property(const Env *env, Reference reference, const Syntax *node, Text name,
                             bool safe)
{
    Emitter *emitter = env->emitter;
    if (text_is(name, "name"))
        return guarded(emitter, reference, safe, identity_module_name(reference));
    if (text_is(name, "outputs")) return module_outputs(emitter, reference, safe, false);
    emitter_unsupported(emitter, node, "this property of a module");
    return text_tree(env, "");
}

static bool is_try(const Tree *tree)
{
    return tree->properties.count == 0 &&
           (tree_is_call(tree, "tryGet") || tree_is_call(tree, "tryIndexFromEnd"));
}

static Tree *with_argument(Arena *arena, const Tree *call, Tree *argument)
{
    Tree *tree = tree_call_text(arena, call->text);
    for (size_t i = 0; i < call->arguments.count; i++)
        tree_add(arena, tree, call->arguments.items[i]);
    tree_add(arena, tree, argument);
    return tree;
}

static void add_unknown_output(const Env *env, Reference module, const Syntax *node)
{
    const BoundFile *file = module.symbol->target_file;
    Diags *diags = env->emitter->diags;
    Arena *arena = env->emitter->arena;
    Token token = node->file->tokens.items[node->access.name_token];
    Text *choices = arena_array(arena, Text, file->outputs.count + 1);
    for (size_t i = 0; i < file->outputs.count; i++)
        choices[i] = file->outputs.items[i]->declaration.name;
    diag_add_with(diags, DIAG_MODULE_OUTPUT_UNKNOWN,
                  ((Place){node->file->source, token.from, token.to}), file->path,
                  node->access.name);
    Text nearest = diag_nearest(node->access.name, choices, file->outputs.count);
    if (nearest.length)
        diag_hint(diags, text_format(arena, "did you mean '%.*s'?", TEXT_ARG(nearest)));
}

// m.outputs.name: the value, below the output's object.
static Tree *module_output_value(const Env *env, Reference module, const Syntax *node)
{
    Emitter *emitter = env->emitter;
    Arena *arena = emitter->arena;
    const Syntax *outputs = node->access.base, *output = module_output(module, node->access.name);
    if (!output) {
        add_unknown_output(env, module, node);
        return text_tree(env, "");
    }
    bool secure = expression_output_is_secure(env, module.symbol->target_file, output);
    Tree *base = module_outputs(emitter, module, outputs->access.safe, secure);
    Tree *tail[] = {tree_text(arena, node->access.name), tree_text(arena, TEXT("value"))};
    size_t count = secure ? 1 : 2;
    bool conditional = tree_is_call(base, "if");
    for (size_t i = 0; i < count; i++) {
        if (node->access.safe) {
            base = tree_call2(arena, "tryGet", base, tail[i]);
        } else if (is_try(base)) {
            base = with_argument(arena, base, tail[i]);
        } else if (conditional) {
            base = tree_call2(arena, "tryGet", base, tail[i]);
        } else {
            base = tree_property(arena, base, tail[i]);
        }
    }
    return base;
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
    if (access.chained && base->kind == TREE_CALL && is_try(base)) {
        if (access.from_end) {
            Tree *object = tree_call2(arena, "createObject", tree_text(arena, TEXT("value")), at);
            tree_add(arena, object, tree_text(arena, TEXT("fromEnd")));
            tree_add(arena, object, tree_call(arena, "true"));
            at = object;
        }
        return with_argument(arena, base, at);
    }
    if (access.from_end) return tree_call2(arena, "indexFromEnd", base, at);
    return tree_property(arena, base, at);
}

static Tree *symbol_property(const Env *env, const Syntax *node, const Syntax *base, Text name,
                             bool safe)
{
    Reference reference = expression_reference(env, base);
    if (!reference.symbol) return NULL;
    if (reference.symbol->kind == SYMBOL_MODULE) {
        if (is_whole_collection(reference)) return NULL;
        return module_property(env, reference, node, name, safe);
    }
    return resource_property(env->emitter, reference, name, safe);
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

// m.outputs.name of such a variable.
static Tree *element_output(const Env *env, const Syntax *node)
{
    Arena *arena = env->emitter->arena;
    Tree *base = expression_tree(env, node->access.base);
    Tree *tail[] = {tree_text(arena, node->access.name), tree_text(arena, TEXT("value"))};
    for (size_t i = 0; i < 2; i++) {
        if (node->access.safe) {
            base = tree_call2(arena, "tryGet", base, tail[i]);
        } else if (is_try(base)) {
            base = with_argument(arena, base, tail[i]);
        } else {
            base = tree_property(arena, base, tail[i]);
        }
    }
    return base;
}

static Tree *convert_access(const Env *env, const Syntax *node)
{
    Emitter *emitter = env->emitter;
    const Syntax *base = node->access.base;
    Text name = node->access.name;
    if (node->access.nested) {
        return resource_reference(emitter, expression_reference(env, node), true);
    }
    const Symbol *exported = expression_symbol(env, node);
    if (exported) return variable_tree(env, exported);
    Text index_name;
    if (base->kind == SYNTAX_INDEX && plain_reference(env, base->index.base) &&
        syntax_plain_string(base->index.at, &index_name)) {
        emitter_unsupported(emitter, base, "a resource's property in brackets before a dot");
        return text_tree(env, "");
    }
    if (base->kind == SYNTAX_ACCESS && text_is(base->access.name, "outputs") &&
        !base->access.nested) {
        if (module_of_variable(env, base->access.base)) return element_output(env, node);
        Reference module = expression_reference(env, base->access.base);
        if (module.symbol && module.symbol->kind == SYMBOL_MODULE) {
            return module_output_value(env, module, node);
        }
    }
    Tree *special = symbol_property(env, node, base, name, node->access.safe);
    if (special) return special;
    Access access = {.safe = node->access.safe, .chained = is_access(env, base)};
    return access_tree(emitter, expression_tree(env, base), tree_text(emitter->arena, name),
                       access);
}

// In the classic form the official compiler forgets the index of c[i] as a value; so must we.
static Tree *whole_reference(Emitter *emitter, Reference reference)
{
    if (reference.symbol->kind == SYMBOL_MODULE) return module_reference(emitter, reference);
    if (reference.index) reference.env = survey_info(reference.env->unit, reference.symbol)->env;
    return resource_reference(emitter, reference, true);
}

static Tree *convert_index(const Env *env, const Syntax *node)
{
    const Syntax *base = node->index.base;
    Reference reference = expression_reference(env, node);
    if (reference.symbol) return whole_reference(env->emitter, reference);
    Text name;
    if (syntax_plain_string(node->index.at, &name) && !node->index.from_end) {
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
static bool integer_value(const Syntax *node, int64_t *value)
{
    bool negative = node->kind == SYNTAX_UNARY && node->unary.op == OP_MINUS;
    const Syntax *digits = negative ? node->unary.operand : node;
    if (digits->kind != SYNTAX_INTEGER) return false;
    *value = (int64_t)(negative ? 0 - digits->integer : digits->integer);
    return true;
}

static Tree *integer_tree(const Env *env, int64_t value)
{
    Arena *arena = env->emitter->arena;
    if (value <= INT32_MAX && value >= INT32_MIN) return tree_int(arena, value);
    return tree_call1(arena, "json",
                      tree_text(arena, text_format(arena, "%lld", (long long)value)));
}

static Tree *key_tree(const Env *env, const Syntax *property)
{
    const Syntax *key = property->property.key;
    bool taken_over = key->kind == SYNTAX_STRING && key->string.expressions.count == 1 &&
                      env->unit->file->artifact; // '${…}' around the key of a JSON template
    if (taken_over) return expression_tree(env, key->string.expressions.items[0]);
    if (key->kind == SYNTAX_STRING) return convert_string(env, key);
    return tree_text(env->emitter->arena, property->property.name);
}

static bool has_spread(const Syntax *node)
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
        if (property) tree_add(arena, chunk, key_tree(env, item));
        tree_add(arena, chunk, expression_tree(env, property ? item->property.value : item));
    }
    if (has_spread(node)) return tree_call1(arena, join, chunks);
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

static Tree *negated(Arena *arena, Tree *tree)
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
    case OP_NOT_EQUALS: return negated(arena, tree_call2(arena, "equals", left, right));
    case OP_EQUALS_INSENSITIVE: return lower_equals(arena, left, right);
    case OP_NOT_EQUALS_INSENSITIVE: return negated(arena, lower_equals(arena, left, right));
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
    if (integer_value(node, &value)) return integer_tree(env, value);
    Tree *operand = expression_tree(env, node->unary.operand);
    if (node->unary.op == OP_NOT) return negated(arena, operand);
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

// ---- calls

static void add_arguments(const Env *env, Tree *tree, SyntaxList arguments)
{
    for (size_t i = 0; i < arguments.count; i++) {
        tree_add(env->emitter->arena, tree, expression_tree(env, arguments.items[i]));
    }
}

static Place name_place(const Syntax *call)
{
    Token token = call->file->tokens.items[call->call.name_token];
    return (Place){call->file->source, token.from, token.to};
}

// Functions of parameters files.
static bool is_for_parameters(Text name)
{
    static const char *const names[] = {"externalInput", "getSecret", "readCliArg", "readEnvVar",
                                        "readEnvironmentVariable"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (text_is(name, names[i])) return true;
    }
    return false;
}

static void add_unknown_function(const Env *env, const Syntax *node)
{
    static const char *const names[] = {
#define FUNCTION(name, least, most, flags, call) #name,
#include "compiler/evaluate/functions.def"
#undef FUNCTION
    };
    enum { COUNT = sizeof names / sizeof *names };
    Text choices[COUNT];
    size_t count = 0;
    for (size_t i = 0; i < COUNT; i++) {
        Text name = text_of(names[i]);
        bool usable =
            !is_for_parameters(name) && !(function_find(name)->flags & FUNCTION_DECORATOR);
        if (usable) choices[count++] = name;
    }
    diag_add_with(env->emitter->diags, DIAG_UNKNOWN_FUNCTION, name_place(node), node->call.name);
    Text nearest = diag_nearest(node->call.name, choices, count);
    if (nearest.length == 0) return;
    diag_hint(env->emitter->diags,
              text_format(env->emitter->arena, "did you mean '%.*s'?", TEXT_ARG(nearest)));
}

static void check_count(const Env *env, const Syntax *node, int least, int most)
{
    Arena *arena = env->emitter->arena;
    int count = (int)node->call.arguments.count;
    if (count >= least && (most < 0 || count <= most)) return;
    Text wanted = most < 0       ? text_format(arena, "at least %d", least)
                  : least < most ? text_format(arena, "%d to %d", least, most)
                                 : text_format(arena, "%d", least);
    wanted = text_format(arena, "%.*s argument%s", TEXT_ARG(wanted),
                         most == 1 || (most < 0 && least == 1) ? "" : "s");
    diag_add_with(env->emitter->diags, DIAG_ARGUMENT_COUNT, name_place(node), node->call.name,
                  wanted, text_format(arena, "%d", count));
}

// A scope function with arguments is an empty object as a value.
static bool is_empty_scope(const Syntax *node)
{
    if (node->call.arguments.count == 0) return false;
    return text_is(node->call.name, "resourceGroup") || text_is(node->call.name, "subscription") ||
           text_is(node->call.name, "managementGroup");
}

static Tree *nameof_tree(const Env *env, const Syntax *node)
{
    const Syntax *argument = node->call.arguments.count ? node->call.arguments.items[0] : NULL;
    Text name = {0};
    if (argument && argument->kind == SYNTAX_NAME) name = argument->name;
    if (argument && argument->kind == SYNTAX_ACCESS) name = argument->access.name;
    if (argument && argument->kind == SYNTAX_INDEX) syntax_plain_string(argument->index.at, &name);
    if (name.length == 0) emitter_unsupported(env->emitter, node, "this nameof()");
    return tree_text(env->emitter->arena, name);
}

// Which of a lambda's parameters stands for the collection's elements.
static bool takes_element(Text function, size_t parameter)
{
    if (text_is(function, "reduce")) return parameter == 1;
    if (text_is(function, "sort")) return true;
    return parameter == 0;
}

static Tree *lambda_tree(const Env *env, const Syntax *node, Symbol *module, Text function)
{
    Arena *arena = env->emitter->arena;
    Tree *tree = tree_call(arena, "lambda");
    Env *inner = arena_new(arena, Env);
    *inner = *env;
    for (size_t i = 0; i < node->lambda.count; i++) {
        Text name = node->lambda.parameters[i].name;
        Local *local = arena_new(arena, Local);
        *local = (Local){.name = name, .kind = LOCAL_LAMBDA, .outer = inner->locals};
        if (module && takes_element(function, i)) local->module = module;
        inner->locals = local;
        tree_add(arena, tree, tree_text(arena, name));
    }
    tree_add(arena, tree, expression_tree(inner, node->lambda.body));
    return tree;
}

static Tree *convert_lambda(const Env *env, const Syntax *node)
{
    return lambda_tree(env, node, NULL, (Text){0});
}

// The module whose whole collection is the first argument; NULL if it is something else.
static Symbol *collection_argument(const Env *env, const Syntax *node)
{
    if (node->call.arguments.count < 2) return NULL;
    Reference reference = expression_reference(env, node->call.arguments.items[0]);
    bool module = reference.symbol && reference.symbol->kind == SYMBOL_MODULE;
    return module && is_whole_collection(reference) ? reference.symbol : NULL;
}

static Tree *convert_built_in(const Env *env, const Syntax *node)
{
    Arena *arena = env->emitter->arena;
    Text name = node->call.name;
    if (env->unit->file->artifact) { // any function of ARM's, taken over as it is
        Tree *taken = tree_call_text(arena, bind_original_name(arena, name));
        add_arguments(env, taken, node->call.arguments);
        return taken;
    }
    const FunctionRow *row = function_find(name);
    bool lists = !row && text_starts(name, "list") && name.length > 4;
    bool known = lists || (row && !(row->flags & FUNCTION_DECORATOR) && !is_for_parameters(name));
    if (!known) {
        add_unknown_function(env, node);
    } else {
        check_count(env, node, lists ? 2 : row->least, lists ? 3 : row->most);
    }
    if (text_is(name, "nameof")) return nameof_tree(env, node);
    if (is_empty_scope(node)) return tree_call(arena, "createObject");
    if (loading_is_load(name)) return loading_tree(env, node);
    Tree *tree = tree_call_text(arena, name);
    Symbol *module = collection_argument(env, node);
    for (size_t i = 0; i < node->call.arguments.count; i++) {
        const Syntax *argument = syntax_bare(node->call.arguments.items[i]);
        bool elements = module && argument->kind == SYNTAX_LAMBDA;
        tree_add(arena, tree,
                 elements ? lambda_tree(env, argument, module, name)
                          : expression_tree(env, argument));
    }
    return tree;
}

static Tree *user_call(const Env *env, const Syntax *node, const Symbol *symbol)
{
    Arena *arena = env->emitter->arena;
    Text name = expression_name_of(env, symbol);
    bool qualified = memchr(name.at, '.', name.length) != NULL;
    Tree *tree = tree_call_text(
        arena, qualified ? name : text_format(arena, "__bicep.%.*s", TEXT_ARG(name)));
    const Syntax *declared = symbol->declaration->declaration.value;
    if (declared && declared->kind == SYNTAX_LAMBDA) {
        int most = (int)declared->lambda.count, least = most;
        while (least > 0) {
            const Syntax *type = declared->lambda.parameters[least - 1].type;
            if (!type || type->kind != SYNTAX_TYPE_NULLABLE) break;
            least--;
        }
        check_count(env, node, least, most);
    }
    add_arguments(env, tree, node->call.arguments);
    return tree;
}

static Tree *list_call(const Env *env, const Syntax *node, Reference reference)
{
    Emitter *emitter = env->emitter;
    Arena *arena = emitter->arena;
    Tree *tree = tree_call_text(arena, node->call.name);
    tree_add(arena, tree,
             emitter->symbolic ? expression_symbolic(emitter, reference) : identity_id(reference));
    if (node->call.arguments.count == 0) {
        Text version = survey_info(reference.env->unit, reference.symbol)->version;
        tree_add(arena, tree, tree_text(arena, version));
    }
    add_arguments(env, tree, node->call.arguments);
    return tree;
}

static Tree *this_call(const Env *env, const Syntax *node)
{
    Arena *arena = env->emitter->arena;
    Tree *target = tree_call1(arena, "target", text_tree(env, "full"));
    if (text_is(node->call.name, "existingResource")) return target;
    if (text_is(node->call.name, "exists"))
        return negated(arena, tree_call1(arena, "empty", target));
    emitter_unsupported(env->emitter, node, "this function of `this`");
    return text_tree(env, "");
}

static Tree *convert_call(const Env *env, const Syntax *node)
{
    if (is_built_in_call(env, node)) return convert_built_in(env, node);
    const Syntax *base = node->call.base;
    if (!base) return user_call(env, node, bind_lookup(env->unit->file, node->call.name));
    Symbol *space = file_symbol(env, base);
    if (space && space->kind == SYMBOL_NAMESPACE) {
        return user_call(env, node, bind_exported(space->target_file, node->call.name));
    }
    if (base->kind == SYNTAX_NAME && text_is(base->name, "this") && !space)
        return this_call(env, node);
    Reference reference = expression_reference(env, base);
    bool lists = node->call.name.length > 4 && strncasecmp(node->call.name.at, "list", 4) == 0;
    if (reference.symbol && reference.symbol->kind == SYMBOL_RESOURCE && lists) {
        return list_call(env, node, reference);
    }
    emitter_unsupported(env->emitter, node, "this method");
    return text_tree(env, "");
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

static Tree *convert_name(const Env *env, const Syntax *node)
{
    Emitter *emitter = env->emitter;
    const Local *local = find_local(env, node->name);
    if (local) return local_tree(env, local);
    Symbol *symbol = file_symbol(env, node);
    if (symbol) {
        switch (origin_of(symbol)->kind) {
        case SYMBOL_PARAM:
            return tree_call1(emitter->arena, "parameters",
                              tree_text(emitter->arena, symbol->name));
        case SYMBOL_VAR: return variable_tree(env, symbol);
        case SYMBOL_RESOURCE:
        case SYMBOL_MODULE: return whole_reference(emitter, expression_reference(env, node));
        case SYMBOL_TYPE:
        case SYMBOL_FUNC:
        case SYMBOL_NAMESPACE:
        case SYMBOL_EXTENSION:
        case SYMBOL_ASSERT: break;
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
    integer_value(node, &value);
    return integer_tree(env, value);
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
static bool enter(Emitter *emitter, const Syntax *node)
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
    if (!enter(emitter, node)) return text_tree(env, "");
    Tree *(*converter)(const Env *, const Syntax *) = converters[meaning.node->kind];
    Tree *tree = converter ? converter(meaning.env, meaning.node) : text_tree(env, "");
    emitter->depth--;
    return tree;
}

// ---- values

void expression_write_tree(Emitter *emitter, Tree *tree)
{
    if (tree->kind == TREE_INT) {
        json_int(emitter->json, tree->integer);
    } else {
        json_text(emitter->json, tree_print(emitter->arena, tree));
    }
}

void expression_write_copy(const Env *env, Text name, const Syntax *loop, Tree *index,
                           int64_t batch, bool with_input)
{
    Emitter *emitter = env->emitter;
    Arena *arena = emitter->arena;
    JsonWriter *json = emitter->json;
    json_begin_object(json);
    if (name.length) {
        json_key(json, TEXT("name"));
        json_text(json, tree_escape(arena, name));
    }
    json_key(json, TEXT("count"));
    expression_write_tree(emitter,
                          tree_call1(arena, "length", expression_tree(env, loop->loop.array)));
    if (batch) {
        json_key(json, TEXT("mode"));
        json_text(json, TEXT("serial"));
        json_key(json, TEXT("batchSize"));
        json_int(json, batch);
    }
    if (with_input) {
        Meaning body =
            expression_meaning(emitter_loop_env(env, loop, index, index), loop->loop.body);
        Text plain;
        json_key(json, TEXT("input"));
        bool object = body.node->kind == SYNTAX_OBJECT && !has_spread(body.node);
        if (object || syntax_plain_string(body.node, &plain)) {
            expression_write(body.env, body.node);
        } else {
            Tree *tree = tree_as_call(arena, expression_tree(body.env, body.node));
            json_text(json, tree_print(arena, tree));
        }
    }
    json_end_object(json);
}

static bool is_skipped(Text name, const char *const *skipped)
{
    for (; skipped && *skipped; skipped++) {
        if (text_is(name, *skipped)) return true;
    }
    return false;
}

static Tree *copy_index(const Env *env, Text name)
{
    Arena *arena = env->emitter->arena;
    return tree_call1(arena, "copyIndex", tree_text(arena, name));
}

static void write_loops(const Env *env, const Syntax *object, const char *const *skipped)
{
    JsonWriter *json = env->emitter->json;
    bool begun = false;
    for (size_t i = 0; i < object->list.count; i++) {
        const Syntax *item = object->list.items[i];
        if (item->kind != SYNTAX_PROPERTY || item->property.value->kind != SYNTAX_FOR) continue;
        if (is_skipped(item->property.name, skipped)) continue;
        if (item->property.name.length == 0 ||
            skipped) { // a computed key, or a resource's own property
            diag_add(env->emitter->diags, DIAG_LOOP_PLACE, syntax_place(item->property.value));
            continue;
        }
        if (!begun) {
            json_key(json, TEXT("copy"));
            json_begin_array(json);
            begun = true;
        }
        expression_write_copy(env, item->property.name, item->property.value,
                              copy_index(env, item->property.name), 0, true);
    }
    if (begun) json_end_array(json);
}

static bool is_copy(Text key)
{
    return key.length == 4 && strncasecmp(key.at, "copy", 4) == 0;
}

static Text printed_key(const Env *env, const Syntax *property)
{
    Arena *arena = env->emitter->arena;
    Tree *key = key_tree(env, property);
    return key->kind == TREE_TEXT ? tree_key(arena, key->text) : tree_print(arena, key);
}

// True if a later property of the object has the same computed key: it then wins.
static bool is_repeated(const Env *env, const Syntax *object, size_t index, Text key)
{
    for (size_t i = index + 1; i < object->list.count; i++) {
        const Syntax *item = object->list.items[i];
        bool computed = item->kind == SYNTAX_PROPERTY && item->property.name.length == 0 &&
                        item->property.key->kind == SYNTAX_STRING;
        if (computed && text_equal(printed_key(env, item), key)) return true;
    }
    return false;
}

void expression_write_members(const Env *env, const Syntax *object, const char *const *skipped)
{
    write_loops(env, object, skipped);
    for (size_t i = 0; i < object->list.count; i++) {
        const Syntax *item = object->list.items[i];
        if (item->kind != SYNTAX_PROPERTY || item->property.value->kind == SYNTAX_FOR) continue;
        if (is_skipped(item->property.name, skipped)) continue;
        Text key = item->property.name;
        bool computed =
            key.length == 0 || item->property.key->kind == SYNTAX_STRING || is_copy(key);
        if (computed) key = printed_key(env, item);
        if (item->property.name.length == 0 && is_repeated(env, object, i, key)) continue;
        json_key(env->emitter->json, key);
        expression_write(env, item->property.value);
    }
}

static void write_array(const Env *env, const Syntax *node)
{
    JsonWriter *json = env->emitter->json;
    json_begin_array(json);
    for (size_t i = 0; i < node->list.count; i++) expression_write(env, node->list.items[i]);
    json_end_array(json);
}

static void write_meaning(Meaning meaning)
{
    const Env *env = meaning.env;
    const Syntax *node = meaning.node;
    Emitter *emitter = env->emitter;
    JsonWriter *json = emitter->json;
    int64_t value;
    if (node->kind == SYNTAX_BOOL) {
        json_bool(json, node->boolean);
    } else if (node->kind == SYNTAX_NULL) {
        json_null(json);
    } else if ((node->kind == SYNTAX_INTEGER || node->kind == SYNTAX_UNARY) &&
               integer_value(node, &value)) {
        json_int(json, value);
    } else if (node->kind == SYNTAX_OBJECT && !has_spread(node)) {
        json_begin_object(json);
        expression_write_members(env, node, NULL);
        json_end_object(json);
    } else if (node->kind == SYNTAX_ARRAY && !has_spread(node)) {
        write_array(env, node);
    } else if (node->kind == SYNTAX_CALL && is_built_in_call(env, node) && is_empty_scope(node)) {
        json_begin_object(json);
        json_end_object(json);
    } else if (node->kind == SYNTAX_CALL && is_built_in_call(env, node) &&
               loading_is_load(node->call.name)) {
        loading_write(env, node);
    } else {
        expression_write_tree(emitter, expression_tree(env, node));
    }
}

void expression_write(const Env *env, const Syntax *node)
{
    Emitter *emitter = env->emitter;
    if (!enter(emitter, node)) {
        json_null(emitter->json);
        return;
    }
    write_meaning(expression_meaning(env, node));
    emitter->depth--;
}
