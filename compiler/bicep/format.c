// compiler/bicep/format.c: the tree becomes documents, the documents text; one statement at a time.
#include "compiler/bicep/format.h"

#include "compiler/bicep/formatting.h"
#include "compiler/bicep/layout.h"

#include <assert.h>

void formatting_one(Formatter *formatter, const Syntax *node)
{
    size_t mark = formatter->stack.count;
    formatting_node(formatter, node);
    if (formatter->stack.count != mark + 1) formatting_spread(formatter, mark);
}

uint32_t formatting_up_to(Formatter *formatter, uint32_t at, const Syntax *node)
{
    while (at < node->first) formatting_single(formatter, at++);
    formatting_one(formatter, node);
    return node->last + 1;
}

// ---- statements

// Decorators with their line ends; gives the token behind them.
static uint32_t push_decorators(Formatter *formatter, const Syntax *node, SyntaxList decorators)
{
    size_t mark = formatter->stack.count;
    uint32_t at = node->first;
    for (size_t i = 0; i < decorators.count; i++) {
        const Syntax *call = decorators.items[i];
        formatting_tokens(formatter, at, call->first - 1);
        size_t part = formatter->stack.count;
        formatting_single(formatter, call->first - 1);
        formatting_one(formatter, call);
        formatting_glue(formatter, part);
        at = call->last + 1;
    }
    if (decorators.count) {
        uint32_t behind = formatting_behind_newlines(formatter, at);
        formatting_tokens(formatter, at, behind);
        formatting_remove_lines(formatter, mark, &doc_hard_line);
        return behind;
    }
    return at;
}

static void push_property(Formatter *formatter, const Syntax *node, SyntaxList decorators)
{
    uint32_t at = push_decorators(formatter, node, decorators);
    const Syntax *key = node->property.key;
    size_t mark = formatter->stack.count;
    if (key)
        formatting_one(formatter, key);
    else
        formatting_single(formatter, at);
    formatting_single(formatter, key ? key->last + 1 : at + 1);
    formatting_glue(formatter, mark);
    formatting_one(formatter, node->property.value);
    formatting_spread(formatter, mark);
}

static void push_type_item(Formatter *formatter, const Syntax *node)
{
    push_decorators(formatter, node, node->property.decorators);
    formatting_one(formatter, node->property.value);
}

static void push_declaration(Formatter *formatter, const Syntax *node)
{
    uint32_t at = push_decorators(formatter, node, node->declaration.decorators);
    size_t mark = formatter->stack.count;
    if (node->declaration.type) at = formatting_up_to(formatter, at, node->declaration.type);
    if (node->declaration.value) at = formatting_up_to(formatter, at, node->declaration.value);
    if (node->declaration.with) {
        size_t part = formatter->stack.count;
        at = formatting_up_to(formatter, at, node->declaration.with);
        formatting_spread(formatter, part);
    }
    assert(at == node->last + 1);
    formatting_spread(formatter, mark);
}

static void push_func(Formatter *formatter, const Syntax *node)
{
    uint32_t at = push_decorators(formatter, node, node->declaration.decorators);
    size_t mark = formatter->stack.count;
    formatting_single(formatter, at);
    size_t part = formatter->stack.count;
    formatting_single(formatter, at + 1);
    formatting_one(formatter, node->declaration.value);
    formatting_glue(formatter, part);
    formatting_spread(formatter, mark);
}

static void push_resource(Formatter *formatter, const Syntax *node)
{
    uint32_t at = push_decorators(formatter, node, node->resource.decorators);
    size_t mark = formatter->stack.count;
    const Syntax *value = node->resource.value;
    at = formatting_up_to(formatter, at, node->resource.type);
    if (node->resource.existing) formatting_single(formatter, at++);
    formatting_single(formatter, at++);
    if (value->kind == SYNTAX_IF && formatting_has_comment(formatter, at, value->first)) {
        int breaks = formatter->breaks;
        size_t group = formatter->stack.count;
        formatting_tokens(formatter, at, value->first);
        formatting_node(formatter, value);
        formatting_indent_group(formatter, group, breaks, &doc_line_or_empty);
    } else {
        formatting_one(formatter, value);
    }
    formatting_spread(formatter, mark);
}

static void push_if(Formatter *formatter, const Syntax *node)
{
    size_t mark = formatter->stack.count;
    formatting_single(formatter, node->first);
    formatting_one(formatter, node->condition.test);
    formatting_one(formatter, node->condition.body);
    formatting_spread(formatter, mark);
}

// `name as alias`; `at` is moved behind it.
static void push_import_item(Formatter *formatter, uint32_t *at)
{
    size_t mark = formatter->stack.count;
    formatting_single(formatter, (*at)++);
    TokenKind next = formatter->tokens[*at].kind;
    if (next == TOKEN_IDENTIFIER) {
        size_t part = formatter->stack.count;
        formatting_single(formatter, (*at)++);
        formatting_single(formatter, (*at)++);
        formatting_spread(formatter, part);
    }
    formatting_spread(formatter, mark);
}

static void push_import_list(Formatter *formatter, const Syntax *node, uint32_t open)
{
    uint32_t close = open + 1;
    while (formatter->tokens[close].kind != TOKEN_RIGHT_BRACE) close++;
    Bracket bracket = {
        .open = open,
        .close = close,
        .separator = &doc_line_or_comma,
        .padding = &doc_line_or_space,
        .broken = node->import.count && formatter->tokens[open + 1].kind == TOKEN_NEWLINE,
    };
    formatting_begin_bracket(formatter, &bracket);
    for (uint32_t at = open + 1; at < close;) {
        TokenKind kind = formatter->tokens[at].kind;
        if (kind == TOKEN_NEWLINE || kind == TOKEN_COMMA)
            formatting_token(formatter, at++);
        else
            push_import_item(formatter, &at);
    }
    formatting_end_bracket(formatter, &bracket);
}

static void push_import(Formatter *formatter, const Syntax *node)
{
    uint32_t at = push_decorators(formatter, node, node->import.decorators);
    size_t mark = formatter->stack.count;
    formatting_single(formatter, at++);
    size_t part = formatter->stack.count;
    if (formatter->tokens[at].kind == TOKEN_LEFT_BRACE) {
        push_import_list(formatter, node, at);
    } else {
        formatting_single(formatter, at);
        formatting_single(formatter, at + 1);
        formatting_single(formatter, at + 2);
        formatting_spread(formatter, part);
    }
    part = formatter->stack.count;
    formatting_single(formatter, node->import.path->first - 1);
    formatting_one(formatter, node->import.path);
    formatting_spread(formatter, part);
    formatting_spread(formatter, mark);
}

static void push_extension(Formatter *formatter, const Syntax *node)
{
    uint32_t at = push_decorators(formatter, node, node->extension.decorators);
    size_t mark = formatter->stack.count;
    at = formatting_up_to(formatter, at, node->extension.specification);
    size_t part = formatter->stack.count;
    if (node->extension.with) {
        at = formatting_up_to(formatter, at, node->extension.with);
        formatting_spread(formatter, part);
    } else {
        formatting_push(formatter, &doc_empty);
    }
    part = formatter->stack.count;
    if (node->extension.alias.length) {
        formatting_single(formatter, at);
        formatting_single(formatter, at + 1);
        formatting_spread(formatter, part);
    }
    formatting_spread(formatter, mark);
}

// ---- what is written as it is printed: most lines of a file that was made or formatted before

// Without anything between the tokens from `from` to `to` and those before them.
static bool is_tight(const Formatter *formatter, uint32_t from, uint32_t to)
{
    for (uint32_t token = from; token <= to; token++) {
        if (formatter->tokens[token].from != formatter->tokens[token - 1].to) return false;
    }
    return true;
}

static bool is_plain_string(const Formatter *formatter, const Syntax *node)
{
    if (node->string.multiline) return false;
    uint32_t piece = node->first;
    for (size_t i = 0; i < node->string.expressions.count; i++) {
        char c = formatter->source[formatter->tokens[piece].to];
        if (c == ' ' || c == '\t') return false;
        piece = node->string.expressions.items[i]->last + 1;
    }
    return true;
}

// On one line with its spaces where they belong, and nothing in it that could be broken.
static bool is_plain(const Formatter *formatter, const Syntax *node)
{
    switch ((int)node->kind) {
    case SYNTAX_NULL:
    case SYNTAX_BOOL:
    case SYNTAX_INTEGER:
    case SYNTAX_NAME: return true;
    case SYNTAX_STRING: return is_plain_string(formatter, node);
    case SYNTAX_ACCESS:
        return is_plain(formatter, node->access.base) &&
               is_tight(formatter, node->access.base->last + 1, node->last);
    case SYNTAX_PROPERTY: {
        uint32_t colon = node->property.key->last + 1, value = node->property.value->first;
        uint32_t behind = formatter->tokens[colon].to;
        return is_plain(formatter, node->property.value) && value == colon + 1 &&
               formatter->tokens[value].from == behind + 1 && formatter->source[behind] == ' ' &&
               is_plain(formatter, node->property.key) && is_tight(formatter, colon, colon);
    }
    default: return false;
    }
}

// One document for the whole node, if it is plain and without comments around it.
static bool push_plain(Formatter *formatter, const Syntax *node)
{
    if (!is_plain(formatter, node)) return false;
    if (formatting_gap_before(formatter, node->first).length ||
        formatting_gap_before(formatter, node->last + 1).length)
        return false;
    uint32_t from = formatter->tokens[node->first].from, to = formatter->tokens[node->last].to;
    formatting_push(formatter,
                    formatting_wide_text(formatter, (Text){formatter->source + from, to - from}));
    return true;
}

void formatting_node(Formatter *formatter, const Syntax *node)
{
    size_t mark = formatter->stack.count;
    if ((node->kind == SYNTAX_PROPERTY || node->kind == SYNTAX_ACCESS) &&
        push_plain(formatter, node))
        return;
    switch (node->kind) {
    case SYNTAX_NULL:
    case SYNTAX_BOOL:
    case SYNTAX_INTEGER:
    case SYNTAX_NAME: formatting_token(formatter, node->first); break;
    case SYNTAX_STRING: formatting_string(formatter, node); break;
    case SYNTAX_ACCESS: formatting_glued(formatter, node, node->access.base, NULL); break;
    case SYNTAX_INDEX: formatting_glued(formatter, node, node->index.base, node->index.at); break;
    case SYNTAX_CALL: formatting_call(formatter, node); break;
    case SYNTAX_UNARY: formatting_glued(formatter, node, node->unary.operand, NULL); break;
    case SYNTAX_BINARY:
        formatting_one(formatter, node->binary.left);
        formatting_single(formatter, node->binary.left->last + 1);
        formatting_one(formatter, node->binary.right);
        formatting_spread(formatter, mark);
        break;
    case SYNTAX_TERNARY: formatting_ternary(formatter, node); break;
    case SYNTAX_PAREN:
    case SYNTAX_NON_NULL:
    case SYNTAX_SPREAD:
    case SYNTAX_TYPE_ARRAY:
    case SYNTAX_TYPE_NULLABLE:
    case SYNTAX_TYPE_RESOURCE: formatting_glued(formatter, node, node->inner, NULL); break;
    case SYNTAX_OBJECT:
        formatting_items(formatter, node, SYNTAX_PROPERTY, SYNTAX_KIND_COUNT, &doc_line_or_space);
        break;
    case SYNTAX_ARRAY:
        formatting_items(formatter, node, SYNTAX_KIND_COUNT, SYNTAX_SPREAD, &doc_line_or_empty);
        break;
    case SYNTAX_TYPE_OBJECT:
        formatting_items(formatter, node, SYNTAX_TYPE_PROPERTY, SYNTAX_KIND_COUNT,
                         &doc_line_or_space);
        break;
    case SYNTAX_TYPE_TUPLE:
        formatting_items(formatter, node, SYNTAX_SKIPPED, SYNTAX_KIND_COUNT, &doc_line_or_empty);
        break;
    case SYNTAX_PROPERTY: push_property(formatter, node, (SyntaxList){0}); break;
    case SYNTAX_TYPE_PROPERTY: push_property(formatter, node, node->property.decorators); break;
    case SYNTAX_TYPE_ITEM: push_type_item(formatter, node); break;
    case SYNTAX_TYPE_UNION: formatting_union(formatter, node); break;
    case SYNTAX_TYPE_GENERIC: formatting_generic(formatter, node); break;
    case SYNTAX_LAMBDA: formatting_lambda(formatter, node); break;
    case SYNTAX_FOR: formatting_for(formatter, node); break;
    case SYNTAX_IF: push_if(formatter, node); break;
    case SYNTAX_PARAM:
    case SYNTAX_VAR:
    case SYNTAX_OUTPUT:
    case SYNTAX_TYPE:
    case SYNTAX_ASSERT:
    case SYNTAX_METADATA:
    case SYNTAX_TARGET_SCOPE:
    case SYNTAX_USING:
    case SYNTAX_EXTENDS: push_declaration(formatter, node); break;
    case SYNTAX_FUNC: push_func(formatter, node); break;
    case SYNTAX_RESOURCE:
    case SYNTAX_MODULE:
    case SYNTAX_TEST: push_resource(formatter, node); break;
    case SYNTAX_IMPORT: push_import(formatter, node); break;
    case SYNTAX_EXTENSION: push_extension(formatter, node); break;
    case SYNTAX_SKIPPED:
    case SYNTAX_KIND_COUNT: assert(!"needs a file without errors"); break;
    }
}

static void print_made(Formatter *formatter, Layout *layout)
{
    layout_print(layout, (DocList){formatter->stack.items, formatter->stack.count});
    formatter->stack.count = 0;
    formatting_clear(formatter);
}

Text format_file(Arena *arena, const SyntaxFile *file)
{
    size_t length = file->source->text.length;
    Layout layout = {.out = {.arena = arena}};
    buffer_expect(&layout.out, length + length / 2 + 64);
    Formatter formatter = {
        .tokens = file->tokens.items,
        .source = file->source->text.at,
        .scratch = arena_borrow(arena),
    };
    uint32_t at = 0;
    for (size_t i = 0; i < file->statements.count; i++) {
        const Syntax *node = file->statements.items[i];
        formatting_tokens(&formatter, at, node->first);
        formatting_node(&formatter, node);
        print_made(&formatter, &layout);
        at = node->last + 1;
    }
    formatting_tokens(&formatter, at, (uint32_t)file->tokens.count);
    print_made(&formatter, &layout);
    arena_return(&formatter.scratch, arena);
    return layout_end(&layout);
}
