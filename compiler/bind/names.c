// compiler/bind/names.c: one walk over each declaration. It carries the names that lambdas, loops,
// functions and resource bodies add (innermost first), and notes which declaration mentions which:
// cycles are found in these edges at the end.
#include "compiler/bind/names.h"

typedef struct Local Local;
struct Local {
    Text name;              // of a variable
    const Symbol *resource; // or: the resource whose nested ones are visible here
    const Local *outer;
};

typedef struct {
    Arena *arena;
    Diags *diags;
    BoundFile *file;
    SymbolList *mentions; // by index of the mentioning symbol
    Symbol *current;      // whose declaration is walked; NULL for outputs and metadata
    bool in_function;
} Walk;

static void check_value(Walk *walk, const Local *locals, const Syntax *node);
static void check_type(Walk *walk, const Local *locals, const Syntax *node);

// ---- looking up

static Symbol *child_of(const Symbol *resource, Text name)
{
    for (size_t i = 0; i < resource->children.count; i++) {
        if (text_equal(resource->children.items[i]->name, name)) return resource->children.items[i];
    }
    return NULL;
}

static Symbol *file_symbol(const Walk *walk, Text name)
{
    Symbol *symbol = bind_lookup(walk->file, name);
    if (symbol) symbol->used = true;
    return symbol;
}

// The symbol of that name, or NULL; `*local` is set if it is a variable of a lambda or loop.
static Symbol *look_up(const Walk *walk, const Local *locals, Text name, bool *local)
{
    *local = false;
    for (const Local *at = locals; at; at = at->outer) {
        if (at->resource) {
            Symbol *child = child_of(at->resource, name);
            if (child) return child;
        } else if (text_equal(at->name, name)) {
            *local = true;
            return NULL;
        }
    }
    return file_symbol(walk, name);
}

static void mention(Walk *walk, Symbol *symbol)
{
    if (!walk->current || symbol->import || symbol->file != walk->file) return;
    list_add(walk->arena, &walk->mentions[walk->current->index], symbol);
}

static bool is_builtin_namespace(const BoundFile *file, Text name)
{
    if (text_is(name, "base")) return file->base != NULL;
    return text_is(name, "sys") || text_is(name, "az") || text_is(name, "this");
}

// ---- messages

typedef struct {
    Text *items;
    size_t count, room;
} TextList;

static void add_unknown(Walk *walk, const Local *locals, DiagCode code, Place place, Text name)
{
    static const char *builtin[] = {"string", "int", "bool", "object", "array"};
    TextList choices = {0};
    bool types = code == DIAG_UNKNOWN_TYPE;
    for (const Local *at = locals; at && !types; at = at->outer) {
        if (!at->resource) list_add(walk->arena, &choices, at->name);
    }
    for (size_t i = 0; i < walk->file->names.count; i++) {
        const Symbol *symbol = walk->file->names.items[i].value;
        if ((symbol->kind == SYMBOL_TYPE) == types) list_add(walk->arena, &choices, symbol->name);
    }
    for (size_t i = 0; types && i < sizeof builtin / sizeof *builtin; i++) {
        list_add(walk->arena, &choices, text_of(builtin[i]));
    }
    diag_add_with(walk->diags, code, place, name);
    diag_suggest(walk->diags, name, choices.items, choices.count);
}

static void add_not_exported(Walk *walk, Place place, const BoundFile *from, Text name)
{
    TextList choices = {0};
    for (size_t i = 0; i < from->symbols.count; i++) {
        Symbol *symbol = from->symbols.items[i];
        if (bind_exported(from, symbol->name)) list_add(walk->arena, &choices, symbol->name);
    }
    diag_add_with(walk->diags, DIAG_NOT_EXPORTED, place, from->path, name);
    diag_suggest(walk->diags, name, choices.items, choices.count);
}

// ---- values

static void check_list(Walk *walk, const Local *locals, SyntaxList list)
{
    for (size_t i = 0; i < list.count; i++) check_value(walk, locals, list.items[i]);
}

static void check_name(Walk *walk, const Local *locals, const Syntax *node)
{
    bool local;
    Symbol *symbol = look_up(walk, locals, node->name, &local);
    if (local) return;
    if (!symbol) {
        if (is_builtin_namespace(walk->file, node->name)) {
            diag_add_with(walk->diags, DIAG_NOT_A_VALUE, syntax_place(node), node->name,
                          TEXT("a namespace"));
        } else {
            add_unknown(walk, locals, DIAG_UNKNOWN_NAME, syntax_place(node), node->name);
        }
        return;
    }
    bool value = symbol->kind == SYMBOL_PARAM || symbol->kind == SYMBOL_VAR ||
                 symbol->kind == SYMBOL_RESOURCE || symbol->kind == SYMBOL_MODULE;
    if (!value && symbol->declaration) {
        diag_add_with(walk->diags, DIAG_NOT_A_VALUE, syntax_place(node), node->name,
                      text_of(bind_kind_name(symbol->kind)));
        return;
    }
    bool outside = symbol->kind == SYMBOL_PARAM || symbol->kind == SYMBOL_MODULE;
    if (walk->in_function && outside && !symbol->import) {
        diag_add_with(walk->diags, DIAG_FUNCTION_USES_PARAMETER, syntax_place(node), node->name);
    }
    mention(walk, symbol);
}

// The namespace symbol that `node` names, or NULL.
static const Symbol *namespace_of(Walk *walk, const Local *locals, const Syntax *node)
{
    bool local;
    if (node->kind != SYNTAX_NAME) return NULL;
    Symbol *symbol = look_up(walk, locals, node->name, &local);
    return symbol && symbol->kind == SYMBOL_NAMESPACE ? symbol : NULL;
}

// True if `node` is an extension, or sys, az, this or base, and nothing of the file has that name.
static bool is_builtin(Walk *walk, const Local *locals, const Syntax *node)
{
    bool local;
    if (node->kind != SYNTAX_NAME) return false;
    const Symbol *symbol = look_up(walk, locals, node->name, &local);
    if (symbol) return symbol->kind == SYMBOL_EXTENSION;
    return is_builtin_namespace(walk->file, node->name) && !local;
}

// The resource that `node` stands for: r, r[i], a::b.
static Symbol *resource_of(Walk *walk, const Local *locals, const Syntax *node)
{
    bool local;
    node = syntax_bare(node);
    if (node->kind == SYNTAX_INDEX) return resource_of(walk, locals, node->index.base);
    if (node->kind == SYNTAX_ACCESS && node->access.nested) {
        Symbol *around = resource_of(walk, locals, node->access.base);
        return around ? child_of(around, node->access.name) : NULL;
    }
    if (node->kind != SYNTAX_NAME) return NULL;
    Symbol *symbol = look_up(walk, locals, node->name, &local);
    return symbol && symbol->kind == SYMBOL_RESOURCE ? symbol : NULL;
}

static void check_nested_access(Walk *walk, const Local *locals, const Syntax *node)
{
    size_t errors = walk->diags->errors;
    check_value(walk, locals, node->access.base);
    if (walk->diags->errors > errors) return;
    Symbol *around = resource_of(walk, locals, node->access.base);
    Symbol *child = around ? child_of(around, node->access.name) : NULL;
    if (child) {
        mention(walk, child);
        return;
    }
    TextList choices = {0};
    for (size_t i = 0; around && i < around->children.count; i++) {
        list_add(walk->arena, &choices, around->children.items[i]->name);
    }
    diag_add_with(walk->diags, DIAG_UNKNOWN_NESTED,
                  syntax_token_place(node, node->access.name_token), syntax_text(node->access.base),
                  node->access.name);
    diag_suggest(walk->diags, node->access.name, choices.items, choices.count);
}

static void check_access(Walk *walk, const Local *locals, const Syntax *node)
{
    const Symbol *space = namespace_of(walk, locals, node->access.base);
    if (node->access.nested) {
        check_nested_access(walk, locals, node);
    } else if (space) {
        if (!space->target_file) return;
        Symbol *member = bind_exported(space->target_file, node->access.name);
        Place place = syntax_token_place(node, node->access.name_token);
        if (!member) {
            add_not_exported(walk, place, space->target_file, node->access.name);
        } else if (member->kind != SYMBOL_VAR) {
            diag_add_with(walk->diags, DIAG_NOT_A_VALUE, place, node->access.name,
                          text_of(bind_kind_name(member->kind)));
        }
    } else if (!is_builtin(walk, locals, node->access.base)) {
        check_value(walk, locals, node->access.base);
    }
}

static void check_called(Walk *walk, Place place, Text name, Symbol *symbol)
{
    if (symbol->kind == SYMBOL_FUNC) {
        mention(walk, symbol);
    } else if (symbol->declaration) {
        diag_add_with(walk->diags, DIAG_NOT_A_FUNCTION, place, name,
                      text_of(bind_kind_name(symbol->kind)));
    }
}

static void check_call(Walk *walk, const Local *locals, const Syntax *node)
{
    const Syntax *base = node->call.base;
    const Symbol *space = base ? namespace_of(walk, locals, base) : NULL;
    Place place = syntax_token_place(node, node->call.name_token);
    check_list(walk, locals, node->call.arguments);
    if (!base) {
        Symbol *symbol = file_symbol(walk, node->call.name);
        if (symbol) check_called(walk, place, node->call.name, symbol);
    } else if (space) {
        if (!space->target_file) return;
        Symbol *member = bind_exported(space->target_file, node->call.name);
        if (!member) {
            add_not_exported(walk, place, space->target_file, node->call.name);
        } else {
            check_called(walk, place, node->call.name, member);
        }
    } else if (!is_builtin(walk, locals, base)) {
        check_value(walk, locals, base);
    }
}

static void check_lambda(Walk *walk, const Local *locals, const Syntax *node)
{
    size_t count = node->lambda.count;
    Local *added = arena_array(walk->arena, Local, count + 1);
    bool was_function = walk->in_function;
    for (size_t i = 0; i < count; i++) {
        const SyntaxParameter *parameter = &node->lambda.parameters[i];
        if (parameter->type) check_type(walk, locals, parameter->type);
        for (size_t j = 0; j < i; j++) {
            if (!text_equal(added[j].name, parameter->name)) continue;
            Place place = syntax_token_place(node, parameter->token);
            uint32_t line, column;
            diag_line_column(place.source, place.from, &line, &column);
            diag_add_with(walk->diags, DIAG_DOUBLED_NAME, place, parameter->name,
                          text_format(walk->arena, "%u", line));
        }
        added[i] = (Local){.name = parameter->name, .outer = i ? &added[i - 1] : locals};
    }
    if (node->lambda.result) {
        check_type(walk, locals, node->lambda.result);
        walk->in_function = true;
    }
    check_value(walk, count ? &added[count - 1] : locals, node->lambda.body);
    walk->in_function = was_function;
}

static void check_loop(Walk *walk, const Local *locals, const Syntax *node)
{
    Local item = {.name = node->loop.item, .outer = locals};
    Local index = {.name = node->loop.index, .outer = &item};
    check_value(walk, locals, node->loop.array);
    check_value(walk, node->loop.index.length ? &index : &item, node->loop.body);
}

static void add_doubled_property(Walk *walk, const Syntax *node, const Syntax *earlier)
{
    Place place = syntax_place(node->property.key), first = syntax_place(earlier->property.key);
    uint32_t line, column;
    diag_line_column(first.source, first.from, &line, &column);
    diag_add_with(walk->diags, DIAG_DOUBLED_PROPERTY, place, node->property.name,
                  text_format(walk->arena, "%u", line));
}

// Each plain key once. Most objects are small: only large ones are worth a table.
static void check_properties(Walk *walk, SyntaxList list)
{
    enum { SMALL = 12 };
    Map seen = {0};
    for (size_t i = 0; i < list.count; i++) {
        const Syntax *node = list.items[i], *earlier = NULL;
        bool plain = (node->kind == SYNTAX_PROPERTY || node->kind == SYNTAX_TYPE_PROPERTY) &&
                     node->property.key && node->property.name.length;
        if (!plain) continue;
        if (list.count > SMALL) {
            earlier = map_get(&seen, node->property.name);
            if (!earlier) map_put(walk->arena, &seen, node->property.name, list.items[i]);
        }
        for (size_t j = 0; j < i && list.count <= SMALL && !earlier; j++) {
            const Syntax *other = list.items[j];
            bool same =
                other->kind == node->kind && text_equal(other->property.name, node->property.name);
            if (same) earlier = other;
        }
        if (earlier) add_doubled_property(walk, node, earlier);
    }
}

static void check_value(Walk *walk, const Local *locals, const Syntax *node)
{
    if (!node) return;
    switch (node->kind) {
    case SYNTAX_SKIPPED:
    case SYNTAX_NULL:
    case SYNTAX_BOOL:
    case SYNTAX_INTEGER: break;
    case SYNTAX_STRING: check_list(walk, locals, node->string.expressions); break;
    case SYNTAX_NAME: check_name(walk, locals, node); break;
    case SYNTAX_ACCESS: check_access(walk, locals, node); break;
    case SYNTAX_INDEX:
        check_value(walk, locals, node->index.base);
        check_value(walk, locals, node->index.at);
        break;
    case SYNTAX_CALL: check_call(walk, locals, node); break;
    case SYNTAX_UNARY: check_value(walk, locals, node->unary.operand); break;
    case SYNTAX_BINARY:
        check_value(walk, locals, node->binary.left);
        check_value(walk, locals, node->binary.right);
        break;
    case SYNTAX_TERNARY:
        check_value(walk, locals, node->ternary.condition);
        check_value(walk, locals, node->ternary.then);
        check_value(walk, locals, node->ternary.otherwise);
        break;
    case SYNTAX_PAREN:
    case SYNTAX_NON_NULL:
    case SYNTAX_SPREAD: check_value(walk, locals, node->inner); break;
    case SYNTAX_OBJECT:
        check_properties(walk, node->list);
        check_list(walk, locals, node->list);
        break;
    case SYNTAX_ARRAY: check_list(walk, locals, node->list); break;
    case SYNTAX_PROPERTY:
        if (node->property.key && node->property.key->kind == SYNTAX_STRING) {
            check_value(walk, locals, node->property.key);
        }
        check_value(walk, locals, node->property.value);
        break;
    case SYNTAX_LAMBDA: check_lambda(walk, locals, node); break;
    case SYNTAX_FOR: check_loop(walk, locals, node); break;
    case SYNTAX_IF:
        check_value(walk, locals, node->condition.test);
        check_value(walk, locals, node->condition.body);
        break;
    case SYNTAX_RESOURCE: // a nested one is a symbol of its own
    case SYNTAX_TYPE_OBJECT:
    case SYNTAX_TYPE_PROPERTY:
    case SYNTAX_TYPE_ARRAY:
    case SYNTAX_TYPE_TUPLE:
    case SYNTAX_TYPE_ITEM:
    case SYNTAX_TYPE_UNION:
    case SYNTAX_TYPE_NULLABLE:
    case SYNTAX_TYPE_GENERIC:
    case SYNTAX_TYPE_RESOURCE:
    case SYNTAX_PARAM:
    case SYNTAX_VAR:
    case SYNTAX_OUTPUT:
    case SYNTAX_TYPE:
    case SYNTAX_FUNC:
    case SYNTAX_ASSERT:
    case SYNTAX_METADATA:
    case SYNTAX_MODULE:
    case SYNTAX_TEST:
    case SYNTAX_IMPORT:
    case SYNTAX_EXTENSION:
    case SYNTAX_TARGET_SCOPE:
    case SYNTAX_USING:
    case SYNTAX_EXTENDS:
    case SYNTAX_KIND_COUNT: break;
    }
}

// ---- decorators

enum {
    BEFORE_PARAM = 1,
    BEFORE_VAR = 2,
    BEFORE_OUTPUT = 4,
    BEFORE_TYPE = 8,
    BEFORE_FUNC = 16,
    BEFORE_RESOURCE = 32,
    BEFORE_MODULE = 64,
    BEFORE_PART = 128, // a property or item of a type
    BEFORE_METADATA = 256,
    BEFORE_TYPED = BEFORE_PARAM | BEFORE_OUTPUT | BEFORE_TYPE | BEFORE_PART,
    BEFORE_ALL = 511,
};

static const struct {
    const char *name;
    size_t least, most;
    unsigned before;
} decorators_known[] = {
    {"allowed", 1, 1, BEFORE_PARAM},
    {"batchSize", 1, 1, BEFORE_RESOURCE | BEFORE_MODULE},
    {"description", 1, 1, BEFORE_ALL},
    {"discriminator", 1, 1, BEFORE_TYPED},
    {"export", 0, 0, BEFORE_VAR | BEFORE_TYPE | BEFORE_FUNC},
    {"maxLength", 1, 1, BEFORE_TYPED},
    {"maxValue", 1, 1, BEFORE_TYPED},
    {"metadata", 1, 1, BEFORE_TYPED},
    {"minLength", 1, 1, BEFORE_TYPED},
    {"minValue", 1, 1, BEFORE_TYPED},
    {"nullIfNotFound", 0, 0, BEFORE_RESOURCE},
    {"onlyIfNotExists", 0, 0, BEFORE_RESOURCE},
    {"patch", 0, 0, BEFORE_RESOURCE},
    {"retryOn", 1, 2, BEFORE_RESOURCE},
    {"sealed", 0, 0, BEFORE_TYPED},
    {"secure", 0, 0, BEFORE_TYPED},
    {"validate", 1, 2, BEFORE_TYPED},
    {"waitUntil", 2, 2, BEFORE_RESOURCE},
};
enum { DECORATOR_COUNT = sizeof decorators_known / sizeof *decorators_known };

static const char *shown_before(unsigned before)
{
    switch (before) {
    case BEFORE_PARAM: return "a parameter";
    case BEFORE_VAR: return "a variable";
    case BEFORE_OUTPUT: return "an output";
    case BEFORE_TYPE: return "a type";
    case BEFORE_FUNC: return "a function";
    case BEFORE_RESOURCE: return "a resource";
    case BEFORE_MODULE: return "a module";
    case BEFORE_PART: return "a part of a type";
    case BEFORE_METADATA: return "metadata";
    default: return "this statement";
    }
}

static void add_unknown_decorator(Walk *walk, const Syntax *node)
{
    TextList choices = {0};
    for (size_t i = 0; i < DECORATOR_COUNT; i++) {
        list_add(walk->arena, &choices, text_of(decorators_known[i].name));
    }
    diag_add_with(walk->diags, DIAG_UNKNOWN_DECORATOR,
                  syntax_token_place(node, node->call.name_token), node->call.name);
    diag_suggest(walk->diags, node->call.name, choices.items, choices.count);
}

static Text shown_count(Walk *walk, size_t least, size_t most)
{
    if (most == 0) return TEXT("no argument");
    if (least == most)
        return text_format(walk->arena, "%zu argument%s", most, most == 1 ? "" : "s");
    return text_format(walk->arena, "%zu to %zu arguments", least, most);
}

static void check_decorator(Walk *walk, const Syntax *node, unsigned before)
{
    size_t row = 0, count = node->call.arguments.count;
    while (row < DECORATOR_COUNT && !text_is(node->call.name, decorators_known[row].name)) row++;
    const Syntax *base = node->call.base;
    bool az = base && base->kind == SYNTAX_NAME &&
              text_is(bind_built_in_space(walk->file, base->name), "az"); // it has none
    if (row == DECORATOR_COUNT || az) {
        add_unknown_decorator(walk, node);
        return;
    }
    Place place = syntax_token_place(node, node->call.name_token);
    // Before a part of a type the official compiler does not look at one with `sys.` in front.
    bool ignored = before == BEFORE_PART && node->call.base;
    if (!ignored && !(decorators_known[row].before & before)) {
        diag_add_with(walk->diags, DIAG_DECORATOR_PLACE, place, node->call.name,
                      text_of(shown_before(before)));
    } else if (count < decorators_known[row].least || count > decorators_known[row].most) {
        diag_add_with(walk->diags, DIAG_DECORATOR_ARGUMENTS, place, node->call.name,
                      shown_count(walk, decorators_known[row].least, decorators_known[row].most),
                      text_format(walk->arena, "%zu", count));
    }
}

// A declaration hides the decorator of its name.
static void check_decorator_name(Walk *walk, const Syntax *node)
{
    const Syntax *base = node->call.base;
    if (base && !(base->kind == SYNTAX_NAME && bind_built_in_space(walk->file, base->name).length))
        check_value(walk, NULL, base);
    const Symbol *symbol = base ? NULL : bind_lookup(walk->file, node->call.name);
    if (!symbol || !symbol->declaration) return;
    diag_add_with(walk->diags, DIAG_NOT_A_FUNCTION, syntax_token_place(node, node->call.name_token),
                  node->call.name, text_of(bind_kind_name(symbol->kind)));
    diag_hint(walk->diags,
              text_format(walk->arena, "the decorator is 'sys.%.*s'", TEXT_ARG(node->call.name)));
}

static void check_decorators(Walk *walk, const Local *locals, SyntaxList decorators,
                             unsigned before)
{
    for (size_t i = 0; i < decorators.count; i++) {
        const Syntax *node = decorators.items[i];
        if (node->kind != SYNTAX_CALL) continue;
        check_decorator(walk, node, before);
        check_decorator_name(walk, node);
        check_list(walk, locals, node->call.arguments);
    }
}

static unsigned before_of(const Syntax *node)
{
    switch ((int)node->kind) { // all other kinds have no decorators
    case SYNTAX_PARAM: return node->declaration.type ? BEFORE_PARAM : 0; // 0: it gives a value
    case SYNTAX_VAR: return BEFORE_VAR;
    case SYNTAX_OUTPUT: return BEFORE_OUTPUT;
    case SYNTAX_TYPE: return BEFORE_TYPE;
    case SYNTAX_FUNC: return BEFORE_FUNC;
    case SYNTAX_RESOURCE: return BEFORE_RESOURCE;
    case SYNTAX_MODULE: return BEFORE_MODULE;
    case SYNTAX_METADATA: return BEFORE_METADATA;
    case SYNTAX_TARGET_SCOPE: return 0;
    default: return BEFORE_ALL;
    }
}

// ---- types

static bool is_builtin_type(Text name)
{
    return text_is(name, "string") || text_is(name, "int") || text_is(name, "bool") ||
           text_is(name, "object") || text_is(name, "array") || text_is(name, "any");
}

static void check_type_name(Walk *walk, const Syntax *node)
{
    Symbol *symbol = file_symbol(walk, node->name);
    if (symbol && (symbol->kind == SYMBOL_TYPE || !symbol->declaration)) return;
    if (!symbol && is_builtin_type(node->name)) return;
    add_unknown(walk, NULL, DIAG_UNKNOWN_TYPE, syntax_place(node), node->name);
}

static void check_type_access(Walk *walk, const Local *locals, const Syntax *node)
{
    const Syntax *base = node->access.base;
    const Symbol *space = namespace_of(walk, locals, base);
    if (space) {
        if (!space->target_file) return;
        Symbol *member = bind_exported(space->target_file, node->access.name);
        Place place = syntax_token_place(node, node->access.name_token);
        if (!member) {
            add_not_exported(walk, place, space->target_file, node->access.name);
        } else if (member->kind != SYMBOL_TYPE) {
            diag_add_with(walk->diags, DIAG_UNKNOWN_TYPE, place, syntax_text(node));
        }
    } else if (!is_builtin(walk, locals, base)) {
        check_type(walk, locals, base);
    } else if (!is_builtin_type(node->access.name)) {
        diag_add_with(walk->diags, DIAG_UNKNOWN_TYPE, syntax_place(node), syntax_text(node));
    }
}

static void check_type_list(Walk *walk, const Local *locals, SyntaxList list)
{
    for (size_t i = 0; i < list.count; i++) check_type(walk, locals, list.items[i]);
}

static void check_type(Walk *walk, const Local *locals, const Syntax *node)
{
    if (!node) return;
    if (node->kind == SYNTAX_NAME) {
        check_type_name(walk, node);
    } else if (node->kind == SYNTAX_ACCESS) {
        check_type_access(walk, locals, node);
    } else if (node->kind == SYNTAX_INDEX) {
        check_type(walk, locals, node->index.base);
        check_value(walk, locals, node->index.at);
    } else if (node->kind == SYNTAX_PAREN || node->kind == SYNTAX_NON_NULL ||
               node->kind == SYNTAX_TYPE_ARRAY || node->kind == SYNTAX_TYPE_NULLABLE) {
        check_type(walk, locals, node->inner);
    } else if (node->kind == SYNTAX_TYPE_PROPERTY || node->kind == SYNTAX_TYPE_ITEM) {
        check_decorators(walk, locals, node->property.decorators, BEFORE_PART);
        check_type(walk, locals, node->property.value);
    } else if (node->kind == SYNTAX_TYPE_OBJECT || node->kind == SYNTAX_TYPE_TUPLE ||
               node->kind == SYNTAX_TYPE_UNION || node->kind == SYNTAX_ARRAY) {
        if (node->kind == SYNTAX_TYPE_OBJECT) check_properties(walk, node->list);
        check_type_list(walk, locals, node->list);
    } else if (node->kind != SYNTAX_TYPE_GENERIC) {
        check_value(walk, locals, node); // literals
    }
}

// ---- declarations

static void check_resource(Walk *walk, const Syntax *node)
{
    // Loop variables of the resources around are visible; so are the resources nested in them.
    enum { DEEPEST = 32 };
    Local chain[DEEPEST * 3];
    size_t used = 0;
    const Symbol *around[DEEPEST] = {0};
    size_t depth = 0;
    for (const Symbol *at = walk->current->parent; at && depth < DEEPEST; at = at->parent) {
        around[depth++] = at;
    }
    const Local *locals = NULL;
    while (depth-- > 0) {
        const Syntax *value = around[depth]->declaration->resource.value;
        if (value->kind == SYNTAX_FOR) {
            chain[used] = (Local){.name = value->loop.item, .outer = locals};
            locals = &chain[used++];
            if (value->loop.index.length) {
                chain[used] = (Local){.name = value->loop.index, .outer = locals};
                locals = &chain[used++];
            }
        }
        chain[used] = (Local){.resource = around[depth], .outer = locals};
        locals = &chain[used++];
    }
    check_decorators(walk, locals, node->resource.decorators, before_of(node));
    Local own = {.resource = walk->current, .outer = locals};
    // The array of a loop and a condition do not see the nested resources; a name of theirs there
    // is rare enough to let it pass for a cycle.
    check_value(walk, &own, node->resource.value);
}

static void check_declaration(Walk *walk, const Syntax *node)
{
    switch (node->kind) {
    case SYNTAX_PARAM:
    case SYNTAX_VAR:
    case SYNTAX_OUTPUT:
    case SYNTAX_TYPE:
    case SYNTAX_FUNC:
    case SYNTAX_ASSERT:
    case SYNTAX_METADATA:
    case SYNTAX_TARGET_SCOPE:
        check_decorators(walk, NULL, node->declaration.decorators, before_of(node));
        check_type(walk, NULL, node->declaration.type);
        check_value(walk, NULL, node->declaration.value);
        break;
    case SYNTAX_RESOURCE:
    case SYNTAX_MODULE:
    case SYNTAX_TEST: check_resource(walk, node); break;
    case SYNTAX_IMPORT: break;
    case SYNTAX_EXTENSION:
        check_decorators(walk, NULL, node->extension.decorators, 0);
        check_value(walk, NULL, node->extension.with);
        break;
    case SYNTAX_USING: check_value(walk, NULL, node->declaration.with); break;
    case SYNTAX_SKIPPED:
    case SYNTAX_NULL:
    case SYNTAX_BOOL:
    case SYNTAX_INTEGER:
    case SYNTAX_STRING:
    case SYNTAX_NAME:
    case SYNTAX_ACCESS:
    case SYNTAX_INDEX:
    case SYNTAX_CALL:
    case SYNTAX_UNARY:
    case SYNTAX_BINARY:
    case SYNTAX_TERNARY:
    case SYNTAX_PAREN:
    case SYNTAX_NON_NULL:
    case SYNTAX_OBJECT:
    case SYNTAX_PROPERTY:
    case SYNTAX_ARRAY:
    case SYNTAX_SPREAD:
    case SYNTAX_LAMBDA:
    case SYNTAX_FOR:
    case SYNTAX_IF:
    case SYNTAX_TYPE_OBJECT:
    case SYNTAX_TYPE_PROPERTY:
    case SYNTAX_TYPE_ARRAY:
    case SYNTAX_TYPE_TUPLE:
    case SYNTAX_TYPE_ITEM:
    case SYNTAX_TYPE_UNION:
    case SYNTAX_TYPE_NULLABLE:
    case SYNTAX_TYPE_GENERIC:
    case SYNTAX_TYPE_RESOURCE:
    case SYNTAX_EXTENDS:
    case SYNTAX_KIND_COUNT: break;
    }
}

// ---- cycles

typedef struct {
    Symbol *symbol;
    size_t next; // of its mentions
} Step;

typedef struct {
    Step *items;
    size_t count, room;
} StepList;

static void add_cycle(Walk *walk, const StepList *path, const Symbol *again)
{
    size_t from = path->count;
    while (from > 0 && path->items[from - 1].symbol != again) from--;
    TextBuffer chain = {.arena = walk->arena};
    for (size_t i = from - 1; i < path->count; i++) {
        buffer_text(&chain, path->items[i].symbol->name);
        buffer_string(&chain, " -> ");
    }
    buffer_text(&chain, again->name);
    const Syntax *node = again->declaration;
    bool resource =
        node->kind == SYNTAX_RESOURCE || node->kind == SYNTAX_MODULE || node->kind == SYNTAX_TEST;
    uint32_t token = resource ? node->resource.name_token : node->declaration.name_token;
    diag_add_with(walk->diags, DIAG_CYCLE, syntax_token_place(node, token), again->name,
                  buffer_done(&chain));
}

// Depth first with a path of its own: a chain of variables may be as long as the file.
static void find_cycles(Walk *walk)
{
    enum { NEW, OPEN, DONE };
    SymbolList *symbols = &walk->file->symbols;
    char *state = arena_alloc(walk->arena, symbols->count + 1);
    StepList path = {0};
    for (size_t i = 0; i < symbols->count; i++) {
        if (state[i] != NEW) continue;
        state[i] = OPEN;
        list_add(walk->arena, &path, ((Step){symbols->items[i], 0}));
        while (path.count) {
            Step *top = &path.items[path.count - 1];
            SymbolList *mentions = &walk->mentions[top->symbol->index];
            if (top->next == mentions->count) {
                state[top->symbol->index] = DONE;
                path.count--;
                continue;
            }
            Symbol *next = mentions->items[top->next++];
            if (state[next->index] == OPEN) add_cycle(walk, &path, next);
            if (state[next->index] != NEW) continue;
            state[next->index] = OPEN;
            list_add(walk->arena, &path, ((Step){next, 0}));
        }
    }
}

// ---- the file

static void check_imports(Walk *walk)
{
    for (size_t i = 0; i < walk->file->imports.count; i++) {
        Symbol *symbol = walk->file->imports.items[i];
        if (symbol->declaration || !symbol->target_file) continue;
        for (size_t j = 0; j < symbol->import->import.count; j++) {
            const struct SyntaxImport *item = &symbol->import->import.items[j];
            if (!text_equal(item->alias, symbol->name)) continue;
            add_not_exported(walk, syntax_token_place(symbol->import, item->token),
                             symbol->target_file, item->name);
        }
    }
}

void names_check(Arena *arena, Diags *diags, BoundFile *file)
{
    size_t errors = diags->errors;
    Walk walk = {.arena = arena, .diags = diags, .file = file};
    walk.mentions = arena_array(arena, SymbolList, file->symbols.count + 1);
    check_imports(&walk);
    for (size_t i = 0; i < file->symbols.count; i++) {
        Symbol *symbol = file->symbols.items[i];
        walk.current = symbol;
        if (symbol->parent) mention(&walk, symbol->parent);
        check_declaration(&walk, symbol->declaration);
    }
    walk.current = NULL;
    for (size_t i = 0; i < file->syntax->statements.count; i++) {
        const Syntax *node = file->syntax->statements.items[i];
        bool own = node->kind == SYNTAX_OUTPUT || node->kind == SYNTAX_METADATA ||
                   node->kind == SYNTAX_IMPORT || node->kind == SYNTAX_TARGET_SCOPE ||
                   node->kind == SYNTAX_EXTENSION || node->kind == SYNTAX_USING;
        if (own) check_declaration(&walk, node);
    }
    if (diags->errors == errors) find_cycles(&walk);
}
