// compiler/arm/external.c
#include "compiler/arm/external.h"

#include "compiler/arm/convert.h"
#include "compiler/arm/feature.h"

#include <stdlib.h>
#include <string.h>

// ---- which calls are inputs

static const struct {
    const char *function, *kind; // NULL: the first argument says it
} rows[] = {{"externalInput", NULL}, {"readCliArg", "sys.cliArg"}, {"readEnvVar", "sys.envVar"}};

enum { ROWS = sizeof rows / sizeof *rows };

static size_t row_of(const Syntax *node)
{
    size_t row = 0;
    if (node->kind != SYNTAX_CALL) return ROWS;
    while (row < ROWS && !text_is(node->call.name, rows[row].function)) row++;
    return row;
}

typedef struct {
    const BoundFile *file;
    int depth;
} Search;

static bool needs(const Syntax *node, void *state)
{
    const Search *search = state;
    if (row_of(node) < ROWS) return true;
    if (node->kind != SYNTAX_NAME) return syntax_any(node, needs, state);
    const Symbol *symbol = bind_lookup(search->file, node->name);
    bool own =
        symbol && !symbol->import && (symbol->kind == SYMBOL_VAR || symbol->kind == SYMBOL_PARAM);
    Search next = {search->file, search->depth + 1};
    return own && search->depth < EMITTER_DEPTH &&
           needs(symbol->declaration->declaration.value, &next);
}

bool external_needs(const BoundFile *file, const Syntax *node)
{
    return needs(node, &(Search){file, 0});
}

// ---- the inputs

static const Value *value_of(const External *external, const Syntax *node)
{
    return evaluate_expression(external->evaluator, node, external->base);
}

static bool is_word(char c)
{
    return c == '_' || (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
           (c & 0x80);
}

static ExternalInput read_input(const External *external, const Syntax *call, size_t row)
{
    Arena *arena = external->emitter->arena;
    SyntaxList arguments = call->call.arguments;
    ExternalInput input = {.kind = text_of(rows[row].kind ? rows[row].kind : "")};
    size_t next = 0;
    const Value *kind =
        rows[row].kind || !arguments.count ? NULL : value_of(external, arguments.items[next++]);
    if (kind && kind->kind == VALUE_STRING) input.kind = kind->string;
    if (next < arguments.count) input.config = value_of(external, arguments.items[next]);
    TextBuffer text = {.arena = arena};
    buffer_text(&text, input.kind);
    buffer_char(&text, ' ');
    JsonWriter json = {.out = &text};
    if (input.config) value_write_json(&json, input.config);
    input.call = buffer_done(&text);
    return input;
}

static const ExternalInput *find(const External *external, Text call)
{
    for (size_t i = 0; i < external->inputs.count; i++) {
        if (text_equal(external->inputs.items[i].call, call)) return &external->inputs.items[i];
    }
    return NULL;
}

static bool collect(const Syntax *node, void *state)
{
    External *external = state;
    Arena *arena = external->emitter->arena;
    size_t row = row_of(node);
    if (row < ROWS) {
        ExternalInput input = read_input(external, node, row);
        if (rows[row].kind) feature_wanted(external->emitter, FEATURE_DEPLOY_COMMANDS, node);
        if (!find(external, input.call)) {
            TextBuffer key = {.arena = arena};
            for (size_t i = 0; i < input.kind.length; i++)
                buffer_char(&key, is_word(input.kind.at[i]) ? input.kind.at[i] : '_');
            buffer_format(&key, "_%zu", external->inputs.count);
            input.key = buffer_done(&key);
            list_add(arena, &external->inputs, input);
        }
    }
    syntax_any(node, collect, state);
    return false;
}

void external_collect(External *external, const Syntax *node)
{
    collect(node, external);
}

// ---- expressions

static Tree *evaluated(const External *external, const Syntax *node)
{
    Arena *arena = external->emitter->arena;
    const Value *value = value_of(external, node);
    return value ? tree_value(arena, value) : tree_text(arena, (Text){0});
}

Tree *external_tree(const Env *env, const Syntax *node)
{
    const External *external = env->emitter->external;
    Arena *arena = env->emitter->arena;
    size_t row = row_of(node);
    if (row < ROWS) {
        ExternalInput input = read_input(external, node, row);
        const ExternalInput *known = find(external, input.call);
        return tree_call1(arena, "externalInputs",
                          tree_text(arena, known ? known->key : input.key));
    }
    if (node->kind == SYNTAX_NAME) {
        const Symbol *symbol = bind_lookup(env->unit->file, node->name);
        if (!symbol || symbol->import || !external_needs(env->unit->file, node))
            return evaluated(external, node);
        return expression_tree(env, symbol->declaration->declaration.value);
    }
    bool file = node->kind == SYNTAX_CALL &&
                (!convert_is_built_in(env, node) || text_starts(node->call.name, "load") ||
                 text_is(node->call.name, "readEnvironmentVariable"));
    bool inherited = node->kind == SYNTAX_ACCESS && node->access.base->kind == SYNTAX_NAME &&
                     text_is(node->access.base->name, "base");
    return file || inherited ? evaluated(external, node) : NULL;
}

// ---- definitions

static int by_key(const void *left, const void *right)
{
    return text_compare(((const ExternalInput *)left)->key, ((const ExternalInput *)right)->key);
}

void external_write(const External *external, JsonWriter *json)
{
    size_t count = external->inputs.count;
    if (count == 0) return;
    ExternalInput *sorted = arena_array(external->emitter->arena, ExternalInput, count);
    memcpy(sorted, external->inputs.items, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, by_key);
    json_key(json, TEXT("externalInputDefinitions"));
    json_begin_object(json);
    for (size_t i = 0; i < count; i++) {
        json_key(json, sorted[i].key);
        json_begin_object(json);
        json_key(json, TEXT("kind"));
        json_text(json, sorted[i].kind);
        if (sorted[i].config) {
            json_key(json, TEXT("config"));
            value_write_json(json, sorted[i].config);
        }
        json_end_object(json);
    }
    json_end_object(json);
}
