// compiler/check/rule.c
#include "compiler/check/rule.h"

#include "compiler/evaluate/settings.h"

#include <string.h>

// Of declarations of a kind: how many there may be, or (most 0) that each is used.
static const struct {
    const char *name;
    SymbolKind kind;
    size_t most;
} rules[] = {
    {"max-asserts", SYMBOL_ASSERT, 32},
    {"max-params", SYMBOL_PARAM, 256},
    {"max-resources", SYMBOL_RESOURCE, 800},
    {"max-variables", SYMBOL_VAR, 512},
    {"no-unused-existing-resources", SYMBOL_RESOURCE, 0},
    {"no-unused-params", SYMBOL_PARAM, 0},
    {"no-unused-types", SYMBOL_TYPE, 0},
    {"no-unused-vars", SYMBOL_VAR, 0},
};
static const char most_outputs[] = "max-outputs", unused_imports[] = "no-unused-imports";
enum { RULES = sizeof rules / sizeof *rules, MOST_OUTPUTS = 64 };

typedef struct {
    Check *check;
    BoundFile *file;
    const Value *settings; // NULL: none
} Linter;

// ---- what is asked for

static bool is_error(const Linter *linter, const char *rule, bool unless_said)
{
    const char *const names[] = {"analyzers", "core", "rules", rule, "level", NULL};
    const char *const all[] = {"analyzers", "core", "enabled", NULL};
    const Value *level = settings_at(linter->settings, names),
                *enabled = settings_at(linter->settings, all);
    if (enabled && enabled->kind == VALUE_BOOL && !enabled->boolean) return false;
    if (!level || level->kind != VALUE_STRING) return unless_said;
    return text_alike(level->string, TEXT("error"));
}

static bool names_rule(Text line, const char *directive, Text rule)
{
    while (line.length && (*line.at == ' ' || *line.at == '\t'))
        line = text_slice(line, 1, line.length);
    if (!text_starts(line, directive)) return false;
    for (size_t i = 0; i + rule.length <= line.length; i++) {
        bool end = i + rule.length == line.length || strchr(" \t\r", line.at[i + rule.length]);
        bool begin = i > 0 && strchr(" \t", line.at[i - 1]);
        if (begin && end && text_equal(text_slice(line, i, i + rule.length), rule)) return true;
    }
    return false;
}

// Whether a line of the source says that the rule does not hold at `place`; lines within a string
// say nothing.
static bool is_disabled(const Linter *linter, Place place, const char *rule)
{
    const TokenList *tokens = &linter->file->syntax->tokens;
    Text source = place.source->text, name = text_of(rule);
    bool off = false, next = false;
    size_t at = 0;
    for (size_t from = 0; from <= place.from;) {
        size_t to = from;
        while (to < source.length && source.at[to] != '\n') to++;
        Text line = text_slice(source, from, to);
        if (place.from <= to) break;
        while (at < tokens->count && tokens->items[at].to <= from) at++;
        if (at < tokens->count && tokens->items[at].from < from) line = (Text){0};
        if (names_rule(line, "#disable-diagnostics", name)) off = true;
        if (names_rule(line, "#restore-diagnostics", name)) off = false;
        next = names_rule(line, "#disable-next-line", name);
        from = to + 1;
    }
    return off || next;
}

// ---- findings

static void too_many(const Linter *linter, const char *rule, Place at, size_t count, size_t most)
{
    Arena *arena = linter->check->arena;
    if (count <= most || is_disabled(linter, at, rule)) return;
    diag_add_with(linter->check->diags, DIAG_TOO_MANY, at, text_of(rule),
                  text_format(arena, "%zu", count), text_format(arena, "%zu", most));
}

static Place name_place(const Symbol *symbol)
{
    const Syntax *node = symbol->declaration;
    bool resource = symbol->kind == SYMBOL_RESOURCE;
    return syntax_token_place(node,
                              resource ? node->resource.name_token : node->declaration.name_token);
}

static bool is_unused(const Symbol *symbol)
{
    const Syntax *node = symbol->declaration;
    if (symbol->used || symbol->parent) return false;
    if (symbol->kind == SYMBOL_RESOURCE)
        return node->resource.existing && symbol->children.count == 0;
    return !syntax_decorator(node->declaration.decorators, "export");
}

static void say_unused(const Linter *linter, const char *rule, Place at, Text name)
{
    if (!is_disabled(linter, at, rule))
        diag_add_with(linter->check->diags, DIAG_NOT_USED, at, text_of(rule), name);
}

static void check_symbols(const Linter *linter, size_t rule)
{
    const Symbol *first = NULL;
    size_t count = 0;
    for (size_t i = 0; i < linter->file->symbols.count; i++) {
        const Symbol *symbol = linter->file->symbols.items[i];
        if (symbol->kind != rules[rule].kind) continue;
        if (!first) first = symbol;
        count++;
        if (rules[rule].most == 0 && is_unused(symbol))
            say_unused(linter, rules[rule].name, name_place(symbol), symbol->name);
    }
    if (first && rules[rule].most)
        too_many(linter, rules[rule].name, name_place(first), count, rules[rule].most);
}

static void check_imports(const Linter *linter)
{
    for (size_t i = 0; i < linter->file->imports.count; i++) {
        const Symbol *symbol = linter->file->imports.items[i];
        if (symbol->kind != SYMBOL_EXTENSION && !symbol->used)
            say_unused(linter, unused_imports, syntax_place(symbol->import), symbol->name);
    }
}

static bool is_known(Text name)
{
    for (size_t i = 0; i < RULES; i++) {
        if (text_is(name, rules[i].name)) return true;
    }
    return text_is(name, most_outputs) || text_is(name, unused_imports);
}

// Rules that are errors and are not in the table.
static void check_others(const Linter *linter)
{
    const char *const names[] = {"analyzers", "core", "rules", NULL};
    const Value *said = settings_at(linter->settings, names);
    Place start = {linter->file->syntax->source, 0, 0};
    for (size_t i = 0; said && said->kind == VALUE_OBJECT && i < said->object.count; i++) {
        Text name = said->object.items[i].name;
        const char *rule = text_string(linter->check->arena, name);
        if (!is_known(name) && is_error(linter, rule, false))
            diag_add_with(linter->check->diags, DIAG_RULE_NOT_CHECKED, start, name);
    }
}

void rule_check(Check *check, BoundFile *file)
{
    Diags unsaid = {.arena = check->arena}; // the emitter reads it too
    Linter linter = {check, file, settings_read(check->arena, &unsaid, file)};
    bool values = text_ends(file->path, ".bicepparam");
    for (size_t i = 0; i < RULES; i++) {
        bool given = values && rules[i].kind == SYMBOL_PARAM; // values, no declarations
        if (!given && is_error(&linter, rules[i].name, rules[i].most > 0))
            check_symbols(&linter, i);
    }
    if (file->outputs.count && is_error(&linter, most_outputs, true)) {
        const Syntax *first = file->outputs.items[0];
        too_many(&linter, most_outputs, syntax_token_place(first, first->declaration.name_token),
                 file->outputs.count, MOST_OUTPUTS);
    }
    if (is_error(&linter, unused_imports, false)) check_imports(&linter);
    check_others(&linter);
}
