// compiler/arm/survey.c: names are resolved with their scopes, as in compiler/bind/names.c; what a
// mention means for dependencies depends on what stands around it, so each walk takes a Use along:
// how the node is used by its parent.
#include "compiler/arm/survey.h"

#include "compiler/arm/feature.h"
#include "compiler/arm/loading.h"
#include "compiler/azure/types.h"
#include "compiler/bind/carried.h"

#include <string.h>

typedef struct Shadow Shadow;
struct Shadow {
    Text name;
    bool own; // of the declaration's own loop: an index with it keeps its meaning outside the body
    const Shadow *outer;
};

typedef struct {
    Unit *unit;
    Arena *arena;
    Symbol *current; // NULL for outputs
    Part part;
    const char *start; // what is walked must be known at the start: its name in messages; else NULL
    bool in_function;
} Survey;

typedef struct {
    const Syntax *index;
    const Syntax *whole; // the outermost access
    bool access;         // the parent reads a property or item (parentheses aside)
    bool weak, identifies;
} Use;

static const Use no_use;

static void survey_value(Survey *survey, const Shadow *shadows, const Syntax *node, Use use);
static void survey_type(Survey *survey, const Shadow *shadows, const Syntax *node);

// ---- names

static bool shadowed(const Shadow *shadows, Text name, bool *own)
{
    for (; shadows; shadows = shadows->outer) {
        if (text_equal(shadows->name, name)) {
            *own = shadows->own;
            return true;
        }
    }
    return false;
}

static Symbol *symbol_of(const Survey *survey, const Shadow *shadows, const Syntax *node)
{
    bool own;
    if (node->kind == SYNTAX_NAME) {
        if (shadowed(shadows, node->name, &own)) return NULL;
        return bind_lookup_within(survey->unit->file, survey->current, node->name);
    }
    if (node->kind == SYNTAX_PAREN || node->kind == SYNTAX_NON_NULL) {
        return symbol_of(survey, shadows, node->inner);
    }
    if (node->kind == SYNTAX_INDEX) return symbol_of(survey, shadows, node->index.base);
    if (node->kind == SYNTAX_ACCESS && node->access.nested) {
        Symbol *around = symbol_of(survey, shadows, node->access.base);
        return around ? bind_nested(around, node->access.name) : NULL;
    }
    return NULL;
}

static bool is_collection(const Symbol *symbol)
{
    const Syntax *node = symbol->declaration;
    if (symbol->kind == SYMBOL_VAR) return node->declaration.value->kind == SYNTAX_FOR;
    if (symbol->kind != SYMBOL_RESOURCE && symbol->kind != SYMBOL_MODULE) return false;
    return node->resource.value->kind == SYNTAX_FOR;
}

static bool is_identity(Text name)
{
    return text_is(name, "id") || text_is(name, "name") || text_is(name, "type") ||
           text_is(name, "apiVersion");
}

static bool stays_inside(const Shadow *shadows, const Syntax *node);

static bool any_stays_inside(const Shadow *shadows, SyntaxList list)
{
    for (size_t i = 0; i < list.count; i++) {
        if (stays_inside(shadows, list.items[i])) return true;
    }
    return false;
}

// True if `node` names a variable that only exists inside the body.
static bool stays_inside(const Shadow *shadows, const Syntax *node)
{
    bool own = true;
    SyntaxKind kind = node->kind;
    if (kind == SYNTAX_NAME) return shadowed(shadows, node->name, &own) && !own;
    if (kind == SYNTAX_PAREN || kind == SYNTAX_NON_NULL || kind == SYNTAX_SPREAD) {
        return stays_inside(shadows, node->inner);
    }
    if (kind == SYNTAX_UNARY) return stays_inside(shadows, node->unary.operand);
    if (kind == SYNTAX_BINARY) {
        return stays_inside(shadows, node->binary.left) ||
               stays_inside(shadows, node->binary.right);
    }
    if (kind == SYNTAX_TERNARY) {
        return stays_inside(shadows, node->ternary.condition) ||
               stays_inside(shadows, node->ternary.then) ||
               stays_inside(shadows, node->ternary.otherwise);
    }
    if (kind == SYNTAX_ACCESS) return stays_inside(shadows, node->access.base);
    if (kind == SYNTAX_INDEX) {
        return stays_inside(shadows, node->index.base) || stays_inside(shadows, node->index.at);
    }
    if (kind == SYNTAX_STRING) return any_stays_inside(shadows, node->string.expressions);
    if (kind == SYNTAX_CALL) {
        return any_stays_inside(shadows, node->call.arguments) ||
               (node->call.base && stays_inside(shadows, node->call.base));
    }
    if (kind == SYNTAX_ARRAY || kind == SYNTAX_OBJECT) return any_stays_inside(shadows, node->list);
    if (kind == SYNTAX_PROPERTY) return stays_inside(shadows, node->property.value);
    if (kind == SYNTAX_LAMBDA) return stays_inside(shadows, node->lambda.body);
    return false; // literals
}

static void note_start(Survey *survey, Symbol *symbol, const Syntax *node, bool identifies)
{
    if (!survey->start) return;
    Start start = {symbol, node, survey->start, identifies};
    list_add(survey->arena, &survey->unit->starts, start);
}

static void mention(Survey *survey, const Shadow *shadows, Symbol *symbol, Use use)
{
    bool collection = is_collection(symbol);
    bool deployed = symbol->kind == SYMBOL_RESOURCE || symbol->kind == SYMBOL_MODULE;
    if (collection && deployed && !use.access && survey->part != PART_DEPENDS_ON) {
        survey->unit->symbolic = true;
    }
    if (!survey->current) return;
    Mention made = {.symbol = symbol, .part = survey->part, .identifies = use.identifies};
    if (collection && use.index && !stays_inside(shadows, use.index)) made.index = use.index;
    made.weak = symbol->kind == SYMBOL_RESOURCE &&
                (use.weak || survey->part == PART_PARENT || survey->part == PART_SCOPE);
    MentionList *mentions = &survey->unit->mentions[survey->current->index];
    for (size_t i = 0; i < mentions->count && i < 16; i++) { // keeps the lists short
        const Mention *other = &mentions->items[i];
        if (other->symbol == symbol && other->index == made.index && other->part == made.part &&
            other->weak == made.weak && other->identifies == made.identifies) {
            return;
        }
    }
    list_add(survey->arena, mentions, made);
}

// ---- calls

static bool is_load_always(Text name)
{
    return text_is(name, "loadJsonContent") || text_is(name, "loadYamlContent") ||
           text_is(name, "loadDirectoryFileInfo");
}

static bool is_runtime(Text name)
{
    return text_is(name, "reference") || text_starts(name, "list") ||
           text_is(name, "toLogicalZone") || text_is(name, "toLogicalZones") ||
           text_is(name, "toPhysicalZone") || text_is(name, "toPhysicalZones");
}

static void note_load(Survey *survey, const Syntax *node)
{
    const Symbol *owner = survey->current;
    bool direct =
        owner && owner->kind == SYMBOL_VAR && owner->declaration->declaration.value == node;
    if (survey->in_function || (direct && !is_load_always(node->call.name))) return;
    LoadList *loads = &survey->unit->loads;
    Load load = {.call = node, .owner = owner, .number = loads->count};
    load.name = text_format(survey->arena, "$fxv#%zu", load.number);
    list_add(survey->arena, loads, load);
}

static void survey_list(Survey *survey, const Shadow *shadows, SyntaxList list)
{
    for (size_t i = 0; i < list.count; i++) survey_value(survey, shadows, list.items[i], no_use);
}

static void survey_call(Survey *survey, const Shadow *shadows, const Syntax *node)
{
    const Syntax *base = node->call.base;
    bool own;
    bool built_in = !base || (base->kind == SYNTAX_NAME && !shadowed(shadows, base->name, &own) &&
                              bind_built_in_space(survey->unit->file, base->name).length);
    if (base && base->kind == SYNTAX_NAME && text_is(base->name, "this")) {
        survey->unit->symbolic = true;
        if (survey->current) survey->unit->calls_runtime[survey->current->index] = true;
    }
    Symbol *function = !base ? bind_lookup(survey->unit->file, node->call.name) : NULL;
    if (function && function->kind == SYMBOL_FUNC) {
        mention(survey, shadows, function, no_use);
    } else if (built_in) {
        if (loading_is_load(node->call.name)) note_load(survey, node);
        if (is_runtime(node->call.name)) note_start(survey, NULL, node, false);
        if (survey->current && survey->part == PART_BODY && is_runtime(node->call.name)) {
            survey->unit->calls_runtime[survey->current->index] = true;
        }
    } else {
        survey_value(survey, shadows, base, (Use){.weak = true});
    }
    bool listed = base && !built_in && text_starts(node->call.name, "list") &&
                  symbol_of(survey, shadows, base);
    bool existing = survey->current && survey->current->kind == SYMBOL_RESOURCE &&
                    survey->current->declaration->resource.existing;
    const char *before = survey->start;
    if (((built_in && !function && is_runtime(node->call.name)) || listed) && !existing)
        survey->start = "an argument of a function that Azure calls at the start";
    survey_list(survey, shadows, node->call.arguments);
    survey->start = before;
}

// ---- expressions

static void survey_access(Survey *survey, const Shadow *shadows, const Syntax *node, Use use)
{
    if (node->access.nested) {
        Symbol *symbol = symbol_of(survey, shadows, node);
        use.access = true; // a nested collection does not ask for symbolic names
        if (symbol) {
            note_start(survey, symbol, use.whole ? use.whole : node, use.identifies);
            mention(survey, shadows, symbol, use);
        }
        return;
    }
    bool identity = is_identity(node->access.name);
    bool extended = survey->unit->file->imports.count > 0;
    const Symbol *other = extended ? symbol_of(survey, shadows, node->access.base) : NULL;
    bool foreign = other && bind_is_foreign(other);
    unsigned flags = foreign ? bind_extension_flags(survey->arena, other, node->access.name) : 0;
    bool given = (flags & BIND_REQUIRED) && (flags & BIND_KNOWN_AT_START);
    survey_value(survey, shadows, node->access.base,
                 (Use){.access = true,
                       .weak = identity && !foreign,
                       .identifies = foreign ? given : identity,
                       .whole = use.whole ? use.whole : node});
}

static void survey_index(Survey *survey, const Shadow *shadows, const Syntax *node, Use use)
{
    const Syntax *base = node->index.base;
    Symbol *symbol = symbol_of(survey, shadows, base);
    Text name;
    Use inner = {
        .access = true, .identifies = use.identifies, .whole = use.whole ? use.whole : node};
    if (base->kind == SYNTAX_NAME || base->kind == SYNTAX_ACCESS) inner.index = node->index.at;
    if (syntax_plain_string(node->index.at, &name)) {
        inner.weak = is_identity(name);
        inner.index = NULL;
    } else {
        inner.weak = symbol && is_collection(symbol) && use.weak;
    }
    survey_value(survey, shadows, base, inner);
    survey_value(survey, shadows, node->index.at, no_use);
}

static void survey_lambda(Survey *survey, const Shadow *shadows, const Syntax *node)
{
    size_t count = node->lambda.count;
    Shadow *added = arena_array(survey->arena, Shadow, count + 1);
    for (size_t i = 0; i < count; i++) {
        if (node->lambda.parameters[i].type) {
            survey_type(survey, shadows, node->lambda.parameters[i].type);
        }
        added[i] = (Shadow){node->lambda.parameters[i].name, false, i ? &added[i - 1] : shadows};
    }
    if (node->lambda.result) survey_type(survey, shadows, node->lambda.result);
    survey_value(survey, count ? &added[count - 1] : shadows, node->lambda.body, no_use);
}

// Azure only reads it: nothing of it must be known at the start.
static bool is_existing(const Symbol *symbol)
{
    return symbol && symbol->kind == SYMBOL_RESOURCE && symbol->declaration->resource.existing;
}

static void survey_loop(Survey *survey, const Shadow *shadows, const Syntax *node)
{
    const Syntax *whole = NULL;
    if (survey->current) {
        const Syntax *at = survey->current->declaration;
        bool resource = at->kind == SYNTAX_RESOURCE || at->kind == SYNTAX_MODULE;
        whole = resource ? at->resource.value : at->declaration.value;
    }
    Shadow item = {node->loop.item, node == whole, shadows};
    Shadow index = {node->loop.index, node == whole, &item};
    const char *before = survey->start;
    survey->start = is_existing(survey->current) ? NULL : "the array of a loop";
    survey_value(survey, shadows, node->loop.array, no_use);
    survey->start = before;
    if (survey->current && survey->current->kind == SYMBOL_VAR)
        survey->start = "the loop of a variable";
    survey_value(survey, node->loop.index.length ? &index : &item, node->loop.body, no_use);
    survey->start = before;
}

// The name in messages of a resource's property that Azure reads before it deploys anything; NULL
// for all others.
static const char *start_of(Arena *arena, const Symbol *symbol, const Syntax *property)
{
    static const char *const names[] = {"name",      "location",         "tags",     "sku",
                                        "zones",     "identity",         "plan",     "kind",
                                        "managedBy", "extendedLocation", "placement"};
    if (is_existing(symbol)) return NULL;
    if (bind_is_foreign(symbol)) {
        unsigned flags = bind_extension_flags(arena, symbol, property->property.name);
        return flags & BIND_KNOWN_AT_START ? text_string(arena, property->property.name) : NULL;
    }
    // A resource as scope is a name; what a scope's call is given is a value.
    if (text_is(property->property.name, "scope") &&
        property->property.value->kind == SYNTAX_CALL) {
        return "the scope";
    }
    size_t count = symbol->kind == SYMBOL_MODULE ? 1 : sizeof names / sizeof *names;
    for (size_t i = 0; i < count; i++) {
        if (text_is(property->property.name, names[i])) return names[i];
    }
    return NULL;
}

static void survey_object(Survey *survey, const Shadow *shadows, const Syntax *node)
{
    const Syntax *body = NULL;
    if (survey->current &&
        (survey->current->kind == SYMBOL_RESOURCE || survey->current->kind == SYMBOL_MODULE)) {
        body = syntax_body(survey->current->declaration);
    }
    for (size_t i = 0; i < node->list.count; i++) {
        const Syntax *item = node->list.items[i];
        Part before = survey->part;
        const char *start = survey->start;
        if (node == body && item->kind == SYNTAX_PROPERTY) {
            Text name = item->property.name;
            survey->start = start_of(survey->arena, survey->current, item);
            if (text_is(name, "parent")) survey->part = PART_PARENT;
            if (text_is(name, "scope")) survey->part = PART_SCOPE;
            if (text_is(name, "dependsOn")) {
                survey->part = PART_DEPENDS_ON;
                if (survey->current->declaration->resource.existing) survey->unit->symbolic = true;
            }
        }
        survey_value(survey, shadows, item, no_use);
        survey->part = before;
        survey->start = start;
    }
}

static void survey_name(Survey *survey, const Shadow *shadows, const Syntax *node, Use use)
{
    Symbol *symbol = symbol_of(survey, shadows, node);
    if (!symbol) return;
    note_start(survey, symbol, use.whole ? use.whole : node, use.identifies);
    mention(survey, shadows, symbol, use);
}

static void survey_children(Survey *survey, const Shadow *shadows, const Syntax *node)
{
    const Syntax *children[3] = {NULL, NULL, NULL};
    if (node->kind == SYNTAX_UNARY) children[0] = node->unary.operand;
    if (node->kind == SYNTAX_SPREAD) children[0] = node->inner;
    if (node->kind == SYNTAX_BINARY) {
        children[0] = node->binary.left;
        children[1] = node->binary.right;
    } else if (node->kind == SYNTAX_TERNARY) {
        children[0] = node->ternary.condition;
        children[1] = node->ternary.then;
        children[2] = node->ternary.otherwise;
    } else if (node->kind == SYNTAX_PROPERTY) {
        const Syntax *key = node->property.key;
        if (key && key->kind == SYNTAX_STRING) children[0] = key;
        children[1] = node->property.value;
    }
    for (size_t i = 0; i < 3; i++) survey_value(survey, shadows, children[i], no_use);
}

static void survey_value(Survey *survey, const Shadow *shadows, const Syntax *node, Use use)
{
    if (!node) return;
    SyntaxKind kind = node->kind;
    if (kind == SYNTAX_STRING) {
        survey_list(survey, shadows, node->string.expressions);
    } else if (kind == SYNTAX_NAME) {
        survey_name(survey, shadows, node, use);
    } else if (kind == SYNTAX_ACCESS) {
        survey_access(survey, shadows, node, use);
    } else if (kind == SYNTAX_INDEX) {
        survey_index(survey, shadows, node, use);
    } else if (kind == SYNTAX_CALL) {
        survey_call(survey, shadows, node);
    } else if (kind == SYNTAX_PAREN) {
        survey_value(survey, shadows, node->inner, (Use){.access = use.access});
    } else if (kind == SYNTAX_NON_NULL) {
        use.index = NULL;
        survey_value(survey, shadows, node->inner, use);
    } else if (kind == SYNTAX_OBJECT) {
        survey_object(survey, shadows, node);
    } else if (kind == SYNTAX_ARRAY) {
        survey_list(survey, shadows, node->list);
    } else if (kind == SYNTAX_LAMBDA) {
        survey_lambda(survey, shadows, node);
    } else if (kind == SYNTAX_FOR) {
        survey_loop(survey, shadows, node);
    } else if (kind == SYNTAX_IF) {
        survey->start = is_existing(survey->current) ? NULL : "a condition";
        survey_value(survey, shadows, node->condition.test, no_use);
        survey->start = NULL;
        survey_value(survey, shadows, node->condition.body, no_use);
    } else if (kind != SYNTAX_RESOURCE) { // a nested one is a symbol of its own
        survey_children(survey, shadows, node);
    }
}

// ---- types

static void survey_decorators(Survey *survey, const Shadow *shadows, SyntaxList decorators)
{
    for (size_t i = 0; i < decorators.count; i++) {
        survey_list(survey, shadows, decorators.items[i]->call.arguments);
    }
}

static void survey_type(Survey *survey, const Shadow *shadows, const Syntax *node)
{
    if (!node) return;
    bool own_syntax = node->kind == SYNTAX_TYPE_OBJECT || node->kind == SYNTAX_TYPE_ARRAY ||
                      node->kind == SYNTAX_TYPE_TUPLE || node->kind == SYNTAX_TYPE_UNION ||
                      node->kind == SYNTAX_TYPE_NULLABLE;
    if (own_syntax) survey->unit->symbolic = true;
    if (node->kind == SYNTAX_NAME) {
        Symbol *symbol = bind_lookup(survey->unit->file, node->name);
        if (symbol) mention(survey, shadows, symbol, (Use){.access = true});
    } else if (node->kind == SYNTAX_ACCESS) {
        survey_type(survey, shadows, node->access.base);
    } else if (node->kind == SYNTAX_INDEX) {
        survey_type(survey, shadows, node->index.base);
    } else if (node->kind == SYNTAX_PAREN || node->kind == SYNTAX_NON_NULL ||
               node->kind == SYNTAX_TYPE_ARRAY || node->kind == SYNTAX_TYPE_NULLABLE) {
        survey_type(survey, shadows, node->inner);
    } else if (node->kind == SYNTAX_TYPE_PROPERTY || node->kind == SYNTAX_TYPE_ITEM) {
        survey_decorators(survey, shadows, node->property.decorators);
        survey_type(survey, shadows, node->property.value);
    } else if (own_syntax) {
        for (size_t i = 0; i < node->list.count; i++) {
            survey_type(survey, shadows, node->list.items[i]);
        }
    }
}

// ---- declarations

static void survey_declaration(Survey *survey, const Syntax *node)
{
    if (node->kind == SYNTAX_RESOURCE || node->kind == SYNTAX_MODULE) {
        survey_decorators(survey, NULL, node->resource.decorators);
        if (syntax_decorator(node->resource.decorators, "onlyIfNotExists") ||
            syntax_decorator(node->resource.decorators, "waitUntil") ||
            syntax_decorator(node->resource.decorators, "nullIfNotFound") ||
            (!survey->current->parent && syntax_decorator(node->resource.decorators, "retryOn"))) {
            survey->unit->symbolic = true;
        }
        survey_value(survey, NULL, node->resource.value, no_use);
        return;
    }
    survey_decorators(survey, NULL, node->declaration.decorators);
    survey->in_function = node->kind == SYNTAX_FUNC;
    if (node->kind == SYNTAX_TYPE || node->kind == SYNTAX_FUNC) survey->unit->symbolic = true;
    if (node->kind == SYNTAX_VAR && node->declaration.type) survey->unit->symbolic = true;
    survey_type(survey, NULL, node->declaration.type);
    if (survey->in_function) survey->start = "the body of a function";
    survey_value(survey, NULL, node->declaration.value, no_use);
    survey->in_function = false;
    survey->start = NULL;
}

static bool has_symbol(SyntaxKind kind)
{
    return kind == SYNTAX_PARAM || kind == SYNTAX_VAR || kind == SYNTAX_TYPE ||
           kind == SYNTAX_FUNC || kind == SYNTAX_RESOURCE || kind == SYNTAX_MODULE ||
           kind == SYNTAX_ASSERT;
}

// One statement's symbol, then the resources nested in it.
static void survey_symbols_of(Survey *survey, size_t *next)
{
    SymbolList symbols = survey->unit->file->symbols;
    bool first = true;
    while (*next < symbols.count && (first || symbols.items[*next]->parent)) {
        Symbol *symbol = symbols.items[*next];
        survey->current = symbol;
        if (symbol->parent) {
            mention(survey, NULL, symbol->parent, (Use){.access = true, .weak = true});
        }
        survey_declaration(survey, symbol->declaration);
        first = false;
        ++*next;
    }
    survey->current = NULL;
}

void survey_unit(Unit *unit)
{
    Survey survey = {.unit = unit, .arena = unit->emitter->arena};
    size_t next = 0;
    SyntaxList statements = unit->file->syntax->statements;
    for (size_t i = 0; unit->file->imports.count && i < unit->file->symbols.count; i++)
        unit->symbolic |= bind_is_foreign(unit->file->symbols.items[i]);
    for (size_t i = 0; i < statements.count; i++) {
        const Syntax *node = statements.items[i];
        if (has_symbol(node->kind)) {
            survey_symbols_of(&survey, &next);
        } else if (node->kind == SYNTAX_OUTPUT) {
            survey_declaration(&survey, node);
            if (syntax_decorator(node->declaration.decorators, "secure")) unit->symbolic = true;
        } else if (node->kind == SYNTAX_METADATA) {
            survey_declaration(&survey, node);
        } else if (node->kind == SYNTAX_IMPORT || node->kind == SYNTAX_EXTENSION) {
            unit->symbolic = true;
        }
    }
}

// ---- what is pasted

bool survey_is_carrier(const Unit *unit, const Symbol *symbol)
{
    Text type;
    return (unit->emitter->features & FEATURE_RESOURCE_TYPES) &&
           carried_by(unit->emitter->arena, symbol, &type);
}

static bool mentions_runtime(Unit *unit, const Symbol *symbol)
{
    const MentionList *mentions = &unit->mentions[symbol->index];
    if (unit->calls_runtime[symbol->index]) return true;
    for (size_t i = 0; i < mentions->count; i++) {
        const Mention *at = &mentions->items[i];
        if (at->part != PART_BODY || at->symbol->file != unit->file) continue;
        if (at->symbol == symbol->parent) continue;
        if (at->symbol->kind == SYMBOL_VAR && survey_inlined(unit, at->symbol)) return true;
        if (at->symbol->kind == SYMBOL_MODULE && !at->identifies) return true;
        if (!at->identifies && survey_is_carrier(unit, at->symbol)) return true;
        if (at->symbol->kind == SYMBOL_RESOURCE) {
            if (!at->identifies) return true;
            if (at->symbol->declaration->resource.existing && survey_inlined(unit, at->symbol)) {
                return true;
            }
        }
    }
    return false;
}

// True if its parent or scope is an existing resource that is left out.
static bool rests_on_inlined(Unit *unit, const Symbol *symbol)
{
    const MentionList *mentions = &unit->mentions[symbol->index];
    for (size_t i = 0; i < mentions->count; i++) {
        const Mention *at = &mentions->items[i];
        if (at->symbol->kind != SYMBOL_RESOURCE || !at->symbol->declaration->resource.existing)
            continue;
        bool rests =
            at->part == PART_PARENT || at->part == PART_SCOPE || at->symbol == symbol->parent;
        if (rests && survey_inlined(unit, at->symbol)) return true;
    }
    return false;
}

bool survey_inlined(Unit *unit, const Symbol *symbol)
{
    enum { UNKNOWN, NO, YES };
    char *state = &unit->inlined[symbol->index];
    if (*state != UNKNOWN) return *state == YES;
    *state = NO;
    bool yes = false;
    if (symbol->kind == SYMBOL_VAR) {
        yes = mentions_runtime(unit, symbol);
    } else if (is_existing(symbol) && !bind_is_foreign(symbol)) {
        yes = rests_on_inlined(unit, symbol) ||
              (symbol->declaration->resource.value->kind == SYNTAX_OBJECT &&
               mentions_runtime(unit, symbol));
    }
    *state = yes ? YES : NO;
    return yes;
}

// ---- resources

static const Syntax *value_of(const Syntax *body, const char *name)
{
    const Syntax *property = syntax_property(body, name);
    return property ? property->property.value : NULL;
}

static bool depends_on(const Info *info, Text variable)
{
    Shadow shadow = {variable, false, NULL};
    if (variable.length == 0) return false;
    return (info->name && stays_inside(&shadow, info->name)) ||
           (info->parent && stays_inside(&shadow, info->parent));
}

static const Env *body_env(Unit *unit, const Symbol *symbol, const Info *info)
{
    Arena *arena = unit->emitter->arena;
    Env *env = arena_new(arena, Env);
    *env = unit->root;
    env->within = symbol->kind == SYMBOL_RESOURCE ? symbol : NULL;
    if (!info->loop) return env;
    Tree *at = tree_call(arena, "copyIndex");
    return emitter_loop_env(env, info->loop, at, at);
}

// Most types stand in a template more than once.
Text survey_azure_name(Emitter *emitter, Text type, Text version)
{
    Arena *arena = emitter->arena;
    Text key = text_format(arena, "%.*s@%.*s", TEXT_ARG(type), TEXT_ARG(version));
    Text *name = map_get(&emitter->types, key);
    if (!name) {
        AzureType found;
        name = arena_new(arena, Text);
        *name = azure_find(type, version, &found) ? found.name : type;
        map_put(arena, &emitter->types, key, name);
    }
    return *name;
}

const Info *survey_info(Unit *unit, const Symbol *symbol)
{
    Info **slot = &unit->infos[symbol->index];
    if (*slot) return *slot;
    Arena *arena = unit->emitter->arena;
    Info *info = *slot = arena_new(arena, Info);
    const Syntax *node = symbol->declaration, *value = node->resource.value;
    if (value->kind == SYNTAX_FOR) {
        info->loop = value;
        value = value->loop.body;
    }
    if (value->kind == SYNTAX_IF) {
        info->condition = value->condition.test;
        value = value->condition.body;
    }
    info->body = value;
    info->existing = node->resource.existing;
    info->symbolic = symbol->name;
    info->name = value_of(value, "name");
    info->scope = value_of(value, "scope");
    if (symbol->kind == SYMBOL_MODULE) {
        info->type = TEXT("Microsoft.Resources/deployments");
        info->version = TEXT("2025-04-01");
    } else {
        info->type = bind_resource_type(symbol, &info->extension);
        info->version = bind_cut_version(&info->type);
        info->foreign = bind_is_foreign(symbol);
        if (!info->foreign) info->parent = value_of(value, "parent");
    }
    if (symbol->parent) {
        const Info *around = survey_info(unit, symbol->parent);
        info->type = text_format(arena, "%.*s/%.*s", TEXT_ARG(around->type), TEXT_ARG(info->type));
        if (info->version.length == 0) info->version = around->version;
        info->symbolic =
            text_format(arena, "%.*s::%.*s", TEXT_ARG(around->symbolic), TEXT_ARG(info->symbolic));
    }
    const BindResourceType *known = info->foreign ? bind_extension_type_of(arena, symbol) : NULL;
    if (known) info->type = known->name;
    if (known) info->version = bind_cut_version(&info->type);
    if (symbol->kind == SYMBOL_RESOURCE && !info->foreign && !unit->file->reader->exact)
        info->type = survey_azure_name(unit->emitter, info->type, info->version);
    if (info->loop) {
        info->item_in_name = depends_on(info, info->loop->loop.item);
        info->index_in_name = depends_on(info, info->loop->loop.index);
    }
    info->env = body_env(unit, symbol, info);
    return info;
}
