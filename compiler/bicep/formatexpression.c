// compiler/bicep/formatexpression.c: expressions and types as documents.
#include "compiler/bicep/formatting.h"

#include <assert.h>
#include <string.h>

void formatting_items(Formatter *formatter, const Syntax *node, SyntaxKind needed,
                      SyntaxKind needless, Doc *padding)
{
    bool broken = false;
    for (size_t i = 0; i < node->list.count && !broken; i++) {
        SyntaxKind kind = node->list.items[i]->kind;
        broken = needed == SYNTAX_KIND_COUNT ? kind != needless : kind == needed;
    }
    Bracket bracket = {
        .open = node->first,
        .close = node->last,
        .separator = &doc_line_or_comma,
        .padding = padding,
        .broken = broken && formatter->tokens[node->first + 1].kind == TOKEN_NEWLINE,
    };
    formatting_begin_bracket(formatter, &bracket);
    uint32_t at = node->first + 1;
    for (size_t i = 0; i < node->list.count; i++) {
        formatting_tokens(formatter, at, node->list.items[i]->first);
        formatting_node(formatter, node->list.items[i]);
        at = node->list.items[i]->last + 1;
    }
    formatting_tokens(formatter, at, node->last);
    formatting_end_bracket(formatter, &bracket);
}

// Arguments within brackets whose opening is `bracket->open`; `tail`: the last one, made already.
static void push_arguments(Formatter *formatter, Bracket *bracket, SyntaxList arguments, Doc *tail)
{
    formatting_begin_bracket(formatter, bracket);
    uint32_t at = bracket->open + 1;
    for (size_t i = 0; i < arguments.count; i++) {
        const Syntax *argument = arguments.items[i];
        formatting_tokens(formatter, at, argument->first);
        size_t mark = formatter->stack.count;
        if (i + 1 < arguments.count) {
            formatting_one(formatter, argument);
            formatting_push(formatter, &doc_comma);
            formatting_glue(formatter, mark);
        } else if (tail) {
            formatting_push(formatter, tail);
        } else {
            formatting_one(formatter, argument);
        }
        at = argument->last + 1;
    }
    formatting_tokens(formatter, at, bracket->close);
    formatting_end_bracket(formatter, bracket);
}

static bool is_literal(const Syntax *node)
{
    return node->kind == SYNTAX_OBJECT || node->kind == SYNTAX_ARRAY;
}

// The last of several arguments, if it is an object or array, or a lambda with one as its body: its
// lines do not spread the other arguments over lines of their own.
static Doc *tail_argument(Formatter *formatter, SyntaxList arguments)
{
    if (arguments.count < 2) return NULL;
    const Syntax *last = arguments.items[arguments.count - 1];
    const Syntax *literal = last->kind == SYNTAX_LAMBDA ? last->lambda.body : last;
    if (!is_literal(literal)) return NULL;
    if (formatting_ends_in_line_comment(formatting_trailing(formatter, literal->last))) return NULL;
    formatting_one(formatter, last);
    Doc *doc = formatting_pop(formatter);
    if (doc->kind != DOC_GLUE) return doc;
    if (literal == last) {
        doc->kind = DOC_TAIL;
        return doc;
    }
    Doc *body = doc->list.items[doc->list.count - 1];
    if (body->kind == DOC_GLUE) body->kind = DOC_TAIL;
    return doc;
}

void formatting_call(Formatter *formatter, const Syntax *node)
{
    size_t mark = formatter->stack.count;
    uint32_t name = node->call.name_token;
    Doc *tail = tail_argument(formatter, node->call.arguments);
    if (node->call.base) {
        formatting_one(formatter, node->call.base);
        formatting_tokens(formatter, node->call.base->last + 1, name);
    }
    formatting_token(formatter, name);
    Bracket bracket = {
        .open = name + 1,
        .close = node->last,
        .separator = &doc_line_or_space,
        .padding = &doc_line_or_empty,
        .single_inline = true,
    };
    push_arguments(formatter, &bracket, node->call.arguments, tail);
    formatting_glue(formatter, mark);
}

static void push_flattened(Formatter *formatter, const Doc *doc)
{
    if (doc_is_container(doc)) {
        for (size_t i = 0; i < doc->list.count; i++) push_flattened(formatter, doc->list.items[i]);
    } else if (doc->kind == DOC_LINE) {
        if (doc->width) formatting_push(formatter, formatting_text(formatter, DOC_TEXT, doc->text));
    } else if (doc->kind != DOC_CONDITIONAL) {
        Doc *copy = formatting_alloc(formatter, sizeof *copy);
        *copy = *doc;
        formatting_push(formatter, copy);
    }
}

// A group on one line, whatever its width.
static Doc *flattened(Formatter *formatter, Doc *doc)
{
    if (doc->kind != DOC_GROUP) return doc;
    size_t mark = formatter->stack.count;
    push_flattened(formatter, doc);
    return formatting_container(formatter, DOC_GLUE, mark, NULL, NULL);
}

void formatting_generic(Formatter *formatter, const Syntax *node)
{
    size_t mark = formatter->stack.count;
    uint32_t name = node->call.name_token;
    Bracket bracket = {
        .open = name + 1,
        .close = node->last,
        .separator = &doc_line_or_space,
        .padding = &doc_line_or_empty,
        .broken = node->call.arguments.count && formatter->tokens[name + 2].kind == TOKEN_NEWLINE,
    };
    push_arguments(formatter, &bracket, node->call.arguments, NULL);
    Doc *tail = flattened(formatter, formatting_pop(formatter));
    if (node->call.base) {
        formatting_one(formatter, node->call.base);
        formatting_tokens(formatter, node->call.base->last + 1, name);
    }
    formatting_token(formatter, name);
    formatting_push(formatter, tail);
    formatting_glue(formatter, mark);
}

// Parameters in parentheses of a lambda; gives the token behind them.
static uint32_t push_parameters(Formatter *formatter, const Syntax *node)
{
    uint32_t close = node->first;
    for (size_t i = 0; i < node->lambda.count; i++) {
        const SyntaxParameter *parameter = &node->lambda.parameters[i];
        close = parameter->type ? parameter->type->last : parameter->token;
    }
    close++;
    while (formatter->tokens[close].kind != TOKEN_RIGHT_PAREN) close++;
    Bracket bracket = {
        .open = node->first,
        .close = close,
        .separator = &doc_line_or_space,
        .padding = &doc_line_or_empty,
    };
    formatting_begin_bracket(formatter, &bracket);
    uint32_t at = node->first + 1;
    for (size_t i = 0; i < node->lambda.count; i++) {
        const SyntaxParameter *parameter = &node->lambda.parameters[i];
        formatting_tokens(formatter, at, parameter->token);
        size_t mark = formatter->stack.count;
        formatting_single(formatter, parameter->token);
        if (parameter->type) {
            formatting_one(formatter, parameter->type);
            formatting_spread(formatter, mark);
        }
        if (i + 1 < node->lambda.count) {
            formatting_push(formatter, &doc_comma);
            formatting_glue(formatter, mark);
        }
        at = (parameter->type ? parameter->type->last : parameter->token) + 1;
    }
    formatting_tokens(formatter, at, close);
    formatting_end_bracket(formatter, &bracket);
    return close + 1;
}

void formatting_lambda(Formatter *formatter, const Syntax *node)
{
    size_t mark = formatter->stack.count;
    uint32_t arrow;
    if (formatter->tokens[node->first].kind == TOKEN_LEFT_PAREN) {
        arrow = push_parameters(formatter, node);
    } else {
        formatting_single(formatter, node->first);
        arrow = node->first + 1;
    }
    const Syntax *result = node->lambda.result, *body = node->lambda.body;
    if (result) {
        formatting_one(formatter, result);
        arrow = result->last + 1;
    }
    bool grouped = !is_literal(body) || formatting_has_comment(formatter, arrow + 1, body->first);
    int breaks = formatter->breaks;
    size_t group = formatter->stack.count;
    formatting_single(formatter, arrow);
    if (grouped && !result) group++; // only in functions the arrow belongs to the group
    if (grouped) formatting_tokens(formatter, arrow + 1, body->first);
    if (grouped)
        formatting_node(formatter, body);
    else
        formatting_one(formatter, body);
    if (grouped)
        formatting_indent_group(formatter, group, breaks, result ? NULL : &doc_line_or_empty);
    formatting_spread(formatter, mark);
}

void formatting_ternary(Formatter *formatter, const Syntax *node)
{
    size_t mark = formatter->stack.count;
    int breaks = formatter->breaks;
    const Syntax *then = node->ternary.then, *otherwise = node->ternary.otherwise;
    formatting_one(formatter, node->ternary.condition);
    uint32_t at = node->ternary.condition->last + 1;
    uint32_t question = formatting_behind_newlines(formatter, at);
    formatting_tokens(formatter, at, question);
    size_t part = formatter->stack.count;
    formatting_single(formatter, question);
    formatting_one(formatter, then);
    formatting_indent(formatter, part + 1);
    formatting_spread(formatter, part);
    uint32_t colon = formatting_behind_newlines(formatter, then->last + 1);
    formatting_tokens(formatter, then->last + 1, colon);
    part = formatter->stack.count;
    formatting_single(formatter, colon);
    formatting_one(formatter, otherwise);
    formatting_indent(formatter, part + 1);
    formatting_spread(formatter, part);
    formatting_indent_group(formatter, mark, breaks, NULL);
}

void formatting_for(Formatter *formatter, const Syntax *node)
{
    uint32_t keyword = formatting_behind_newlines(formatter, node->first + 1);
    size_t base = formatter->stack.count;
    uint32_t in = keyword + 2;
    if (formatter->tokens[keyword + 1].kind == TOKEN_LEFT_PAREN) {
        in = node->loop.index_token + 1;
        while (formatter->tokens[in].kind != TOKEN_RIGHT_PAREN) in++;
        SyntaxParameter parameters[] = {{.token = node->loop.item_token},
                                        {.token = node->loop.index_token}};
        Syntax block = {.first = keyword + 1, .file = node->file};
        block.lambda.parameters = parameters;
        block.lambda.count = 2;
        in = push_parameters(formatter, &block);
    } else {
        formatting_single(formatter, keyword + 1);
    }
    Doc *variables = flattened(formatter, formatting_pop(formatter));
    assert(formatter->stack.count == base);

    Bracket bracket = {
        .open = node->first,
        .close = node->last,
        .separator = &doc_line_or_empty,
        .padding = &doc_line_or_empty,
    };
    formatting_begin_bracket(formatter, &bracket);
    formatting_tokens(formatter, node->first + 1, keyword);
    size_t mark = formatter->stack.count;
    formatting_single(formatter, keyword);
    formatting_push(formatter, variables);
    formatting_single(formatter, in);
    size_t array = formatter->stack.count;
    formatting_one(formatter, node->loop.array);
    formatting_single(formatter, node->loop.array->last + 1);
    formatting_glue(formatter, array);
    formatting_one(formatter, node->loop.body);
    formatting_spread(formatter, mark);
    formatting_tokens(formatter, node->loop.body->last + 1, node->last);
    formatting_end_bracket(formatter, &bracket);
}

// Verbatim but for line ends and the spaces behind `${`.
void formatting_string(Formatter *formatter, const Syntax *node)
{
    SyntaxList holes = node->string.expressions;
    Text text = formatting_token_text(formatter, node->first);
    if (holes.count) {
        uint32_t from = formatter->tokens[node->first].from, to = formatter->tokens[node->last].to;
        char *copy = formatting_alloc(formatter, to - from);
        size_t filled = 0;
        uint32_t piece = node->first;
        for (size_t i = 0; i <= holes.count; i++) {
            Text own = formatting_token_text(formatter, piece);
            memcpy(copy + filled, own.at, own.length);
            filled += own.length;
            if (i == holes.count) break;
            uint32_t next = holes.items[i]->last + 1, begin = formatter->tokens[piece].to;
            Text hole = {formatter->source + begin, formatter->tokens[next].from - begin};
            hole = formatting_trimmed(hole);
            memcpy(copy + filled, hole.at, hole.length);
            filled += hole.length;
            piece = next;
        }
        text = (Text){copy, filled};
    }
    Doc *doc = formatting_wide_text(formatter, text);
    formatting_commented(formatter, doc, formatting_leading(formatter, node->first),
                         formatting_trailing(formatter, node->last));
}

void formatting_union(Formatter *formatter, const Syntax *node)
{
    size_t mark = formatter->stack.count;
    int breaks = formatter->breaks;
    uint32_t at = node->first;
    for (size_t i = 0; i < node->list.count; i++) {
        const Syntax *member = node->list.items[i];
        formatting_tokens(formatter, at, member->first);
        size_t part = formatter->stack.count;
        formatting_push(formatter, i ? &doc_pipe : &doc_leading_pipe);
        formatting_one(formatter, member);
        formatting_glue(formatter, part);
        at = member->last + 1;
    }
    formatting_indent_group(formatter, mark, breaks, &doc_line_or_empty);
}

void formatting_glued(Formatter *formatter, const Syntax *node, const Syntax *first,
                      const Syntax *second)
{
    size_t mark = formatter->stack.count;
    uint32_t at = node->first;
    if (first) at = formatting_up_to(formatter, at, first);
    if (second) at = formatting_up_to(formatter, at, second);
    while (at <= node->last) formatting_single(formatter, at++);
    formatting_glue(formatter, mark);
}
