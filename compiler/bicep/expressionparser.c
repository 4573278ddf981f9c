// compiler/bicep/expressionparser.c: literals, objects, loops, lambdas and operators by precedence.
#include "compiler/bicep/parsing.h"

#include <string.h>

// ---- literals

static Syntax *integer(Parser *parser)
{
    Text digits = parsing_token_text(parser, parser->at);
    uint64_t value = 0;
    for (size_t i = 0; i < digits.length; i++) {
        uint64_t digit = (uint64_t)(digits.at[i] - '0');
        if (value > (UINT64_MAX - digit) / 10)
            return parsing_fail(parser, DIAG_INTEGER_TOO_LARGE, digits);
        value = value * 10 + digit;
    }
    uint64_t limit = (uint64_t)INT64_MAX + (parser->minus == parser->at);
    if (value > limit) return parsing_fail(parser, DIAG_INTEGER_TOO_LARGE, digits);
    Syntax *node = parsing_new_node(parser, SYNTAX_INTEGER, parser->at++);
    node->integer = value;
    return node;
}

Syntax *parsing_literal(Parser *parser)
{
    TokenKind kind = parsing_peek(parser);
    if (parsing_check_set(parser, STRINGS)) return parsing_string(parser);
    if (kind == TOKEN_INTEGER) return integer(parser);
    Syntax *node =
        parsing_new_node(parser, kind == TOKEN_NULL ? SYNTAX_NULL : SYNTAX_BOOL, parser->at++);
    if (kind != TOKEN_NULL) node->boolean = kind == TOKEN_TRUE;
    return node;
}

static uint32_t code_point(Text text, size_t *at)
{
    uint32_t code = 0;
    for (*at += 3; *at < text.length && text.at[*at] != '}'; ++*at) {
        char digit = text.at[*at];
        uint32_t value = (uint32_t)(digit <= '9' ? digit - '0' : (digit | 32) - 'a' + 10);
        code = (code * 16 + value) & 0x1FFFFF;
    }
    ++*at;
    return code;
}

// `\u{…}` at `at`; two halves of a surrogate pair are one character.
static void unescape_code_point(TextBuffer *buffer, Text text, size_t *at)
{
    uint32_t code = code_point(text, at);
    if (code >= 0xD800 && code < 0xDC00 &&
        text_starts(text_slice(text, *at, text.length), "\\u{")) {
        size_t behind = *at;
        uint32_t low = code_point(text, &behind);
        if (low >= 0xDC00 && low < 0xE000) {
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
            *at = behind;
        }
    }
    buffer_code_point(buffer, code >= 0xD800 && code < 0xE000 ? 0xFFFD : code);
}

static Text unescaped(Parser *parser, Text text)
{
    if (!memchr(text.at, '\\', text.length)) return text;
    TextBuffer buffer = {.arena = parser->arena};
    for (size_t at = 0; at < text.length;) {
        char c = text.at[at];
        if (c != '\\' || at + 1 == text.length) {
            buffer_char(&buffer, c);
            at++;
        } else if (text.at[at + 1] == 'u') {
            unescape_code_point(&buffer, text, &at);
        } else {
            char escaped = text.at[at + 1];
            buffer_char(&buffer, escaped == 'n'   ? '\n'
                                 : escaped == 'r' ? '\r'
                                 : escaped == 't' ? '\t'
                                                  : escaped);
            at += 2;
        }
    }
    return buffer_done(&buffer);
}

// The text of one piece, without its delimiters. A piece that is not closed was reported by the
// lexer.
static Text segment(Parser *parser, uint32_t token, uint32_t dollars)
{
    TokenKind kind = parser->tokens[token].kind;
    Text text = parsing_token_text(parser, token);
    bool multiline = kind >= TOKEN_MULTILINE;
    bool starts = kind == TOKEN_STRING || kind == TOKEN_STRING_LEFT || kind == TOKEN_MULTILINE ||
                  kind == TOKEN_MULTILINE_LEFT;
    bool ends = kind == TOKEN_STRING || kind == TOKEN_STRING_RIGHT || kind == TOKEN_MULTILINE ||
                kind == TOKEN_MULTILINE_RIGHT;
    size_t before = starts && multiline ? dollars + 3 : 1;
    size_t behind = ends ? (multiline ? 3 : 1) : (multiline ? dollars + 1 : 2);
    if (text.length < before + behind) return (Text){"", 0};
    if (starts && multiline) {
        if (text.at[before] == '\r') before++;
        if (text.at[before] == '\n') before++;
        if (text.length < before + behind) return (Text){"", 0};
    }
    text = text_slice(text, before, text.length - behind);
    return multiline ? text : unescaped(parser, text);
}

static Syntax *plain_string(Parser *parser)
{
    size_t size = syntax_size(SYNTAX_STRING);
    Syntax *node = arena_alloc(parser->arena, size + sizeof(Text));
    node->kind = SYNTAX_STRING;
    node->first = node->last = parser->at;
    node->height = 1;
    node->file = parser->file;
    node->string.multiline = parsing_peek(parser) == TOKEN_MULTILINE;
    node->string.segments = (Text *)(void *)((char *)node + size);
    Text text = parsing_token_text(parser, parser->at);
    uint32_t dollars = 0;
    while (dollars < text.length && text.at[dollars] == '$') dollars++;
    node->string.segments[0] = segment(parser, parser->at, dollars);
    parser->at++;
    return node;
}

// Reads the holes up to the string's last piece; false if there is none on the line.
static bool string_holes(Parser *parser)
{
    for (;;) {
        uint32_t start = parser->at;
        Syntax *hole =
            parsing_recover(parser, parsing_expression(parser, 0), start, false, HOLE_ENDS);
        if (!parsing_check_set(parser, HOLE_ENDS) && parser->at < parser->end) {
            parsing_fail(parser, DIAG_EXPECTED, TEXT("'}' behind the expression"));
            parsing_resynchronize(parser, false, HOLE_ENDS);
        }
        parsing_push(parser, hole);
        TokenKind kind = parsing_peek(parser);
        if (kind == TOKEN_NEWLINE || kind == TOKEN_END) return false;
        parser->at++;
        if (kind == TOKEN_STRING_RIGHT || kind == TOKEN_MULTILINE_RIGHT) return true;
    }
}

Syntax *parsing_string(Parser *parser)
{
    TokenKind kind = parsing_peek(parser);
    if (kind == TOKEN_STRING || kind == TOKEN_MULTILINE) return plain_string(parser);
    Syntax *node = parsing_new_node(parser, SYNTAX_STRING, parser->at);
    node->string.multiline = kind == TOKEN_MULTILINE_LEFT;
    Text text = parsing_token_text(parser, parser->at);
    uint32_t dollars = 0;
    while (dollars < text.length && text.at[dollars] == '$') dollars++;

    parser->at++;
    size_t mark = parser->stack.count;
    if (!string_holes(parser)) {
        parser->stack.count = mark;
        // Of a hole that the line's end cuts off, the lexer has spoken; not of one at the end of
        // the file.
        parsing_fail(parser, DIAG_EXPECTED, TEXT("'}' behind the expression"));
        parser->failure.silent = parser->stopped || parser->at < parser->end;
        return NULL;
    }
    SyntaxList holes = parsing_pop_list(parser, mark);
    node->string.expressions = holes;
    node->string.segments = arena_array(parser->arena, Text, holes.count + 1);
    uint32_t piece = node->first;
    for (size_t i = 0; i < holes.count; i++) {
        node->string.segments[i] = segment(parser, piece, dollars);
        piece = holes.items[i]->last + 1;
    }
    node->string.segments[holes.count] = segment(parser, parser->at - 1, dollars);
    parsing_adopt_list(node, holes);
    return parsing_finish(parser, node);
}

// ---- objects and arrays

static Syntax *spread(Parser *parser, TokenKind close)
{
    Syntax *node = parsing_new_node(parser, SYNTAX_SPREAD, parser->at++);
    uint32_t start = parser->at;
    node->inner = parsing_recover(parser, parsing_expression(parser, LITERALS), start, false,
                                  SET(COMMA) | SET(NEWLINE) | (TokenSet)1 << close);
    parsing_adopt(node, node->inner);
    return parsing_finish(parser, node);
}

Syntax *parsing_property_key(Parser *parser)
{
    if (parsing_peek(parser) == TOKEN_IDENTIFIER) {
        Syntax *node = parsing_new_node(parser, SYNTAX_NAME, parser->at);
        node->name = parsing_token_text(parser, parser->at++);
        return node;
    }
    if (parsing_check_set(parser, STRINGS)) return parsing_string(parser);
    TokenKind kind = parsing_peek(parser);
    bool keyword = kind == TOKEN_TRUE || kind == TOKEN_FALSE || kind == TOKEN_NULL;
    return parsing_fail(parser, DIAG_EXPECTED,
                        keyword ? TEXT("the name of a property (this one only in quotes)")
                                : TEXT("the name of a property"));
}

void parsing_set_key(Syntax *node, Syntax *key)
{
    node->property.key = key;
    node->property.name = (Text){"", 0};
    if (key->kind == SYNTAX_NAME) node->property.name = key->name;
    syntax_plain_string(key, &node->property.name);
    parsing_adopt(node, key);
}

static Syntax *object_element(Parser *parser, Flags flags)
{
    uint32_t start = parser->at;
    if (flags & RESOURCES) {
        bool resource = parsing_check_word(parser, "resource") &&
                        parsing_peek_ahead(parser, 1) == TOKEN_IDENTIFIER;
        if (resource || parsing_peek(parser) == TOKEN_AT) return parsing_statement(parser, true);
    }
    TokenSet until = SET(NEWLINE) | SET(RIGHT_BRACE);
    if (parsing_peek(parser) == TOKEN_ELLIPSIS) {
        return parsing_recover(parser, spread(parser, TOKEN_RIGHT_BRACE), start, false, until);
    }
    Syntax *node = parsing_new_node(parser, SYNTAX_PROPERTY, start);
    parsing_set_key(node, parsing_recover(parser, parsing_property_key(parser), start, false,
                                          until | SET(COLON)));
    bool silent = parsing_recover_token(parser, parsing_expect(parser, TOKEN_COLON),
                                        parsing_is_skipped(node->property.key), until);
    start = parser->at;
    node->property.value =
        parsing_recover(parser, parsing_expression(parser, LITERALS), start, silent, until);
    parsing_adopt(node, node->property.value);
    return parsing_recover(parser, parsing_finish(parser, node), node->first, false, until);
}

Syntax *parsing_object(Parser *parser, Flags flags)
{
    uint32_t first = parser->at;
    if (!parsing_expect(parser, TOKEN_LEFT_BRACE)) return NULL;
    size_t mark = parser->stack.count;
    parsing_items(parser, TOKEN_RIGHT_BRACE, object_element, flags);
    Syntax *node = parsing_new_node(parser, SYNTAX_OBJECT, first);
    node->list = parsing_pop_list(parser, mark);
    parsing_adopt_list(node, node->list);
    return parsing_close_bracket(parser, first, TOKEN_RIGHT_BRACE) ? parsing_finish(parser, node)
                                                                   : NULL;
}

static Syntax *array_element(Parser *parser, Flags flags)
{
    (void)flags;
    uint32_t start = parser->at;
    bool spreads = parsing_peek(parser) == TOKEN_ELLIPSIS;
    Syntax *node =
        spreads ? spread(parser, TOKEN_RIGHT_BRACKET) : parsing_expression(parser, LITERALS);
    return parsing_recover(parser, node, start, false, SET(NEWLINE) | SET(RIGHT_BRACKET));
}

static Syntax *array(Parser *parser)
{
    Syntax *node = parsing_new_node(parser, SYNTAX_ARRAY, parser->at++);
    size_t mark = parser->stack.count;
    parsing_items(parser, TOKEN_RIGHT_BRACKET, array_element, 0);
    node->list = parsing_pop_list(parser, mark);
    parsing_adopt_list(node, node->list);
    return parsing_close_bracket(parser, node->first, TOKEN_RIGHT_BRACKET)
               ? parsing_finish(parser, node)
               : NULL;
}

// ---- for and if

static Syntax *for_body(Parser *parser, Flags flags, bool resource)
{
    if (!resource) return parsing_expression(parser, flags | LITERALS);
    if (parsing_check_word(parser, "if")) return parsing_if_condition(parser, flags, true);
    if (parsing_peek(parser) == TOKEN_LEFT_BRACE) return parsing_object(parser, flags);
    return parsing_fail(parser, DIAG_EXPECTED_BODY, TEXT("'{' or 'if'"));
}

// `item` or `(item, index)`; false if it was reported that it is neither.
static bool for_variables(Parser *parser, Syntax *node)
{
    uint32_t first = parser->at;
    if (parsing_peek(parser) == TOKEN_IDENTIFIER) {
        return parsing_identifier(parser, "a name", &node->loop.item, &node->loop.item_token);
    }
    if (!parsing_take(parser, TOKEN_LEFT_PAREN)) {
        parsing_report(parser, DIAG_EXPECTED, first,
                       TEXT("the name of the loop's item, or (item, index)"));
        return false;
    }
    bool good = parsing_identifier(parser, "", &node->loop.item, &node->loop.item_token) &&
                parsing_expect(parser, TOKEN_COMMA) &&
                parsing_identifier(parser, "", &node->loop.index, &node->loop.index_token);
    if (good) {
        parsing_take(parser, TOKEN_COMMA);
        good = parsing_take(parser, TOKEN_RIGHT_PAREN);
    }
    if (good) return true;
    parsing_report(parser, DIAG_LOOP_VARIABLES, parser->at, TEXT(""));
    parsing_resynchronize(parser, true, CLOSERS);
    parsing_take(parser, TOKEN_RIGHT_PAREN);
    return false;
}

Syntax *parsing_for_expression(Parser *parser, Flags flags, bool resource)
{
    Syntax *node = parsing_new_node(parser, SYNTAX_FOR, parser->at);
    if (!parsing_expect(parser, TOKEN_LEFT_BRACKET)) return NULL;
    parsing_skip_newlines(parser);
    if (!parsing_expect_word(parser, "for")) return NULL;
    bool silent = !for_variables(parser, node);
    TokenSet until = SET(RIGHT_BRACKET) | SET(NEWLINE);

    silent = parsing_recover_token(parser, parsing_expect_word(parser, "in"), silent, until);
    uint32_t start = parser->at;
    node->loop.array = parsing_recover(parser, parsing_expression(parser, LITERALS), start, silent,
                                       until | SET(COLON));
    silent = parsing_recover_token(parser, parsing_expect(parser, TOKEN_COLON),
                                   parsing_is_skipped(node->loop.array), until);
    start = parser->at;
    node->loop.body =
        parsing_recover(parser, for_body(parser, flags, resource), start, silent, until);
    if (node->loop.body->kind != SYNTAX_SKIPPED) parsing_skip_newlines(parser);
    bool closed = parsing_close_bracket(parser, node->first, TOKEN_RIGHT_BRACKET);
    parsing_recover_token(parser, closed, parsing_is_skipped(node->loop.body), until);
    parsing_adopt(node, node->loop.array);
    parsing_adopt(node, node->loop.body);
    return parsing_finish(parser, node);
}

Syntax *parsing_if_condition(Parser *parser, Flags flags, bool in_loop)
{
    Syntax *node = parsing_new_node(parser, SYNTAX_IF, parser->at++);
    TokenSet until = SET(NEWLINE) | (in_loop ? SET(RIGHT_BRACKET) : 0);
    uint32_t start = parser->at;
    Syntax *test = parsing_parenthesized(parser, parsing_expression, flags & LITERALS, true, false);
    node->condition.test = parsing_recover(parser, test, start, false, until | SET(LEFT_BRACE));
    start = parser->at;
    bool silent = parsing_is_skipped(node->condition.test);
    node->condition.body =
        parsing_recover(parser, parsing_object(parser, flags), start, silent, until);
    parsing_adopt(node, node->condition.test);
    parsing_adopt(node, node->condition.body);
    return parsing_finish(parser, node);
}

// ---- parentheses and lambdas

Syntax *parsing_lambda_body(Parser *parser)
{
    uint32_t next = parsing_behind_newlines(parser, parser->at);
    if (!parsing_is_keyword(parsing_token_text(parser, next), true)) parser->at = next;
    uint32_t start = parser->at;
    return parsing_recover(parser, parsing_expression(parser, LITERALS), start, false,
                           SET(NEWLINE) | SET(RIGHT_PAREN));
}

// `items` are what stood in the parentheses; the arrow is next.
static Syntax *lambda_rest(Parser *parser, uint32_t first, SyntaxList list)
{
    Syntax *node = parsing_new_node(parser, SYNTAX_LAMBDA, first);
    parser->at++;
    node->lambda.parameters = arena_array(parser->arena, SyntaxParameter, list.count);
    for (size_t i = 0; i < list.count; i++) {
        Syntax *item = list.items[i];
        if (item->kind == SYNTAX_NAME) {
            SyntaxParameter parameter = {.name = item->name, .token = item->first};
            node->lambda.parameters[node->lambda.count++] = parameter;
        } else if (item->kind != SYNTAX_SKIPPED) {
            parsing_report(parser, DIAG_LAMBDA_PARAMETER, item->first, TEXT(""));
        }
    }
    node->lambda.body = parsing_lambda_body(parser);
    parsing_adopt(node, node->lambda.body);
    return parsing_finish(parser, node);
}

// Pushes what stands between the parentheses, closing included; false after a failure.
// `first_separator`: the first comma or new line, 0 if there is none.
bool parsing_parenthesized_list(Parser *parser, Element *element, Flags flags, bool newlines,
                                uint32_t *first_separator)
{
    *first_separator = 0;
    if (!parsing_expect(parser, TOKEN_LEFT_PAREN)) return false;
    uint32_t start = parser->at;
    if (newlines) parsing_skip_newlines(parser);
    if (parser->at > start) *first_separator = start;
    bool silent = false;
    while (parser->at < parser->end && parsing_peek(parser) != TOKEN_RIGHT_PAREN) {
        start = parser->at;
        Syntax *item =
            parsing_recover(parser, element(parser, flags), start, false, CLOSERS | SET(COMMA));
        parsing_push(parser, item);
        silent = parsing_is_skipped(item);
        start = parser->at;
        if (newlines) parsing_skip_newlines(parser);
        bool comma = parsing_take(parser, TOKEN_COMMA);
        if (parser->at > start && !*first_separator) *first_separator = start;
        if (!comma) break;
        silent = false;
        if (newlines) parsing_skip_newlines(parser);
    }
    bool closed = parsing_expect(parser, TOKEN_RIGHT_PAREN);
    if (!closed) {
        parsing_resynchronize(parser, silent, CLOSERS);
        parsing_take(parser, TOKEN_RIGHT_PAREN);
    }
    return true;
}

Syntax *parsing_parenthesized(Parser *parser, Element *element, Flags flags, bool newlines,
                              bool lambda)
{
    uint32_t first = parser->at;
    size_t mark = parser->stack.count;
    uint32_t separator;
    if (!parsing_parenthesized_list(parser, element, flags, newlines, &separator)) return NULL;
    SyntaxList list = parsing_pop_list(parser, mark);
    if (lambda && parsing_peek(parser) == TOKEN_ARROW) return lambda_rest(parser, first, list);

    Syntax *node = parsing_new_node(parser, SYNTAX_PAREN, first);
    if (list.count != 1 || separator) {
        parsing_report(parser, DIAG_ONE_IN_PARENTHESES, separator ? separator : first,
                       element == parsing_type ? TEXT("type") : TEXT("expression"));
    }
    node->inner = list.count ? list.items[0] : parsing_skipped(parser, first);
    parsing_adopt(node, node->inner);
    return parsing_finish(parser, node);
}

// ---- expressions

static Syntax *argument(Parser *parser, Flags flags)
{
    uint32_t start = parser->at;
    return parsing_recover(parser, parsing_expression(parser, flags), start, false,
                           SET(NEWLINE) | SET(COMMA) | SET(RIGHT_PAREN));
}

// `base` or nothing stands before the name; the opening parenthesis is next.
Syntax *parsing_call_rest(Parser *parser, Syntax *base, uint32_t name_token, Flags flags)
{
    Syntax *node = parsing_new_node(parser, SYNTAX_CALL, base ? base->first : name_token);
    uint32_t open = parser->at++;
    node->call.base = base;
    node->call.name = parsing_token_text(parser, name_token);
    node->call.name_token = name_token;
    size_t mark = parser->stack.count;
    parsing_arguments(parser, TOKEN_RIGHT_PAREN, argument, flags);
    node->call.arguments = parsing_pop_list(parser, mark);
    if (base) parsing_adopt(node, base);
    parsing_adopt_list(node, node->call.arguments);
    if (!parsing_close_bracket(parser, open, TOKEN_RIGHT_PAREN)) parsing_report_failure(parser);
    return parsing_finish(parser, node);
}

static Syntax *name_or_call(Parser *parser, Flags flags)
{
    uint32_t token = parser->at++;
    if (parsing_peek(parser) == TOKEN_LEFT_PAREN)
        return parsing_call_rest(parser, NULL, token, flags);
    Syntax *node = parsing_new_node(parser, SYNTAX_NAME, token);
    node->name = parsing_token_text(parser, token);
    if (parsing_peek(parser) != TOKEN_ARROW) return node;
    return lambda_rest(parser, token, (SyntaxList){.items = &node, .count = 1});
}

static Syntax *primary(Parser *parser, Flags flags)
{
    TokenKind kind = parsing_peek(parser);
    if (parsing_check_set(parser, SCALARS)) return parsing_literal(parser);
    switch ((int)kind) {
    case TOKEN_IDENTIFIER: return name_or_call(parser, flags);
    case TOKEN_LEFT_BRACE:
    case TOKEN_LEFT_BRACKET:
        if (!(flags & LITERALS)) return parsing_fail(parser, DIAG_LITERAL_IN_STRING, TEXT(""));
        if (kind == TOKEN_LEFT_BRACE) return parsing_object(parser, flags);
        if (parsing_is_word(parser, parsing_behind_newlines(parser, parser->at + 1), "for")) {
            return parsing_for_expression(parser, flags, false);
        }
        return array(parser);
    case TOKEN_LEFT_PAREN:
        return parsing_parenthesized(parser, parsing_expression, flags, true, true);
    default: return parsing_fail(parser, DIAG_EXPECTED_EXPRESSION, TEXT(""));
    }
}

static Syntax *index_rest(Parser *parser, Syntax *base, Flags flags)
{
    Syntax *node = parsing_new_node(parser, SYNTAX_INDEX, base->first);
    parser->at++;
    node->index.base = base;
    node->index.safe = parsing_take(parser, TOKEN_QUESTION);
    node->index.from_end = parsing_take(parser, TOKEN_HAT);
    if (parsing_peek(parser) == TOKEN_RIGHT_BRACKET) {
        parsing_report(parser, DIAG_EXPECTED_EXPRESSION, parser->at, TEXT(""));
        node->index.at = parsing_skipped(parser, parser->at);
    } else {
        node->index.at = parsing_expression(parser, flags);
        if (!node->index.at) return NULL;
    }
    parsing_adopt(node, base);
    parsing_adopt(node, node->index.at);
    return parsing_expect(parser, TOKEN_RIGHT_BRACKET) ? parsing_finish(parser, node) : NULL;
}

// `.name` `.?name` `::name` `.name(…)`
Syntax *parsing_access_rest(Parser *parser, Syntax *base, Flags flags)
{
    bool nested = parser->tokens[parser->at++].kind == TOKEN_DOUBLE_COLON;
    bool safe = !nested && parsing_take(parser, TOKEN_QUESTION);
    uint32_t token = parser->at;
    if (!parsing_take(parser, TOKEN_IDENTIFIER)) {
        parsing_report(parser, DIAG_EXPECTED, token,
                       nested ? TEXT("the name of a nested resource")
                              : TEXT("the name of a property or function"));
    } else if (!nested && parsing_peek(parser) == TOKEN_LEFT_PAREN) {
        if (safe) parsing_report(parser, DIAG_SAFE_CALL, token - 1, TEXT(""));
        return parsing_call_rest(parser, base, token, flags);
    }
    Syntax *node = parsing_new_node(parser, SYNTAX_ACCESS, base->first);
    node->access.base = base;
    node->access.name = parser->at > token ? parsing_token_text(parser, token) : (Text){"", 0};
    node->access.name_token = token;
    node->access.safe = safe;
    node->access.nested = nested;
    parsing_adopt(node, base);
    return parsing_finish(parser, node);
}

static Syntax *non_null_rest(Parser *parser, Syntax *base)
{
    Syntax *node = parsing_new_node(parser, SYNTAX_NON_NULL, base->first);
    parser->at++;
    node->inner = base;
    parsing_adopt(node, base);
    return parsing_finish(parser, node);
}

static Syntax *member(Parser *parser, Flags flags)
{
    Syntax *node = primary(parser, flags);
    while (node) {
        switch ((int)parsing_peek(parser)) {
        case TOKEN_DOT:
        case TOKEN_DOUBLE_COLON: node = parsing_access_rest(parser, node, flags); break;
        case TOKEN_LEFT_BRACKET: node = index_rest(parser, node, flags); break;
        case TOKEN_NOT: node = non_null_rest(parser, node); break;
        default: return node;
        }
    }
    return NULL;
}

// `-` or `!`, and what `operand` reads behind it.
Syntax *parsing_unary_rest(Parser *parser, Element *operand, Flags flags)
{
    Syntax *node = parsing_new_node(parser, SYNTAX_UNARY, parser->at);
    node->unary.op = parsing_peek(parser) == TOKEN_MINUS ? OP_MINUS : OP_NOT;
    uint32_t start = ++parser->at;
    if (node->unary.op == OP_MINUS) parser->minus = start;
    node->unary.operand = parsing_recover(parser, operand(parser, flags), start, false, CLOSERS);
    parsing_adopt(node, node->unary.operand);
    return parsing_finish(parser, node);
}

static Syntax *unary(Parser *parser, Flags flags)
{
    TokenKind kind = parsing_peek(parser);
    bool is_operator = kind == TOKEN_MINUS || kind == TOKEN_NOT;
    return is_operator ? parsing_unary_rest(parser, member, flags) : member(parser, flags);
}

static const struct {
    uint8_t precedence, op;
} binaries[] = {
    [TOKEN_STAR] = {7, OP_MULTIPLY},
    [TOKEN_SLASH] = {7, OP_DIVIDE},
    [TOKEN_PERCENT] = {7, OP_MODULO},
    [TOKEN_PLUS] = {6, OP_ADD},
    [TOKEN_MINUS] = {6, OP_SUBTRACT},
    [TOKEN_LESS] = {5, OP_LESS},
    [TOKEN_LESS_EQUAL] = {5, OP_LESS_EQUAL},
    [TOKEN_GREATER] = {5, OP_GREATER},
    [TOKEN_GREATER_EQUAL] = {5, OP_GREATER_EQUAL},
    [TOKEN_EQUALS] = {4, OP_EQUALS},
    [TOKEN_NOT_EQUALS] = {4, OP_NOT_EQUALS},
    [TOKEN_EQUALS_INSENSITIVE] = {4, OP_EQUALS_INSENSITIVE},
    [TOKEN_NOT_EQUALS_INSENSITIVE] = {4, OP_NOT_EQUALS_INSENSITIVE},
    [TOKEN_AND] = {3, OP_AND},
    [TOKEN_OR] = {2, OP_OR},
    [TOKEN_DOUBLE_QUESTION] = {1, OP_COALESCE},
    [TOKEN_UNKNOWN] = {0, OP_NONE},
};

static Syntax *binary(Parser *parser, Flags flags, unsigned precedence)
{
    Syntax *left = unary(parser, flags);
    while (left && binaries[parsing_peek(parser)].precedence > precedence) {
        unsigned own = binaries[parsing_peek(parser)].precedence;
        Syntax *node = parsing_new_node(parser, SYNTAX_BINARY, left->first);
        node->binary.op = binaries[parsing_peek(parser)].op;
        node->binary.left = left;
        uint32_t start = ++parser->at;
        node->binary.right =
            parsing_recover(parser, binary(parser, flags, own), start, false, CLOSERS);
        parsing_adopt(node, left);
        parsing_adopt(node, node->binary.right);
        left = parsing_finish(parser, node);
    }
    return left;
}

// The question mark is next.
static Syntax *ternary_rest(Parser *parser, Syntax *condition, Flags flags)
{
    Syntax *node = parsing_new_node(parser, SYNTAX_TERNARY, condition->first);
    node->ternary.condition = condition;
    uint32_t start = ++parser->at;
    Syntax *then = parsing_recover(parser, parsing_expression(parser, flags), start, false,
                                   CLOSERS | SET(COLON));
    if (then->kind != SYNTAX_SKIPPED) {
        uint32_t next = parsing_behind_newlines(parser, parser->at);
        if (parser->tokens[next].kind == TOKEN_COLON) parser->at = next;
    }
    bool silent = parsing_recover_token(parser, parsing_expect(parser, TOKEN_COLON),
                                        parsing_is_skipped(then), CLOSERS);
    start = parser->at;
    node->ternary.then = then;
    node->ternary.otherwise =
        parsing_recover(parser, parsing_expression(parser, flags), start, silent, CLOSERS);
    parsing_adopt(node, condition);
    parsing_adopt(node, then);
    parsing_adopt(node, node->ternary.otherwise);
    return parsing_finish(parser, node);
}

Syntax *parsing_expression(Parser *parser, Flags flags)
{
    if (parser->depth == PARSER_DEPTH) return parsing_too_deep(parser, parser->at);
    parser->depth++;
    Syntax *node = binary(parser, flags, 0);
    if (node) {
        uint32_t next = parsing_behind_newlines(parser, parser->at);
        if (parser->tokens[next].kind == TOKEN_QUESTION) {
            parser->at = next;
            node = ternary_rest(parser, node, flags);
        }
    }
    parser->depth--;
    return node;
}
