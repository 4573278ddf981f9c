// compiler/bicep/parser.c: recursive descent; a function is named after its rule of the grammar.
// A function that meets what it does not expect notes a failure and returns NULL (or false). Who
// can go on calls `recover`, which reports the failure, skips to a token where reading makes sense
// again, and gives SYNTAX_SKIPPED. After a recovery, what follows in the same statement stays
// silent about its own absence.
#include "compiler/bicep/parser.h"

#include <assert.h>
#include <string.h>

typedef enum {
    LITERALS = 1,  // object and array literals are allowed
    RESOURCES = 2, // resources are allowed within an object
} Flags;

typedef uint64_t TokenSet;
#define SET(kind) ((TokenSet)1 << TOKEN_##kind)

// What ends a part of an expression while skipping.
#define CLOSERS                                                                                    \
    (SET(STRING_RIGHT) | SET(MULTILINE_RIGHT) | SET(RIGHT_BRACE) | SET(RIGHT_PAREN) |              \
     SET(RIGHT_BRACKET) | SET(NEWLINE))
#define STRINGS (SET(STRING) | SET(STRING_LEFT) | SET(MULTILINE) | SET(MULTILINE_LEFT))
#define HOLE_ENDS                                                                                  \
    (SET(STRING_MIDDLE) | SET(STRING_RIGHT) | SET(MULTILINE_MIDDLE) | SET(MULTILINE_RIGHT) |       \
     SET(NEWLINE))

typedef struct {
    DiagCode code;
    uint32_t token;
    Text expected;
    bool silent; // was reported already
} Failure;

enum { NO_TOKEN = UINT32_MAX };

typedef struct {
    Arena *arena;
    Diags *diags;
    SyntaxFile *file;
    const Token *tokens;
    uint32_t at, end; // `end`: index of TOKEN_END
    uint32_t depth;
    uint32_t minus;  // behind the last unary minus
    bool parameters; // a .bicepparam file
    bool stopped;    // after TOO_DEEP nothing is reported any more
    Failure failure;
    uint32_t reported; // token of the last report: one is enough
    uint32_t stop; // here a statement begins although brackets are open: no recovery goes past it
    SyntaxList stack; // children of the lists that are being read
} Parser;

static Syntax *expression(Parser *parser, Flags flags);
static Syntax *type_expression(Parser *parser, Flags flags);
static Syntax *statement(Parser *parser, bool nested);
static Syntax *type_object_element(Parser *parser, Flags flags);
static Syntax *type_tuple_element(Parser *parser, Flags flags);

// ---- tokens

static TokenKind peek(const Parser *parser)
{
    return parser->tokens[parser->at].kind;
}

static TokenKind peek_ahead(const Parser *parser, uint32_t ahead)
{
    uint32_t index = parser->at + ahead;
    return parser->tokens[index < parser->end ? index : parser->end].kind;
}

static bool check_set(const Parser *parser, TokenSet set)
{
    return set >> peek(parser) & 1;
}

static Text token_text(const Parser *parser, uint32_t token)
{
    return text_slice(parser->file->source->text, parser->tokens[token].from,
                      parser->tokens[token].to);
}

static Place token_place(const Parser *parser, uint32_t token)
{
    return (Place){parser->file->source, parser->tokens[token].from, parser->tokens[token].to};
}

static bool take(Parser *parser, TokenKind kind)
{
    if (peek(parser) != kind) return false;
    parser->at++;
    return true;
}

static bool is_word(const Parser *parser, uint32_t token, const char *word)
{
    if (token > parser->end || parser->tokens[token].kind != TOKEN_IDENTIFIER) return false;
    return text_is(token_text(parser, token), word);
}

static bool check_word(const Parser *parser, const char *word)
{
    return is_word(parser, parser->at, word);
}

// The first token from here on that is no new line.
static uint32_t behind_newlines(const Parser *parser, uint32_t from)
{
    while (parser->tokens[from].kind == TOKEN_NEWLINE) from++;
    return from;
}

static void skip_newlines(Parser *parser)
{
    parser->at = behind_newlines(parser, parser->at);
}

// ---- failures

static Syntax *fail(Parser *parser, DiagCode code, Text expected)
{
    parser->failure = (Failure){.code = code, .token = parser->at, .expected = expected};
    return NULL;
}

static Text found(const Parser *parser, uint32_t token)
{
    TokenKind kind = parser->tokens[token].kind;
    Text text = token_text(parser, token);
    if (kind == TOKEN_NEWLINE) return TEXT("the end of the line");
    if (kind == TOKEN_STRING_MIDDLE || kind == TOKEN_STRING_RIGHT ||
        kind == TOKEN_MULTILINE_MIDDLE || kind == TOKEN_MULTILINE_RIGHT) {
        return text.length ? TEXT("'}'") : TEXT("the end of the line");
    }
    if (kind == TOKEN_END || kind == TOKEN_UNKNOWN || text.length == 0 || text.length > 40 ||
        kind == TOKEN_STRING || (kind >= TOKEN_STRING_LEFT && kind <= TOKEN_MULTILINE_RIGHT)) {
        return text_of(token_name(kind));
    }
    return text_format(parser->arena, "'%.*s'", TEXT_ARG(text));
}

static void report(Parser *parser, DiagCode code, uint32_t token, Text expected)
{
    // The lexer has spoken about this token already.
    if (parser->stopped || parser->tokens[token].kind == TOKEN_UNKNOWN) return;
    if (parser->reported == token) return;
    parser->reported = token;
    Text argument = code == DIAG_INTEGER_TOO_LARGE ? token_text(parser, token) : expected;
    diag_add_with(parser->diags, code, token_place(parser, token), argument, found(parser, token));
    bool closing = text_is(expected, "')'") || text_is(expected, "']'");
    if (closing && parser->tokens[token].kind == TOKEN_ASSIGN) {
        diag_hint(parser->diags, TEXT("values are compared with '=='"));
    }
}

static void report_failure(Parser *parser)
{
    Failure failure = parser->failure;
    if (!failure.silent) report(parser, failure.code, failure.token, failure.expected);
}

// Ends all reading: deeper trees would break every recursion over them.
static Syntax *too_deep(Parser *parser, uint32_t token)
{
    report(parser, DIAG_TOO_DEEP, token, TEXT(""));
    parser->stopped = true;
    parser->at = parser->end;
    parser->failure = (Failure){.silent = true, .token = parser->end};
    return NULL;
}

static bool expect(Parser *parser, TokenKind kind)
{
    if (take(parser, kind)) return true;
    fail(parser, DIAG_EXPECTED, text_of(token_name(kind)));
    return false;
}

static bool take_word(Parser *parser, const char *word)
{
    bool there = check_word(parser, word);
    parser->at += there;
    return there;
}

static bool expect_word(Parser *parser, const char *word)
{
    if (take_word(parser, word)) return true;
    fail(parser, DIAG_EXPECTED, text_format(parser->arena, "'%s'", word));
    return false;
}

// ---- nodes

static Syntax *new_node(Parser *parser, SyntaxKind kind, uint32_t first)
{
    Syntax *node = arena_alloc(parser->arena, syntax_size(kind));
    node->kind = kind;
    node->first = first;
    node->last = first;
    node->height = 1;
    node->file = parser->file;
    return node;
}

static void adopt(Syntax *parent, const Syntax *child)
{
    if (child->height >= parent->height) parent->height = child->height + 1;
}

static void adopt_list(Syntax *parent, SyntaxList children)
{
    for (size_t i = 0; i < children.count; i++) adopt(parent, children.items[i]);
}

// The node ends with the token before.
static Syntax *finish(Parser *parser, Syntax *node)
{
    if (parser->at > node->first) node->last = parser->at - 1;
    return node->height > SYNTAX_HEIGHT ? too_deep(parser, node->first) : node;
}

static void push(Parser *parser, Syntax *node)
{
    list_add(parser->arena, &parser->stack, node);
}

// What was pushed since the stack had `mark` items.
static SyntaxList pop_list(Parser *parser, size_t mark)
{
    size_t count = parser->stack.count - mark;
    SyntaxList list = {.count = count, .room = count};
    if (count) {
        list.items = arena_array(parser->arena, Syntax *, count);
        memcpy(list.items, parser->stack.items + mark, count * sizeof *list.items);
    }
    parser->stack.count = mark;
    return list;
}

// ---- recovery

// Reports the failure unless it shall be silent, and skips to `until`.
static void resynchronize(Parser *parser, bool silent, TokenSet until)
{
    if (!silent) report_failure(parser);
    while (parser->at < parser->end && parser->at != parser->stop && !check_set(parser, until)) {
        parser->at++;
    }
}

static Syntax *skipped(Parser *parser, uint32_t start)
{
    return finish(parser, new_node(parser, SYNTAX_SKIPPED, start));
}

static Syntax *recover(Parser *parser, Syntax *node, uint32_t start, bool silent, TokenSet until)
{
    if (node) return node;
    resynchronize(parser, silent, until);
    return skipped(parser, start);
}

static bool is_skipped(const Syntax *node)
{
    return node->kind == SYNTAX_SKIPPED;
}

// Like `recover` for a token; true if what follows shall be silent.
static bool recover_token(Parser *parser, bool taken, bool silent, TokenSet until)
{
    if (!taken) resynchronize(parser, silent, until);
    return !taken;
}

// A name that is declared: false if it is missing.
static bool identifier(Parser *parser, const char *what, Text *name, uint32_t *token)
{
    *token = parser->at;
    *name = (Text){0};
    if (peek(parser) != TOKEN_IDENTIFIER) {
        fail(parser, DIAG_EXPECTED, text_of(what));
        return false;
    }
    *name = token_text(parser, parser->at++);
    return true;
}

// ---- literals

static Syntax *integer(Parser *parser)
{
    Text digits = token_text(parser, parser->at);
    uint64_t value = 0;
    for (size_t i = 0; i < digits.length; i++) {
        uint64_t digit = (uint64_t)(digits.at[i] - '0');
        if (value > (UINT64_MAX - digit) / 10) return fail(parser, DIAG_INTEGER_TOO_LARGE, digits);
        value = value * 10 + digit;
    }
    uint64_t limit = (uint64_t)INT64_MAX + (parser->minus == parser->at);
    if (value > limit) return fail(parser, DIAG_INTEGER_TOO_LARGE, digits);
    Syntax *node = new_node(parser, SYNTAX_INTEGER, parser->at++);
    node->integer = value;
    return node;
}

static Syntax *literal(Parser *parser)
{
    TokenKind kind = peek(parser);
    if (kind == TOKEN_INTEGER) return integer(parser);
    Syntax *node = new_node(parser, kind == TOKEN_NULL ? SYNTAX_NULL : SYNTAX_BOOL, parser->at++);
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
    Text text = token_text(parser, token);
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
    node->string.multiline = peek(parser) == TOKEN_MULTILINE;
    node->string.segments = (Text *)(void *)((char *)node + size);
    Text text = token_text(parser, parser->at);
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
        Syntax *hole = recover(parser, expression(parser, 0), start, false, HOLE_ENDS);
        if (!check_set(parser, HOLE_ENDS) && parser->at < parser->end) {
            fail(parser, DIAG_EXPECTED, TEXT("'}' behind the expression"));
            resynchronize(parser, false, HOLE_ENDS);
        }
        push(parser, hole);
        TokenKind kind = peek(parser);
        if (kind == TOKEN_NEWLINE || kind == TOKEN_END) return false;
        parser->at++;
        if (kind == TOKEN_STRING_RIGHT || kind == TOKEN_MULTILINE_RIGHT) return true;
    }
}

static Syntax *string(Parser *parser)
{
    TokenKind kind = peek(parser);
    if (kind == TOKEN_STRING || kind == TOKEN_MULTILINE) return plain_string(parser);
    Syntax *node = new_node(parser, SYNTAX_STRING, parser->at);
    node->string.multiline = kind == TOKEN_MULTILINE_LEFT;
    Text text = token_text(parser, parser->at);
    uint32_t dollars = 0;
    while (dollars < text.length && text.at[dollars] == '$') dollars++;

    parser->at++;
    size_t mark = parser->stack.count;
    if (!string_holes(parser)) {
        parser->stack.count = mark;
        // Of a hole that the line's end cuts off, the lexer has spoken; not of one at the end of
        // the file.
        fail(parser, DIAG_EXPECTED, TEXT("'}' behind the expression"));
        parser->failure.silent = parser->stopped || parser->at < parser->end;
        return NULL;
    }
    SyntaxList holes = pop_list(parser, mark);
    node->string.expressions = holes;
    node->string.segments = arena_array(parser->arena, Text, holes.count + 1);
    uint32_t piece = node->first;
    for (size_t i = 0; i < holes.count; i++) {
        node->string.segments[i] = segment(parser, piece, dollars);
        piece = holes.items[i]->last + 1;
    }
    node->string.segments[holes.count] = segment(parser, parser->at - 1, dollars);
    adopt_list(node, holes);
    return finish(parser, node);
}

// ---- lists of items

static const struct {
    const char *word;
    bool ends_lambda; // the body of a lambda does not begin on the next line with this word
} statement_words[] = {
    {"resource", true},   {"param", true},    {"var", true},    {"output", true},
    {"module", true},     {"type", true},     {"import", true}, {"metadata", true},
    {"assert", true},     {"func", false},    {"using", false}, {"targetScope", false},
    {"extension", false}, {"extends", false},
};

// True for the words that begin a statement.
static bool is_keyword(Text word, bool ends_lambda)
{
    for (size_t i = 0; i < sizeof statement_words / sizeof *statement_words; i++) {
        if (text_is(word, statement_words[i].word))
            return statement_words[i].ends_lambda || !ends_lambda;
    }
    return false;
}

// `param name`, `var name` and the like, at the begin of a line: a bracket before was not closed.
// Sets `stop`.
static bool at_statement(Parser *parser, bool types, Flags flags)
{
    uint32_t at = parser->at;
    TokenKind kind = peek(parser);
    if (at == parser->stop) return true;
    if ((kind != TOKEN_IDENTIFIER && kind != TOKEN_AT) || at == 0) return false;
    if (parser->tokens[at - 1].kind != TOKEN_NEWLINE) return false;
    if (kind == TOKEN_AT) {
        if (types || flags & RESOURCES) return false;
    } else {
        if (peek_ahead(parser, 1) != TOKEN_IDENTIFIER || is_word(parser, at + 1, "as"))
            return false;
        if (flags & RESOURCES && check_word(parser, "resource")) return false;
        if (!is_keyword(token_text(parser, at), false)) return false;
    }
    parser->stop = at;
    return true;
}

// The closing of the bracket at `open`; where there is no more to read, the failure names that
// bracket.
static bool close_bracket(Parser *parser, uint32_t open, TokenKind close)
{
    if (expect(parser, close)) return true;
    if (parser->at < parser->end && parser->at != parser->stop) return false;
    size_t before = parser->diags->count;
    report_failure(parser);
    parser->failure.silent = true;
    if (parser->diags->count > before) {
        uint32_t line, column;
        diag_line_column(parser->file->source, parser->tokens[open].from, &line, &column);
        Text text = token_text(parser, open);
        diag_hint(parser->diags, text_format(parser->arena, "the '%.*s' of line %u is not closed",
                                             TEXT_ARG(text), line));
    }
    return false;
}

typedef Syntax *Element(Parser *parser, Flags flags);

// Items of `{…}` and `[…]`, separated by one comma or by new lines, up to `close`, which is not
// taken.
static void items(Parser *parser, TokenKind close, Element *element, Flags flags)
{
    skip_newlines(parser);
    bool types = element == type_object_element || element == type_tuple_element;
    while (parser->at < parser->end && peek(parser) != close) {
        if (at_statement(parser, types, flags)) return;
        push(parser, element(parser, flags));
        if (parser->at == parser->end || peek(parser) == close) return;
        if (peek(parser) == TOKEN_NEWLINE) {
            skip_newlines(parser);
        } else if (take(parser, TOKEN_COMMA)) {
            if (peek(parser) != TOKEN_NEWLINE) continue;
            report(parser, DIAG_NEWLINE_AFTER_COMMA, parser->at - 1, TEXT(""));
            parser->at++;
        } else {
            report(parser, DIAG_EXPECTED_SEPARATOR, parser->at, TEXT(""));
        }
    }
}

static bool comment_before(const Parser *parser, uint32_t token)
{
    uint32_t from = parser->tokens[token - 1].to, to = parser->tokens[token].from;
    return to > from && memchr(parser->file->source->text.at + from, '/', to - from);
}

// Arguments, separated by commas; new lines may follow the opening, a comma, and the last argument.
static void arguments(Parser *parser, TokenKind close, Element *element, Flags flags)
{
    if (peek(parser) == close) return;
    skip_newlines(parser);
    while (parser->at < parser->end && peek(parser) != close) {
        if (at_statement(parser, false, 0)) return;
        push(parser, element(parser, flags));
        if (parser->at == parser->end || peek(parser) == close) return;
        if (peek(parser) == TOKEN_NEWLINE) {
            // Only comments may stand on lines between the last argument and the closing.
            uint32_t next = parser->at + 1;
            while (parser->tokens[next].kind == TOKEN_NEWLINE && comment_before(parser, next)) {
                next++;
            }
            if (parser->tokens[next].kind == TOKEN_END) return;
            if (parser->tokens[next].kind != close) {
                report(parser, DIAG_EXPECTED_COMMA, parser->at, text_of(token_name(close)));
            }
            skip_newlines(parser);
        } else if (take(parser, TOKEN_COMMA)) {
            skip_newlines(parser);
            if (peek(parser) == close) push(parser, element(parser, flags)); // fails
        } else {
            report(parser, DIAG_EXPECTED_COMMA, parser->at, text_of(token_name(close)));
        }
    }
}

// ---- objects and arrays

static Syntax *spread(Parser *parser, TokenKind close)
{
    Syntax *node = new_node(parser, SYNTAX_SPREAD, parser->at++);
    uint32_t start = parser->at;
    node->inner = recover(parser, expression(parser, LITERALS), start, false,
                          SET(COMMA) | SET(NEWLINE) | (TokenSet)1 << close);
    adopt(node, node->inner);
    return finish(parser, node);
}

static Syntax *property_key(Parser *parser)
{
    if (peek(parser) == TOKEN_IDENTIFIER) {
        Syntax *node = new_node(parser, SYNTAX_NAME, parser->at);
        node->name = token_text(parser, parser->at++);
        return node;
    }
    if (check_set(parser, STRINGS)) return string(parser);
    TokenKind kind = peek(parser);
    bool keyword = kind == TOKEN_TRUE || kind == TOKEN_FALSE || kind == TOKEN_NULL;
    return fail(parser, DIAG_EXPECTED,
                keyword ? TEXT("the name of a property (this one only in quotes)")
                        : TEXT("the name of a property"));
}

static void set_key(Syntax *node, Syntax *key)
{
    node->property.key = key;
    node->property.name = (Text){"", 0};
    if (key->kind == SYNTAX_NAME) node->property.name = key->name;
    syntax_plain_string(key, &node->property.name);
    adopt(node, key);
}

static Syntax *object_element(Parser *parser, Flags flags)
{
    uint32_t start = parser->at;
    if (flags & RESOURCES) {
        bool resource = check_word(parser, "resource") && peek_ahead(parser, 1) == TOKEN_IDENTIFIER;
        if (resource || peek(parser) == TOKEN_AT) return statement(parser, true);
    }
    TokenSet until = SET(NEWLINE) | SET(RIGHT_BRACE);
    if (peek(parser) == TOKEN_ELLIPSIS) {
        return recover(parser, spread(parser, TOKEN_RIGHT_BRACE), start, false, until);
    }
    Syntax *node = new_node(parser, SYNTAX_PROPERTY, start);
    set_key(node, recover(parser, property_key(parser), start, false, until | SET(COLON)));
    bool silent =
        recover_token(parser, expect(parser, TOKEN_COLON), is_skipped(node->property.key), until);
    start = parser->at;
    node->property.value = recover(parser, expression(parser, LITERALS), start, silent, until);
    adopt(node, node->property.value);
    return recover(parser, finish(parser, node), node->first, false, until);
}

static Syntax *object(Parser *parser, Flags flags)
{
    uint32_t first = parser->at;
    if (!expect(parser, TOKEN_LEFT_BRACE)) return NULL;
    size_t mark = parser->stack.count;
    items(parser, TOKEN_RIGHT_BRACE, object_element, flags);
    Syntax *node = new_node(parser, SYNTAX_OBJECT, first);
    node->list = pop_list(parser, mark);
    adopt_list(node, node->list);
    return close_bracket(parser, first, TOKEN_RIGHT_BRACE) ? finish(parser, node) : NULL;
}

static Syntax *array_element(Parser *parser, Flags flags)
{
    (void)flags;
    uint32_t start = parser->at;
    bool spreads = peek(parser) == TOKEN_ELLIPSIS;
    Syntax *node = spreads ? spread(parser, TOKEN_RIGHT_BRACKET) : expression(parser, LITERALS);
    return recover(parser, node, start, false, SET(NEWLINE) | SET(RIGHT_BRACKET));
}

static Syntax *array(Parser *parser)
{
    Syntax *node = new_node(parser, SYNTAX_ARRAY, parser->at++);
    size_t mark = parser->stack.count;
    items(parser, TOKEN_RIGHT_BRACKET, array_element, 0);
    node->list = pop_list(parser, mark);
    adopt_list(node, node->list);
    return close_bracket(parser, node->first, TOKEN_RIGHT_BRACKET) ? finish(parser, node) : NULL;
}

// ---- for and if

static Syntax *if_condition(Parser *parser, Flags flags, bool in_loop);

static Syntax *for_body(Parser *parser, Flags flags, bool resource)
{
    if (!resource) return expression(parser, flags | LITERALS);
    if (check_word(parser, "if")) return if_condition(parser, flags, true);
    if (peek(parser) == TOKEN_LEFT_BRACE) return object(parser, flags);
    return fail(parser, DIAG_EXPECTED_BODY, TEXT("'{' or 'if'"));
}

// `item` or `(item, index)`; false if it was reported that it is neither.
static bool for_variables(Parser *parser, Syntax *node)
{
    uint32_t first = parser->at;
    if (peek(parser) == TOKEN_IDENTIFIER) {
        return identifier(parser, "a name", &node->loop.item, &node->loop.item_token);
    }
    if (!take(parser, TOKEN_LEFT_PAREN)) {
        report(parser, DIAG_EXPECTED, first, TEXT("the name of the loop's item, or (item, index)"));
        return false;
    }
    bool good = identifier(parser, "", &node->loop.item, &node->loop.item_token) &&
                expect(parser, TOKEN_COMMA) &&
                identifier(parser, "", &node->loop.index, &node->loop.index_token);
    if (good) {
        take(parser, TOKEN_COMMA);
        good = take(parser, TOKEN_RIGHT_PAREN);
    }
    if (good) return true;
    report(parser, DIAG_LOOP_VARIABLES, parser->at, TEXT(""));
    resynchronize(parser, true, CLOSERS);
    take(parser, TOKEN_RIGHT_PAREN);
    return false;
}

static Syntax *for_expression(Parser *parser, Flags flags, bool resource)
{
    Syntax *node = new_node(parser, SYNTAX_FOR, parser->at);
    if (!expect(parser, TOKEN_LEFT_BRACKET)) return NULL;
    skip_newlines(parser);
    if (!expect_word(parser, "for")) return NULL;
    bool silent = !for_variables(parser, node);
    TokenSet until = SET(RIGHT_BRACKET) | SET(NEWLINE);

    silent = recover_token(parser, expect_word(parser, "in"), silent, until);
    uint32_t start = parser->at;
    node->loop.array =
        recover(parser, expression(parser, LITERALS), start, silent, until | SET(COLON));
    silent =
        recover_token(parser, expect(parser, TOKEN_COLON), is_skipped(node->loop.array), until);
    start = parser->at;
    node->loop.body = recover(parser, for_body(parser, flags, resource), start, silent, until);
    if (node->loop.body->kind != SYNTAX_SKIPPED) skip_newlines(parser);
    bool closed = close_bracket(parser, node->first, TOKEN_RIGHT_BRACKET);
    recover_token(parser, closed, is_skipped(node->loop.body), until);
    adopt(node, node->loop.array);
    adopt(node, node->loop.body);
    return finish(parser, node);
}

static Syntax *parenthesized(Parser *parser, Element *element, Flags flags, bool newlines,
                             bool lambda);

static Syntax *if_condition(Parser *parser, Flags flags, bool in_loop)
{
    Syntax *node = new_node(parser, SYNTAX_IF, parser->at++);
    TokenSet until = SET(NEWLINE) | (in_loop ? SET(RIGHT_BRACKET) : 0);
    uint32_t start = parser->at;
    Syntax *test = parenthesized(parser, expression, flags & LITERALS, true, false);
    node->condition.test = recover(parser, test, start, false, until | SET(LEFT_BRACE));
    start = parser->at;
    bool silent = is_skipped(node->condition.test);
    node->condition.body = recover(parser, object(parser, flags), start, silent, until);
    adopt(node, node->condition.test);
    adopt(node, node->condition.body);
    return finish(parser, node);
}

// ---- parentheses and lambdas

static Syntax *lambda_body(Parser *parser)
{
    uint32_t next = behind_newlines(parser, parser->at);
    if (!is_keyword(token_text(parser, next), true)) parser->at = next;
    uint32_t start = parser->at;
    return recover(parser, expression(parser, LITERALS), start, false,
                   SET(NEWLINE) | SET(RIGHT_PAREN));
}

// `items` are what stood in the parentheses; the arrow is next.
static Syntax *lambda_rest(Parser *parser, uint32_t first, SyntaxList list)
{
    Syntax *node = new_node(parser, SYNTAX_LAMBDA, first);
    parser->at++;
    node->lambda.parameters = arena_array(parser->arena, SyntaxParameter, list.count);
    for (size_t i = 0; i < list.count; i++) {
        Syntax *item = list.items[i];
        if (item->kind == SYNTAX_NAME) {
            SyntaxParameter parameter = {.name = item->name, .token = item->first};
            node->lambda.parameters[node->lambda.count++] = parameter;
        } else if (item->kind != SYNTAX_SKIPPED) {
            report(parser, DIAG_LAMBDA_PARAMETER, item->first, TEXT(""));
        }
    }
    node->lambda.body = lambda_body(parser);
    adopt(node, node->lambda.body);
    return finish(parser, node);
}

// Pushes what stands between the parentheses, closing included; false after a failure.
// `first_separator`: the first comma or new line, 0 if there is none.
static bool parenthesized_list(Parser *parser, Element *element, Flags flags, bool newlines,
                               uint32_t *first_separator)
{
    *first_separator = 0;
    if (!expect(parser, TOKEN_LEFT_PAREN)) return false;
    uint32_t start = parser->at;
    if (newlines) skip_newlines(parser);
    if (parser->at > start) *first_separator = start;
    bool silent = false;
    while (parser->at < parser->end && peek(parser) != TOKEN_RIGHT_PAREN) {
        start = parser->at;
        Syntax *item = recover(parser, element(parser, flags), start, false, CLOSERS | SET(COMMA));
        push(parser, item);
        silent = is_skipped(item);
        start = parser->at;
        if (newlines) skip_newlines(parser);
        bool comma = take(parser, TOKEN_COMMA);
        if (parser->at > start && !*first_separator) *first_separator = start;
        if (!comma) break;
        silent = false;
        if (newlines) skip_newlines(parser);
    }
    bool closed = expect(parser, TOKEN_RIGHT_PAREN);
    if (!closed) {
        resynchronize(parser, silent, CLOSERS);
        take(parser, TOKEN_RIGHT_PAREN);
    }
    return true;
}

static Syntax *parenthesized(Parser *parser, Element *element, Flags flags, bool newlines,
                             bool lambda)
{
    uint32_t first = parser->at;
    size_t mark = parser->stack.count;
    uint32_t separator;
    if (!parenthesized_list(parser, element, flags, newlines, &separator)) return NULL;
    SyntaxList list = pop_list(parser, mark);
    if (lambda && peek(parser) == TOKEN_ARROW) return lambda_rest(parser, first, list);

    Syntax *node = new_node(parser, SYNTAX_PAREN, first);
    if (list.count != 1 || separator) {
        report(parser, DIAG_ONE_IN_PARENTHESES, separator ? separator : first,
               element == type_expression ? TEXT("type") : TEXT("expression"));
    }
    node->inner = list.count ? list.items[0] : skipped(parser, first);
    adopt(node, node->inner);
    return finish(parser, node);
}

// ---- expressions

static Syntax *argument(Parser *parser, Flags flags)
{
    uint32_t start = parser->at;
    return recover(parser, expression(parser, flags), start, false,
                   SET(NEWLINE) | SET(COMMA) | SET(RIGHT_PAREN));
}

// `base` or nothing stands before the name; the opening parenthesis is next.
static Syntax *call_rest(Parser *parser, Syntax *base, uint32_t name_token, Flags flags)
{
    Syntax *node = new_node(parser, SYNTAX_CALL, base ? base->first : name_token);
    uint32_t open = parser->at++;
    node->call.base = base;
    node->call.name = token_text(parser, name_token);
    node->call.name_token = name_token;
    size_t mark = parser->stack.count;
    arguments(parser, TOKEN_RIGHT_PAREN, argument, flags);
    node->call.arguments = pop_list(parser, mark);
    if (base) adopt(node, base);
    adopt_list(node, node->call.arguments);
    if (!close_bracket(parser, open, TOKEN_RIGHT_PAREN)) report_failure(parser);
    return finish(parser, node);
}

static Syntax *name_or_call(Parser *parser, Flags flags)
{
    uint32_t token = parser->at++;
    if (peek(parser) == TOKEN_LEFT_PAREN) return call_rest(parser, NULL, token, flags);
    Syntax *node = new_node(parser, SYNTAX_NAME, token);
    node->name = token_text(parser, token);
    if (peek(parser) != TOKEN_ARROW) return node;
    return lambda_rest(parser, token, (SyntaxList){.items = &node, .count = 1});
}

static Syntax *primary(Parser *parser, Flags flags)
{
    TokenKind kind = peek(parser);
    switch ((int)kind) {
    case TOKEN_IDENTIFIER: return name_or_call(parser, flags);
    case TOKEN_STRING:
    case TOKEN_STRING_LEFT:
    case TOKEN_MULTILINE:
    case TOKEN_MULTILINE_LEFT: return string(parser);
    case TOKEN_INTEGER:
    case TOKEN_TRUE:
    case TOKEN_FALSE:
    case TOKEN_NULL: return literal(parser);
    case TOKEN_LEFT_BRACE:
    case TOKEN_LEFT_BRACKET:
        if (!(flags & LITERALS)) return fail(parser, DIAG_LITERAL_IN_STRING, TEXT(""));
        if (kind == TOKEN_LEFT_BRACE) return object(parser, flags);
        if (is_word(parser, behind_newlines(parser, parser->at + 1), "for")) {
            return for_expression(parser, flags, false);
        }
        return array(parser);
    case TOKEN_LEFT_PAREN: return parenthesized(parser, expression, flags, true, true);
    default: return fail(parser, DIAG_EXPECTED_EXPRESSION, TEXT(""));
    }
}

static Syntax *index_rest(Parser *parser, Syntax *base, Flags flags)
{
    Syntax *node = new_node(parser, SYNTAX_INDEX, base->first);
    parser->at++;
    node->index.base = base;
    node->index.safe = take(parser, TOKEN_QUESTION);
    node->index.from_end = take(parser, TOKEN_HAT);
    if (peek(parser) == TOKEN_RIGHT_BRACKET) {
        report(parser, DIAG_EXPECTED_EXPRESSION, parser->at, TEXT(""));
        node->index.at = skipped(parser, parser->at);
    } else {
        node->index.at = expression(parser, flags);
        if (!node->index.at) return NULL;
    }
    adopt(node, base);
    adopt(node, node->index.at);
    return expect(parser, TOKEN_RIGHT_BRACKET) ? finish(parser, node) : NULL;
}

// `.name` `.?name` `::name` `.name(…)`
static Syntax *access_rest(Parser *parser, Syntax *base, Flags flags)
{
    bool nested = parser->tokens[parser->at++].kind == TOKEN_DOUBLE_COLON;
    bool safe = !nested && take(parser, TOKEN_QUESTION);
    uint32_t token = parser->at;
    if (!take(parser, TOKEN_IDENTIFIER)) {
        report(parser, DIAG_EXPECTED, token,
               nested ? TEXT("the name of a nested resource")
                      : TEXT("the name of a property or function"));
    } else if (!nested && peek(parser) == TOKEN_LEFT_PAREN) {
        if (safe) report(parser, DIAG_SAFE_CALL, token - 1, TEXT(""));
        return call_rest(parser, base, token, flags);
    }
    Syntax *node = new_node(parser, SYNTAX_ACCESS, base->first);
    node->access.base = base;
    node->access.name = parser->at > token ? token_text(parser, token) : (Text){"", 0};
    node->access.name_token = token;
    node->access.safe = safe;
    node->access.nested = nested;
    adopt(node, base);
    return finish(parser, node);
}

static Syntax *non_null_rest(Parser *parser, Syntax *base)
{
    Syntax *node = new_node(parser, SYNTAX_NON_NULL, base->first);
    parser->at++;
    node->inner = base;
    adopt(node, base);
    return finish(parser, node);
}

static Syntax *member(Parser *parser, Flags flags)
{
    Syntax *node = primary(parser, flags);
    while (node) {
        switch ((int)peek(parser)) {
        case TOKEN_DOT:
        case TOKEN_DOUBLE_COLON: node = access_rest(parser, node, flags); break;
        case TOKEN_LEFT_BRACKET: node = index_rest(parser, node, flags); break;
        case TOKEN_NOT: node = non_null_rest(parser, node); break;
        default: return node;
        }
    }
    return NULL;
}

// `-` or `!`, and what `operand` reads behind it.
static Syntax *unary_rest(Parser *parser, Element *operand, Flags flags)
{
    Syntax *node = new_node(parser, SYNTAX_UNARY, parser->at);
    node->unary.op = peek(parser) == TOKEN_MINUS ? OP_MINUS : OP_NOT;
    uint32_t start = ++parser->at;
    if (node->unary.op == OP_MINUS) parser->minus = start;
    node->unary.operand = recover(parser, operand(parser, flags), start, false, CLOSERS);
    adopt(node, node->unary.operand);
    return finish(parser, node);
}

static Syntax *unary(Parser *parser, Flags flags)
{
    TokenKind kind = peek(parser);
    bool is_operator = kind == TOKEN_MINUS || kind == TOKEN_NOT;
    return is_operator ? unary_rest(parser, member, flags) : member(parser, flags);
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
    while (left && binaries[peek(parser)].precedence > precedence) {
        unsigned own = binaries[peek(parser)].precedence;
        Syntax *node = new_node(parser, SYNTAX_BINARY, left->first);
        node->binary.op = binaries[peek(parser)].op;
        node->binary.left = left;
        uint32_t start = ++parser->at;
        node->binary.right = recover(parser, binary(parser, flags, own), start, false, CLOSERS);
        adopt(node, left);
        adopt(node, node->binary.right);
        left = finish(parser, node);
    }
    return left;
}

// The question mark is next.
static Syntax *ternary_rest(Parser *parser, Syntax *condition, Flags flags)
{
    Syntax *node = new_node(parser, SYNTAX_TERNARY, condition->first);
    node->ternary.condition = condition;
    uint32_t start = ++parser->at;
    Syntax *then = recover(parser, expression(parser, flags), start, false, CLOSERS | SET(COLON));
    if (then->kind != SYNTAX_SKIPPED) {
        uint32_t next = behind_newlines(parser, parser->at);
        if (parser->tokens[next].kind == TOKEN_COLON) parser->at = next;
    }
    bool silent = recover_token(parser, expect(parser, TOKEN_COLON), is_skipped(then), CLOSERS);
    start = parser->at;
    node->ternary.then = then;
    node->ternary.otherwise = recover(parser, expression(parser, flags), start, silent, CLOSERS);
    adopt(node, condition);
    adopt(node, then);
    adopt(node, node->ternary.otherwise);
    return finish(parser, node);
}

static Syntax *expression(Parser *parser, Flags flags)
{
    if (parser->depth == PARSER_DEPTH) return too_deep(parser, parser->at);
    parser->depth++;
    Syntax *node = binary(parser, flags, 0);
    if (node) {
        uint32_t next = behind_newlines(parser, parser->at);
        if (parser->tokens[next].kind == TOKEN_QUESTION) {
            parser->at = next;
            node = ternary_rest(parser, node, flags);
        }
    }
    parser->depth--;
    return node;
}

// ---- decorators

static Syntax *decorator_expression(Parser *parser)
{
    uint32_t token = parser->at;
    if (!take(parser, TOKEN_IDENTIFIER)) {
        return fail(parser, DIAG_EXPECTED, TEXT("the name of a decorator"));
    }
    Syntax *node = NULL;
    if (peek(parser) == TOKEN_LEFT_PAREN) {
        node = call_rest(parser, NULL, token, LITERALS);
    } else {
        node = new_node(parser, SYNTAX_NAME, token);
        node->name = token_text(parser, token);
    }
    while (node && peek(parser) == TOKEN_DOT) node = access_rest(parser, node, LITERALS);
    if (node && node->kind != SYNTAX_CALL) {
        if (check_set(parser, SET(NEWLINE) | SET(END))) {
            report(parser, DIAG_DECORATOR_NOT_CALLED, parser->at, TEXT(""));
        } else {
            return fail(parser, DIAG_DECORATOR_NOT_CALLED, TEXT(""));
        }
    }
    return node;
}

// Pushes decorators, each with the new lines behind it.
static void decorators(Parser *parser)
{
    while (take(parser, TOKEN_AT)) {
        uint32_t start = parser->at;
        Syntax *call = recover(parser, decorator_expression(parser), start, false, SET(NEWLINE));
        if (call->kind == SYNTAX_CALL) push(parser, call);
        if (!take(parser, TOKEN_NEWLINE)) {
            fail(parser, DIAG_EXPECTED, TEXT("a new line behind the decorator"));
            resynchronize(parser, false, SET(NEWLINE));
        }
        skip_newlines(parser);
    }
}

// ---- types

static Syntax *type_object_element(Parser *parser, Flags flags)
{
    (void)flags;
    TokenSet until = SET(NEWLINE) | SET(RIGHT_BRACE);
    Syntax *node = new_node(parser, SYNTAX_TYPE_PROPERTY, parser->at);
    size_t mark = parser->stack.count;
    decorators(parser);
    node->property.decorators = pop_list(parser, mark);
    uint32_t start = parser->at;
    bool silent = false;
    if (!take(parser, TOKEN_STAR)) {
        set_key(node, recover(parser, property_key(parser), start, false, until | SET(COLON)));
        silent = is_skipped(node->property.key);
    }
    silent = recover_token(parser, expect(parser, TOKEN_COLON), silent, until);
    start = parser->at;
    node->property.value = recover(parser, type_expression(parser, 0), start, silent, until);
    adopt(node, node->property.value);
    adopt_list(node, node->property.decorators);
    return recover(parser, finish(parser, node), node->first, false, until);
}

static Syntax *type_tuple_element(Parser *parser, Flags flags)
{
    (void)flags;
    Syntax *node = new_node(parser, SYNTAX_TYPE_ITEM, parser->at);
    size_t mark = parser->stack.count;
    decorators(parser);
    node->property.decorators = pop_list(parser, mark);
    uint32_t start = parser->at;
    node->property.value = recover(parser, type_expression(parser, 0), start, false,
                                   SET(NEWLINE) | SET(RIGHT_BRACKET));
    adopt(node, node->property.value);
    adopt_list(node, node->property.decorators);
    return recover(parser, finish(parser, node), node->first, false, SET(NEWLINE));
}

static Syntax *type_list(Parser *parser, SyntaxKind kind, TokenKind close, Element *element)
{
    Syntax *node = new_node(parser, kind, parser->at++);
    size_t mark = parser->stack.count;
    items(parser, close, element, 0);
    node->list = pop_list(parser, mark);
    adopt_list(node, node->list);
    return close_bracket(parser, node->first, close) ? finish(parser, node) : NULL;
}

static Syntax *type_argument(Parser *parser, Flags flags)
{
    (void)flags;
    uint32_t start = parser->at;
    return recover(parser, type_expression(parser, 0), start, false,
                   SET(NEWLINE) | SET(COMMA) | SET(GREATER));
}

// `<` is next.
static Syntax *generic_rest(Parser *parser, Syntax *base, uint32_t name_token)
{
    Syntax *node = new_node(parser, SYNTAX_TYPE_GENERIC, base ? base->first : name_token);
    parser->at++;
    node->call.base = base;
    node->call.name = token_text(parser, name_token);
    node->call.name_token = name_token;
    size_t mark = parser->stack.count;
    arguments(parser, TOKEN_GREATER, type_argument, 0);
    node->call.arguments = pop_list(parser, mark);
    if (base) adopt(node, base);
    adopt_list(node, node->call.arguments);
    if (!take(parser, TOKEN_GREATER)) report(parser, DIAG_EXPECTED, parser->at, TEXT("'>'"));
    return finish(parser, node);
}

static Syntax *type_name(Parser *parser)
{
    uint32_t token = parser->at++;
    if (peek(parser) == TOKEN_LESS) return generic_rest(parser, NULL, token);
    Syntax *node = new_node(parser, SYNTAX_NAME, token);
    node->name = token_text(parser, token);
    return node;
}

static Syntax *type_primary(Parser *parser)
{
    switch ((int)peek(parser)) {
    case TOKEN_IDENTIFIER: return type_name(parser);
    case TOKEN_STRING:
    case TOKEN_STRING_LEFT:
    case TOKEN_MULTILINE:
    case TOKEN_MULTILINE_LEFT: return string(parser);
    case TOKEN_INTEGER:
    case TOKEN_TRUE:
    case TOKEN_FALSE:
    case TOKEN_NULL: return literal(parser);
    case TOKEN_LEFT_BRACE:
        return type_list(parser, SYNTAX_TYPE_OBJECT, TOKEN_RIGHT_BRACE, type_object_element);
    case TOKEN_LEFT_BRACKET:
        return type_list(parser, SYNTAX_TYPE_TUPLE, TOKEN_RIGHT_BRACKET, type_tuple_element);
    case TOKEN_LEFT_PAREN: return parenthesized(parser, type_expression, 0, false, false);
    default: return fail(parser, DIAG_EXPECTED_TYPE, TEXT(""));
    }
}

// `[]` `[*]` `[0]`
static Syntax *type_brackets(Parser *parser, Syntax *base)
{
    bool list = peek_ahead(parser, 1) == TOKEN_RIGHT_BRACKET;
    Syntax *node = new_node(parser, list ? SYNTAX_TYPE_ARRAY : SYNTAX_INDEX, base->first);
    parser->at++;
    adopt(node, base);
    if (list) {
        node->inner = base;
    } else {
        node->index.base = base;
        if (!take(parser, TOKEN_STAR)) {
            node->index.at = expression(parser, 0);
            if (!node->index.at) return NULL;
            adopt(node, node->index.at);
        }
    }
    return expect(parser, TOKEN_RIGHT_BRACKET) ? finish(parser, node) : NULL;
}

// `.name` `.*` `.name<…>`
static Syntax *type_access(Parser *parser, Syntax *base)
{
    uint32_t token = ++parser->at;
    if (!take(parser, TOKEN_STAR) && !take(parser, TOKEN_IDENTIFIER)) {
        report(parser, DIAG_EXPECTED, token, TEXT("the name of a property or type"));
    } else if (peek(parser) == TOKEN_LESS && parser->tokens[token].kind == TOKEN_IDENTIFIER) {
        return generic_rest(parser, base, token);
    }
    Syntax *node = new_node(parser, SYNTAX_ACCESS, base->first);
    node->access.base = base;
    node->access.name = parser->at > token ? token_text(parser, token) : (Text){"", 0};
    node->access.name_token = token;
    adopt(node, base);
    return finish(parser, node);
}

static Syntax *type_member(Parser *parser, Flags flags)
{
    (void)flags;
    Syntax *node = type_primary(parser);
    while (node) {
        if (peek(parser) == TOKEN_LEFT_BRACKET)
            node = type_brackets(parser, node);
        else if (peek(parser) == TOKEN_DOT)
            node = type_access(parser, node);
        else
            return node;
    }
    return NULL;
}

static Syntax *type_unary(Parser *parser)
{
    TokenKind kind = peek(parser);
    bool is_operator = kind == TOKEN_MINUS || kind == TOKEN_NOT;
    Syntax *node = is_operator ? unary_rest(parser, type_member, 0) : type_member(parser, 0);
    while (node && (peek(parser) == TOKEN_QUESTION || peek(parser) == TOKEN_NOT)) {
        bool nullable = peek(parser) == TOKEN_QUESTION;
        Syntax *outer =
            new_node(parser, nullable ? SYNTAX_TYPE_NULLABLE : SYNTAX_NON_NULL, node->first);
        parser->at++;
        outer->inner = node;
        adopt(outer, node);
        node = finish(parser, outer);
    }
    return node;
}

// `|`, also on the next line.
static bool at_pipe(const Parser *parser)
{
    return peek(parser) == TOKEN_PIPE ||
           (peek(parser) == TOKEN_NEWLINE && peek_ahead(parser, 1) == TOKEN_PIPE);
}

static Syntax *type_union(Parser *parser)
{
    uint32_t first = parser->at;
    bool leading = at_pipe(parser);
    if (leading) {
        skip_newlines(parser);
        parser->at++;
    }
    Syntax *node = type_unary(parser);
    if (!node || (!leading && !at_pipe(parser))) return node;
    Syntax *all = new_node(parser, SYNTAX_TYPE_UNION, first);
    size_t mark = parser->stack.count;
    push(parser, node);
    while (at_pipe(parser)) {
        skip_newlines(parser);
        uint32_t start = ++parser->at;
        if (peek(parser) == TOKEN_NEWLINE) {
            report(parser, DIAG_EXPECTED_TYPE, start, TEXT(""));
            push(parser, skipped(parser, start));
        } else {
            push(parser, recover(parser, type_unary(parser), start, false, SET(NEWLINE)));
        }
    }
    all->list = pop_list(parser, mark);
    adopt_list(all, all->list);
    return finish(parser, all);
}

static Syntax *type_expression(Parser *parser, Flags flags)
{
    (void)flags;
    if (parser->depth == PARSER_DEPTH) return too_deep(parser, parser->at);
    parser->depth++;
    Syntax *node = type_union(parser);
    parser->depth--;
    return node;
}

static Syntax *declared_type(Parser *parser)
{
    if (!check_word(parser, "resource") || peek_ahead(parser, 1) == TOKEN_LESS) {
        return type_expression(parser, 0);
    }
    return fail(parser, DIAG_NOT_SUPPORTED, TEXT("parameters and outputs that are resources"));
}

// ---- statements: each function begins at its keyword; `node` has the decorators

static void declared_name(Parser *parser, Syntax *node, const char *what, TokenSet until,
                          bool *silent)
{
    bool there = identifier(parser, what, &node->declaration.name, &node->declaration.name_token);
    if (!there) node->declaration.name = (Text){"", 0};
    *silent = recover_token(parser, there, false, until | SET(NEWLINE));
}

static void declared_value(Parser *parser, Syntax *node, bool silent)
{
    silent = recover_token(parser, expect(parser, TOKEN_ASSIGN), silent, SET(NEWLINE));
    uint32_t start = parser->at;
    node->declaration.value =
        recover(parser, expression(parser, LITERALS), start, silent, SET(NEWLINE));
    adopt(node, node->declaration.value);
}

static void type_of(Parser *parser, Syntax *node, TokenSet until, bool *silent)
{
    uint32_t start = parser->at;
    node->declaration.type = recover(parser, declared_type(parser), start, *silent, until);
    *silent = is_skipped(node->declaration.type);
    adopt(node, node->declaration.type);
}

static void param_statement(Parser *parser, Syntax *node)
{
    bool silent;
    declared_name(parser, node, "the name of a parameter", 0, &silent);
    if (parser->parameters) {
        declared_value(parser, node, silent);
        return;
    }
    type_of(parser, node, SET(ASSIGN) | SET(LEFT_BRACE) | SET(NEWLINE), &silent);
    if (check_set(parser, SET(NEWLINE) | SET(END))) return;
    if (peek(parser) == TOKEN_ASSIGN) {
        declared_value(parser, node, silent);
        return;
    }
    fail(parser, DIAG_EXPECTED, TEXT("'=' and a default value, or a new line"));
    resynchronize(parser, silent, SET(NEWLINE));
}

static void var_statement(Parser *parser, Syntax *node)
{
    bool silent;
    declared_name(parser, node, "the name of a variable", 0, &silent);
    if (!check_set(parser, SET(NEWLINE) | SET(END) | SET(ASSIGN))) {
        type_of(parser, node, SET(ASSIGN) | SET(NEWLINE), &silent);
    }
    declared_value(parser, node, silent);
}

static void output_statement(Parser *parser, Syntax *node)
{
    bool silent;
    declared_name(parser, node, "the name of an output", 0, &silent);
    type_of(parser, node, SET(ASSIGN) | SET(NEWLINE), &silent);
    declared_value(parser, node, silent);
}

static void type_statement(Parser *parser, Syntax *node)
{
    bool silent;
    declared_name(parser, node, "the name of a type", SET(ASSIGN), &silent);
    silent = recover_token(parser, expect(parser, TOKEN_ASSIGN), silent, SET(NEWLINE));
    type_of(parser, node, SET(NEWLINE), &silent);
}

static void named_value_statement(Parser *parser, Syntax *node)
{
    bool silent;
    declared_name(parser, node,
                  node->kind == SYNTAX_ASSERT ? "the name of an assertion" : "the name of metadata",
                  SET(ASSIGN), &silent);
    declared_value(parser, node, silent);
}

static void target_scope_statement(Parser *parser, Syntax *node)
{
    declared_value(parser, node, false);
}

// A function's parameter, as a type property without a key until func_statement takes it apart.
static Syntax *typed_parameter(Parser *parser, Flags flags)
{
    (void)flags;
    Syntax *node = new_node(parser, SYNTAX_TYPE_PROPERTY, parser->at);
    uint32_t token;
    if (!identifier(parser, "the name of a parameter", &node->property.name, &token)) {
        report_failure(parser);
    }
    uint32_t start = parser->at;
    node->property.value = recover(parser, declared_type(parser), start, parser->at == token,
                                   SET(NEWLINE) | SET(COMMA) | SET(RIGHT_PAREN));
    adopt(node, node->property.value);
    return finish(parser, node);
}

static Syntax *typed_lambda(Parser *parser)
{
    Syntax *node = new_node(parser, SYNTAX_LAMBDA, parser->at);
    size_t mark = parser->stack.count;
    uint32_t separator;
    if (!parenthesized_list(parser, typed_parameter, 0, true, &separator)) return NULL;
    SyntaxList list = pop_list(parser, mark);
    node->lambda.parameters = arena_array(parser->arena, SyntaxParameter, list.count);
    for (size_t i = 0; i < list.count; i++) {
        const Syntax *item = list.items[i];
        if (item->kind == SYNTAX_SKIPPED) continue;
        node->lambda.parameters[node->lambda.count++] = (SyntaxParameter){
            .name = item->property.name, .type = item->property.value, .token = item->first};
        adopt(node, item);
    }
    TokenSet until = SET(NEWLINE) | SET(RIGHT_PAREN);
    uint32_t start = parser->at;
    node->lambda.result = recover(parser, declared_type(parser), start, false, until);
    adopt(node, node->lambda.result);
    bool silent = is_skipped(node->lambda.result);
    bool arrow = expect(parser, TOKEN_ARROW);
    silent = recover_token(parser, arrow, silent, until);
    if (arrow) {
        node->lambda.body = lambda_body(parser);
    } else {
        start = parser->at;
        node->lambda.body = recover(parser, expression(parser, LITERALS), start, silent, until);
    }
    adopt(node, node->lambda.body);
    return finish(parser, node);
}

static void func_statement(Parser *parser, Syntax *node)
{
    bool silent;
    declared_name(parser, node, "the name of a function", SET(ASSIGN), &silent);
    uint32_t start = parser->at;
    node->declaration.value = recover(parser, typed_lambda(parser), start, silent, SET(NEWLINE));
    adopt(node, node->declaration.value);
}

static Syntax *expected_string(Parser *parser, const char *what)
{
    if (check_set(parser, STRINGS)) return string(parser);
    return fail(parser, DIAG_EXPECTED, text_of(what));
}

static Syntax *resource_body(Parser *parser, SyntaxKind kind)
{
    Flags flags = kind == SYNTAX_RESOURCE ? LITERALS | RESOURCES : LITERALS;
    uint32_t next = behind_newlines(parser, parser->at);
    if (is_word(parser, next, "if")) {
        parser->at = next;
        return if_condition(parser, flags, false);
    }
    if (peek(parser) == TOKEN_LEFT_BRACE) return object(parser, flags);
    if (peek(parser) == TOKEN_LEFT_BRACKET) return for_expression(parser, flags, true);
    return fail(parser, DIAG_EXPECTED_BODY, TEXT("'{', '[' or 'if'"));
}

static void resource_statement(Parser *parser, Syntax *node)
{
    bool module = node->kind == SYNTAX_MODULE;
    bool there = identifier(parser, module ? "the name of a module" : "the name of a resource",
                            &node->resource.name, &node->resource.name_token);
    bool silent = recover_token(parser, there, false, STRINGS | SET(NEWLINE));
    uint32_t start = parser->at;
    Syntax *type = expected_string(parser, module ? "the path of a module: '…'"
                                                  : "the type of a resource: 'Type@version'");
    node->resource.type = recover(parser, type, start, silent, SET(ASSIGN) | SET(NEWLINE));
    if (!module) node->resource.existing = take_word(parser, "existing");
    silent = recover_token(parser, expect(parser, TOKEN_ASSIGN), is_skipped(node->resource.type),
                           SET(LEFT_BRACE) | SET(NEWLINE));
    start = parser->at;
    node->resource.value =
        recover(parser, resource_body(parser, node->kind), start, silent, SET(NEWLINE));
    adopt(node, node->resource.type);
    adopt(node, node->resource.value);
}

// One `name as alias` of an import, as a NAME or STRING; the alias is found behind it.
static Syntax *import_item(Parser *parser, Flags flags)
{
    (void)flags;
    uint32_t start = parser->at;
    TokenSet until = SET(COMMA) | SET(NEWLINE) | SET(RIGHT_BRACE);
    Syntax *node = new_node(parser, SYNTAX_TYPE_PROPERTY, start);
    if (peek(parser) == TOKEN_IDENTIFIER || peek(parser) == TOKEN_STRING ||
        peek(parser) == TOKEN_MULTILINE) {
        set_key(node, property_key(parser));
    } else {
        fail(parser, DIAG_EXPECTED, TEXT("the name of what to import"));
        return recover(parser, NULL, start, false, until);
    }
    if (take_word(parser, "as")) {
        uint32_t token = parser->at;
        Text name;
        if (!identifier(parser, "a name behind 'as'", &name, &token)) {
            return recover(parser, NULL, start, false, until);
        }
        node->property.value = new_node(parser, SYNTAX_NAME, token);
        node->property.value->name = name;
    } else if (node->property.key->kind == SYNTAX_STRING) {
        report(parser, DIAG_IMPORT_WITHOUT_NAME, start, token_text(parser, start));
    }
    return finish(parser, node);
}

static bool import_list(Parser *parser, Syntax *node)
{
    uint32_t open = parser->at++;
    size_t mark = parser->stack.count;
    items(parser, TOKEN_RIGHT_BRACE, import_item, 0);
    SyntaxList list = pop_list(parser, mark);
    node->import.items = arena_array(parser->arena, struct SyntaxImport, list.count);
    for (size_t i = 0; i < list.count; i++) {
        const Syntax *item = list.items[i];
        if (item->kind == SYNTAX_SKIPPED) continue;
        Text name = item->property.name;
        const Syntax *alias = item->property.value;
        node->import.items[node->import.count++] = (struct SyntaxImport){
            .name = name, .alias = alias ? alias->name : name, .token = item->first};
    }
    return close_bracket(parser, open, TOKEN_RIGHT_BRACE);
}

static bool import_wildcard(Parser *parser, Syntax *node)
{
    parser->at++;
    uint32_t token;
    return expect_word(parser, "as") &&
           identifier(parser, "a name behind 'as'", &node->import.wildcard, &token);
}

static void import_statement(Parser *parser, Syntax *node)
{
    bool good;
    if (peek(parser) == TOKEN_LEFT_BRACE) {
        good = import_list(parser, node);
    } else if (peek(parser) == TOKEN_STAR) {
        good = import_wildcard(parser, node);
    } else {
        fail(parser, DIAG_EXPECTED, TEXT("'{' and names, or '* as NAME'"));
        good = false;
    }
    bool silent = false;
    if (!good) {
        report_failure(parser);
        silent = true;
        while (!check_set(parser, SET(NEWLINE) | SET(END)) && !check_word(parser, "from") &&
               parser->at != parser->stop) {
            parser->at++;
        }
    }
    silent = recover_token(parser, expect_word(parser, "from"), silent, SET(NEWLINE));
    uint32_t start = parser->at;
    node->import.path = recover(parser, expected_string(parser, "the path of a file: '…'"), start,
                                silent, SET(NEWLINE));
    adopt(node, node->import.path);
}

static void extension_statement(Parser *parser, Syntax *node)
{
    uint32_t start = parser->at;
    Syntax *specification = NULL;
    if (take(parser, TOKEN_IDENTIFIER)) {
        specification = new_node(parser, SYNTAX_NAME, start);
        specification->name = token_text(parser, start);
    } else {
        specification = expected_string(parser, "the name of an extension");
    }
    node->extension.specification = recover(parser, specification, start, false, SET(NEWLINE));
    adopt(node, node->extension.specification);
    bool silent = is_skipped(node->extension.specification);
    TokenSet line_end = SET(NEWLINE) | SET(END);
    if (take_word(parser, "with")) {
        start = parser->at;
        node->extension.with =
            recover(parser, object(parser, LITERALS), start, false, SET(NEWLINE));
        adopt(node, node->extension.with);
    }
    if (check_set(parser, line_end)) return;
    if (!take_word(parser, "as")) {
        fail(parser, DIAG_EXPECTED, TEXT("'with', 'as' or a new line"));
        resynchronize(parser, silent, SET(NEWLINE));
        return;
    }
    uint32_t token;
    bool there = identifier(parser, "a name behind 'as'", &node->extension.alias, &token);
    recover_token(parser, there, false, SET(NEWLINE));
}

static void using_statement(Parser *parser, Syntax *node)
{
    uint32_t start = parser->at;
    Syntax *value = NULL;
    if (node->kind == SYNTAX_USING && take_word(parser, "none")) {
        value = new_node(parser, SYNTAX_NAME, start);
        value->name = TEXT("none");
    } else {
        value = expected_string(parser, node->kind == SYNTAX_USING
                                            ? "the path of a file, '…', or 'none'"
                                            : "the path of a file: '…'");
    }
    node->declaration.value = recover(parser, value, start, false, SET(NEWLINE));
    adopt(node, node->declaration.value);
    if (node->kind == SYNTAX_USING && check_word(parser, "with")) {
        fail(parser, DIAG_NOT_SUPPORTED, TEXT("settings of 'using'"));
        resynchronize(parser, false, SET(NEWLINE));
    }
}

typedef enum { IN_BICEP = 1, IN_PARAMETERS = 2 } FileKind;

static const struct {
    const char *keyword;
    SyntaxKind kind;
    FileKind files;
    void (*read)(Parser *parser, Syntax *node);
} statements[] = {
    {"resource", SYNTAX_RESOURCE, IN_BICEP, resource_statement},
    {"param", SYNTAX_PARAM, IN_BICEP | IN_PARAMETERS, param_statement},
    {"var", SYNTAX_VAR, IN_BICEP | IN_PARAMETERS, var_statement},
    {"output", SYNTAX_OUTPUT, IN_BICEP, output_statement},
    {"module", SYNTAX_MODULE, IN_BICEP, resource_statement},
    {"type", SYNTAX_TYPE, IN_BICEP | IN_PARAMETERS, type_statement},
    {"func", SYNTAX_FUNC, IN_BICEP, func_statement},
    {"import", SYNTAX_IMPORT, IN_BICEP | IN_PARAMETERS, import_statement},
    {"metadata", SYNTAX_METADATA, IN_BICEP, named_value_statement},
    {"assert", SYNTAX_ASSERT, IN_BICEP, named_value_statement},
    {"targetScope", SYNTAX_TARGET_SCOPE, IN_BICEP, target_scope_statement},
    {"extension", SYNTAX_EXTENSION, IN_BICEP | IN_PARAMETERS, extension_statement},
    {"using", SYNTAX_USING, IN_PARAMETERS, using_statement},
    {"extends", SYNTAX_EXTENDS, IN_PARAMETERS, using_statement},
};
enum { STATEMENT_COUNT = sizeof statements / sizeof *statements };

static void suggest_keyword(Parser *parser, uint32_t token)
{
    if (parser->tokens[token].kind != TOKEN_IDENTIFIER) return;
    Text keywords[STATEMENT_COUNT];
    size_t count = 0;
    for (size_t i = 0; i < STATEMENT_COUNT; i++) {
        bool here = statements[i].files & (parser->parameters ? IN_PARAMETERS : IN_BICEP);
        if (here) keywords[count++] = text_of(statements[i].keyword);
    }
    Text nearest = diag_nearest(token_text(parser, token), keywords, count);
    if (!nearest.length) return;
    diag_hint(parser->diags, text_format(parser->arena, "did you mean '%.*s'?", TEXT_ARG(nearest)));
}

// What begins here is no statement: says so, and skips the rest of the line.
static Syntax *unknown_statement(Parser *parser, uint32_t first, bool decorated)
{
    uint32_t token = parser->at;
    size_t before = parser->diags->count;
    if (decorated) {
        report(parser, DIAG_NOTHING_DECORATED, token, TEXT(""));
    } else {
        report(parser, DIAG_EXPECTED_STATEMENT, token,
               parser->parameters ? TEXT("a statement of a parameters file (using, param, var …)")
                                  : TEXT("a statement (param, var, resource, output …)"));
    }
    if (parser->diags->count > before) suggest_keyword(parser, token);
    resynchronize(parser, true, SET(NEWLINE));
    return skipped(parser, first);
}

static void set_decorators(Syntax *node, SyntaxList list)
{
    if (node->kind == SYNTAX_RESOURCE || node->kind == SYNTAX_MODULE) {
        node->resource.decorators = list;
    } else if (node->kind == SYNTAX_IMPORT) {
        node->import.decorators = list;
    } else if (node->kind == SYNTAX_EXTENSION) {
        node->extension.decorators = list;
    } else {
        node->declaration.decorators = list;
    }
    adopt_list(node, list);
}

// Never NULL. `nested`: within the body of a resource, where only another resource may stand.
static Syntax *statement(Parser *parser, bool nested)
{
    if (parser->depth == PARSER_DEPTH) {
        too_deep(parser, parser->at);
        return skipped(parser, parser->at);
    }
    uint32_t first = parser->at;
    size_t mark = parser->stack.count;
    decorators(parser);
    SyntaxList list = pop_list(parser, mark);
    size_t which = 0;
    FileKind here = parser->parameters ? IN_PARAMETERS : IN_BICEP;
    size_t count = nested ? 1 : STATEMENT_COUNT;
    while (which < count &&
           !(statements[which].files & here && check_word(parser, statements[which].keyword))) {
        which++;
    }
    if (which == count) return unknown_statement(parser, first, parser->at > first);

    SyntaxKind kind = statements[which].kind;
    parser->at++;
    if (kind == SYNTAX_IMPORT && check_set(parser, SET(STRING) | SET(STRING_LEFT))) {
        kind = SYNTAX_EXTENSION; // an older form: import 'name' as alias
    }
    Syntax *node = new_node(parser, kind, first);
    set_decorators(node, list);
    parser->depth++;
    if (kind == SYNTAX_EXTENSION)
        extension_statement(parser, node);
    else
        statements[which].read(parser, node);
    parser->depth--;
    node = finish(parser, node);
    return node ? node : skipped(parser, first);
}

// ---- files

static SyntaxFile *open_file(Parser *parser, Arena *arena, Diags *diags, const Source *source)
{
    SyntaxFile *file = arena_new(arena, SyntaxFile);
    file->source = source;
    file->tokens = lexer_read(arena, diags, source);
    *parser = (Parser){
        .arena = arena,
        .diags = diags,
        .file = file,
        .tokens = file->tokens.items,
        .end = (uint32_t)file->tokens.count - 1,
        .reported = NO_TOKEN,
        .stop = NO_TOKEN,
        .parameters = text_ends(source->path, ".bicepparam"),
    };
    return file;
}

SyntaxFile *parser_read(Arena *arena, Diags *diags, const Source *source)
{
    Parser parser;
    SyntaxFile *file = open_file(&parser, arena, diags, source);
    for (;;) {
        skip_newlines(&parser);
        if (parser.at == parser.end) break;
        parser.stop = NO_TOKEN;
        Syntax *node = statement(&parser, false);
        assert(parser.stack.count == file->statements.count);
        push(&parser, node);
        file->statements.count++;
        if (check_set(&parser, SET(NEWLINE) | SET(END)) || parser.at == parser.stop) continue;
        fail(&parser, DIAG_EXPECTED, TEXT("a new line behind the statement"));
        resynchronize(&parser, false, SET(NEWLINE));
    }
    file->statements = pop_list(&parser, 0);
    return file;
}

Syntax *parser_read_expression(Arena *arena, Diags *diags, const Source *source)
{
    Parser parser;
    open_file(&parser, arena, diags, source);
    size_t errors = diags->errors;
    skip_newlines(&parser);
    Syntax *node = expression(&parser, LITERALS);
    if (!node) report_failure(&parser);
    skip_newlines(&parser);
    if (node && parser.at < parser.end) {
        report(&parser, DIAG_EXPECTED, parser.at, TEXT("the end of the expression"));
        node = NULL;
    }
    return diags->errors > errors ? NULL : node;
}
