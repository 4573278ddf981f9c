// compiler/arm/expression.c: the one place where syntax becomes ARM. `expression_tree` makes what
// stands inside "[…]", `expression_write` what stands in JSON; both look through what has no
// meaning of its own (expression_meaning).
#include "compiler/arm/expression.h"

#include "compiler/arm/convert.h"
#include "compiler/arm/external.h"
#include "compiler/arm/feature.h"
#include "compiler/arm/identity.h"
#include "compiler/arm/loading.h"
#include "compiler/arm/survey.h"
#include "compiler/arm/typejson.h"
#include "compiler/evaluate/functions.h"

#include <assert.h>

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
    return bind_is_built_in_space(env->unit->file, base->name);
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
        Symbol *symbol = convert_file_symbol(env, node);
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

bool convert_is_collection(Reference reference)
{
    return survey_info(reference.env->unit, reference.symbol)->loop && !reference.index;
}

// An existing resource that is left out of the template has nothing to be read.
static void check_readable(Emitter *emitter, Reference reference)
{
    const Syntax *node = reference.symbol->declaration;
    if (!survey_inlined(reference.env->unit, reference.symbol)) return;
    Place place = syntax_token_place(node, node->resource.name_token);
    diag_add_with(emitter->diags, DIAG_NOT_READABLE, place, reference.symbol->name);
}

static Tree *resource_reference(Emitter *emitter, Reference reference, bool full)
{
    Arena *arena = emitter->arena;
    const Info *info = survey_info(reference.env->unit, reference.symbol);
    bool collection = convert_is_collection(reference);
    bool symbolic = emitter->symbolic || collection;
    check_readable(emitter, reference);
    Tree *target = symbolic ? expression_symbolic(emitter, reference) : identity_id(reference);
    Tree *tree = tree_call1(arena, collection ? "references" : "reference", target);
    if (info->foreign) return tree;
    if (!collection && (full || !emitter->symbolic)) {
        tree_add(arena, tree, tree_text(arena, info->version));
    }
    if (full) tree_add(arena, tree, tree_text(arena, TEXT("full")));
    return tree;
}

static Tree *module_reference(Emitter *emitter, Reference reference)
{
    Arena *arena = emitter->arena;
    bool collection = convert_is_collection(reference);
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

// resourceInfo(symbol).name gives the whole name, where a child's `name` is its last part.
static Tree *resource_info(Emitter *emitter, Reference reference, Text name, bool safe)
{
    Arena *arena = emitter->arena;
    const Info *info = survey_info(reference.env->unit, reference.symbol);
    Tree *call = tree_call1(arena, "resourceInfo", expression_symbolic(emitter, reference));
    Tree *part = tree_text(arena, name);
    if (text_is(name, "name") && (reference.symbol->parent || info->parent)) {
        Tree *parts = tree_call2(arena, "split", tree_property(arena, call, part),
                                 tree_text(arena, TEXT("/")));
        return guarded(emitter, reference, safe, tree_call1(arena, "last", parts));
    }
    call = guarded(emitter, reference, safe, call);
    return safe ? tree_call2(arena, "tryGet", call, part) : tree_property(arena, call, part);
}

static Tree *resource_property(Emitter *emitter, Reference reference, Text name, bool safe)
{
    Arena *arena = emitter->arena;
    const Info *info = survey_info(reference.env->unit, reference.symbol);
    if (info->foreign) {
        Tree *whole =
            guarded(emitter, reference, safe, resource_reference(emitter, reference, false));
        Tree *part = tree_text(arena, name);
        return safe ? tree_call2(arena, "tryGet", whole, part) : tree_property(arena, whole, part);
    }
    bool identity = text_is(name, "id") || text_is(name, "name") || text_is(name, "type") ||
                    text_is(name, "apiVersion");
    bool info_call = identity && (emitter->features & FEATURE_RESOURCE_INFO) &&
                     !survey_inlined(reference.env->unit, reference.symbol);
    if (info_call) return resource_info(emitter, reference, name, safe);
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

// True if reading the output of a module must not be logged.
static bool output_is_secure(const Env *env, BoundFile *file, const Syntax *output)
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
    Text *choices = arena_array(arena, Text, file->outputs.count + 1);
    for (size_t i = 0; i < file->outputs.count; i++)
        choices[i] = file->outputs.items[i]->declaration.name;
    diag_add_with(diags, DIAG_MODULE_OUTPUT_UNKNOWN,
                  syntax_token_place(node, node->access.name_token), file->path, node->access.name);
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
    bool secure = output_is_secure(env, module.symbol->target_file, output);
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
        if (convert_is_collection(reference)) return NULL;
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
        return resource_reference(emitter, expression_reference(env, node), true);
    }
    const Symbol *exported = expression_symbol(env, node),
                 *extension = expression_symbol(env, base);
    if (exported) return variable_tree(env, exported);
    if (extension && extension->kind == SYMBOL_EXTENSION)
        return extension_tree(env, node, extension);
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
    assert(reference.symbol);
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
bool convert_integer_value(const Syntax *node, int64_t *value)
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
    if (convert_integer_value(node, &value)) return integer_tree(env, value);
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

static Tree *convert_name(const Env *env, const Syntax *node)
{
    Emitter *emitter = env->emitter;
    const Local *local = find_local(env, node->name);
    if (local) return local_tree(env, local);
    Symbol *symbol = convert_file_symbol(env, node);
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
    Tree *given = emitter->external && !local ? external_tree(meaning.env, meaning.node) : NULL;
    if (given) {
        emitter->depth--;
        return given;
    }
    Tree *tree = converter ? converter(meaning.env, meaning.node) : text_tree(env, "");
    emitter->depth--;
    return tree;
}
