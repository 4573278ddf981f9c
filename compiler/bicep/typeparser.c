// compiler/bicep/typeparser.c: types, which share their literals and parentheses with expressions.
#include "compiler/bicep/parsing.h"

static Syntax *type_object_element(Parser *parser, Flags flags)
{
    (void)flags;
    TokenSet until = SET(NEWLINE) | SET(RIGHT_BRACE);
    Syntax *node = parsing_new_node(parser, SYNTAX_TYPE_PROPERTY, parser->at);
    size_t mark = parser->stack.count;
    parsing_decorators(parser);
    node->property.decorators = parsing_pop_list(parser, mark);
    uint32_t start = parser->at;
    bool silent = false;
    if (!parsing_take(parser, TOKEN_STAR)) {
        parsing_set_key(node, parsing_recover(parser, parsing_property_key(parser), start, false,
                                              until | SET(COLON)));
        silent = parsing_is_skipped(node->property.key);
    }
    silent = parsing_recover_token(parser, parsing_expect(parser, TOKEN_COLON), silent, until);
    start = parser->at;
    node->property.value = parsing_recover(parser, parsing_type(parser, 0), start, silent, until);
    parsing_adopt(node, node->property.value);
    parsing_adopt_list(node, node->property.decorators);
    return parsing_recover(parser, parsing_finish(parser, node), node->first, false, until);
}

static Syntax *type_tuple_element(Parser *parser, Flags flags)
{
    (void)flags;
    Syntax *node = parsing_new_node(parser, SYNTAX_TYPE_ITEM, parser->at);
    size_t mark = parser->stack.count;
    parsing_decorators(parser);
    node->property.decorators = parsing_pop_list(parser, mark);
    uint32_t start = parser->at;
    node->property.value = parsing_recover(parser, parsing_type(parser, 0), start, false,
                                           SET(NEWLINE) | SET(RIGHT_BRACKET));
    parsing_adopt(node, node->property.value);
    parsing_adopt_list(node, node->property.decorators);
    return parsing_recover(parser, parsing_finish(parser, node), node->first, false, SET(NEWLINE));
}

static Syntax *type_list(Parser *parser, SyntaxKind kind, TokenKind close, Element *element)
{
    Syntax *node = parsing_new_node(parser, kind, parser->at++);
    size_t mark = parser->stack.count;
    parsing_items(parser, close, element, DECORATED);
    node->list = parsing_pop_list(parser, mark);
    parsing_adopt_list(node, node->list);
    return parsing_close_bracket(parser, node->first, close) ? parsing_finish(parser, node) : NULL;
}

static Syntax *type_argument(Parser *parser, Flags flags)
{
    (void)flags;
    uint32_t start = parser->at;
    return parsing_recover(parser, parsing_type(parser, 0), start, false,
                           SET(NEWLINE) | SET(COMMA) | SET(GREATER));
}

// `<` is next.
static Syntax *generic_rest(Parser *parser, Syntax *base, uint32_t name_token)
{
    Syntax *node = parsing_new_node(parser, SYNTAX_TYPE_GENERIC, base ? base->first : name_token);
    parser->at++;
    node->call.base = base;
    node->call.name = parsing_token_text(parser, name_token);
    node->call.name_token = name_token;
    size_t mark = parser->stack.count;
    parsing_arguments(parser, TOKEN_GREATER, type_argument, 0);
    node->call.arguments = parsing_pop_list(parser, mark);
    if (base) parsing_adopt(node, base);
    parsing_adopt_list(node, node->call.arguments);
    if (!parsing_take(parser, TOKEN_GREATER))
        parsing_report(parser, DIAG_EXPECTED, parser->at, TEXT("'>'"));
    return parsing_finish(parser, node);
}

static Syntax *type_name(Parser *parser)
{
    uint32_t token = parser->at++;
    if (parsing_peek(parser) == TOKEN_LESS) return generic_rest(parser, NULL, token);
    Syntax *node = parsing_new_node(parser, SYNTAX_NAME, token);
    node->name = parsing_token_text(parser, token);
    return node;
}

static Syntax *type_primary(Parser *parser)
{
    if (parsing_check_set(parser, SCALARS)) return parsing_literal(parser);
    switch ((int)parsing_peek(parser)) {
    case TOKEN_IDENTIFIER: return type_name(parser);
    case TOKEN_LEFT_BRACE:
        return type_list(parser, SYNTAX_TYPE_OBJECT, TOKEN_RIGHT_BRACE, type_object_element);
    case TOKEN_LEFT_BRACKET:
        return type_list(parser, SYNTAX_TYPE_TUPLE, TOKEN_RIGHT_BRACKET, type_tuple_element);
    case TOKEN_LEFT_PAREN: return parsing_parenthesized(parser, parsing_type, 0, false, false);
    default: return parsing_fail(parser, DIAG_EXPECTED_TYPE, TEXT(""));
    }
}

// `[]` `[*]` `[0]`
static Syntax *type_brackets(Parser *parser, Syntax *base)
{
    bool list = parsing_peek_ahead(parser, 1) == TOKEN_RIGHT_BRACKET;
    Syntax *node = parsing_new_node(parser, list ? SYNTAX_TYPE_ARRAY : SYNTAX_INDEX, base->first);
    parser->at++;
    parsing_adopt(node, base);
    if (list) {
        node->inner = base;
    } else {
        node->index.base = base;
        if (!parsing_take(parser, TOKEN_STAR)) {
            node->index.at = parsing_expression(parser, 0);
            if (!node->index.at) return NULL;
            parsing_adopt(node, node->index.at);
        }
    }
    return parsing_expect(parser, TOKEN_RIGHT_BRACKET) ? parsing_finish(parser, node) : NULL;
}

// `.name` `.*` `.name<…>`
static Syntax *type_access(Parser *parser, Syntax *base)
{
    uint32_t token = ++parser->at;
    if (!parsing_take(parser, TOKEN_STAR) && !parsing_take(parser, TOKEN_IDENTIFIER)) {
        parsing_report(parser, DIAG_EXPECTED, token, TEXT("the name of a property or type"));
    } else if (parsing_peek(parser) == TOKEN_LESS &&
               parser->tokens[token].kind == TOKEN_IDENTIFIER) {
        return generic_rest(parser, base, token);
    }
    Syntax *node = parsing_new_node(parser, SYNTAX_ACCESS, base->first);
    node->access.base = base;
    node->access.name = parser->at > token ? parsing_token_text(parser, token) : (Text){"", 0};
    node->access.name_token = token;
    parsing_adopt(node, base);
    return parsing_finish(parser, node);
}

static Syntax *type_member(Parser *parser, Flags flags)
{
    (void)flags;
    Syntax *node = type_primary(parser);
    while (node) {
        if (parsing_peek(parser) == TOKEN_LEFT_BRACKET)
            node = type_brackets(parser, node);
        else if (parsing_peek(parser) == TOKEN_DOT)
            node = type_access(parser, node);
        else
            return node;
    }
    return NULL;
}

static Syntax *type_unary(Parser *parser)
{
    TokenKind kind = parsing_peek(parser);
    bool is_operator = kind == TOKEN_MINUS || kind == TOKEN_NOT;
    Syntax *node =
        is_operator ? parsing_unary_rest(parser, type_member, 0) : type_member(parser, 0);
    while (node && (parsing_peek(parser) == TOKEN_QUESTION || parsing_peek(parser) == TOKEN_NOT)) {
        bool nullable = parsing_peek(parser) == TOKEN_QUESTION;
        Syntax *outer = parsing_new_node(parser, nullable ? SYNTAX_TYPE_NULLABLE : SYNTAX_NON_NULL,
                                         node->first);
        parser->at++;
        outer->inner = node;
        parsing_adopt(outer, node);
        node = parsing_finish(parser, outer);
    }
    return node;
}

// `|`, also on the next line.
static bool at_pipe(const Parser *parser)
{
    return parsing_peek(parser) == TOKEN_PIPE ||
           (parsing_peek(parser) == TOKEN_NEWLINE && parsing_peek_ahead(parser, 1) == TOKEN_PIPE);
}

static Syntax *type_union(Parser *parser)
{
    uint32_t first = parser->at;
    bool leading = at_pipe(parser);
    if (leading) {
        parsing_skip_newlines(parser);
        parser->at++;
    }
    Syntax *node = type_unary(parser);
    if (!node || (!leading && !at_pipe(parser))) return node;
    Syntax *all = parsing_new_node(parser, SYNTAX_TYPE_UNION, first);
    size_t mark = parser->stack.count;
    parsing_push(parser, node);
    while (at_pipe(parser)) {
        parsing_skip_newlines(parser);
        uint32_t start = ++parser->at;
        if (parsing_peek(parser) == TOKEN_NEWLINE) {
            parsing_report(parser, DIAG_EXPECTED_TYPE, start, TEXT(""));
            parsing_push(parser, parsing_skipped(parser, start));
        } else {
            parsing_push(parser,
                         parsing_recover(parser, type_unary(parser), start, false, SET(NEWLINE)));
        }
    }
    all->list = parsing_pop_list(parser, mark);
    parsing_adopt_list(all, all->list);
    return parsing_finish(parser, all);
}

Syntax *parsing_type(Parser *parser, Flags flags)
{
    (void)flags;
    if (parser->depth == PARSER_DEPTH) return parsing_too_deep(parser, parser->at);
    parser->depth++;
    Syntax *node = type_union(parser);
    parser->depth--;
    return node;
}

Syntax *parsing_declared_type(Parser *parser, bool output)
{
    if (!parsing_check_word(parser, "resource") || parsing_peek_ahead(parser, 1) == TOKEN_LESS) {
        return parsing_type(parser, 0);
    }
    Syntax *node = parsing_new_node(parser, SYNTAX_TYPE_RESOURCE, parser->at++);
    if (!output || parsing_check_set(parser, STRINGS)) {
        if (!parsing_check_set(parser, STRINGS))
            return parsing_fail(parser, DIAG_EXPECTED, TEXT("'Type@version' of the resource"));
        node->inner = parsing_string(parser);
        if (!node->inner) return NULL;
        parsing_adopt(node, node->inner);
    }
    return parsing_finish(parser, node);
}
