// compiler/bicep/parsing.c: tokens are taken one by one; failures are noted, then reported once a
// place.
#include "compiler/bicep/parsing.h"

#include <string.h>

// ---- tokens

TokenKind parsing_peek(const Parser *parser)
{
    return parser->tokens[parser->at].kind;
}

TokenKind parsing_peek_ahead(const Parser *parser, uint32_t ahead)
{
    uint32_t index = parser->at + ahead;
    return parser->tokens[index < parser->end ? index : parser->end].kind;
}

bool parsing_check_set(const Parser *parser, TokenSet set)
{
    return set >> parsing_peek(parser) & 1;
}

Text parsing_token_text(const Parser *parser, uint32_t token)
{
    return text_slice(parser->file->source->text, parser->tokens[token].from,
                      parser->tokens[token].to);
}

static Place token_place(const Parser *parser, uint32_t token)
{
    return (Place){parser->file->source, parser->tokens[token].from, parser->tokens[token].to};
}

bool parsing_take(Parser *parser, TokenKind kind)
{
    if (parsing_peek(parser) != kind) return false;
    parser->at++;
    return true;
}

bool parsing_is_word(const Parser *parser, uint32_t token, const char *word)
{
    if (token > parser->end || parser->tokens[token].kind != TOKEN_IDENTIFIER) return false;
    return text_is(parsing_token_text(parser, token), word);
}

bool parsing_check_word(const Parser *parser, const char *word)
{
    return parsing_is_word(parser, parser->at, word);
}

// The first token from here on that is no new line.
uint32_t parsing_behind_newlines(const Parser *parser, uint32_t from)
{
    while (parser->tokens[from].kind == TOKEN_NEWLINE) from++;
    return from;
}

void parsing_skip_newlines(Parser *parser)
{
    parser->at = parsing_behind_newlines(parser, parser->at);
}

// ---- failures

Syntax *parsing_fail(Parser *parser, DiagCode code, Text expected)
{
    parser->failure = (Failure){.code = code, .token = parser->at, .expected = expected};
    return NULL;
}

static Text found(const Parser *parser, uint32_t token)
{
    TokenKind kind = parser->tokens[token].kind;
    Text text = parsing_token_text(parser, token);
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

void parsing_report(Parser *parser, DiagCode code, uint32_t token, Text expected)
{
    // The lexer has spoken about this token already.
    if (parser->stopped || parser->tokens[token].kind == TOKEN_UNKNOWN) return;
    if (parser->reported == token) return;
    parser->reported = token;
    Text argument = code == DIAG_INTEGER_TOO_LARGE ? parsing_token_text(parser, token) : expected;
    diag_add_with(parser->diags, code, token_place(parser, token), argument, found(parser, token));
    bool closing = text_is(expected, "')'") || text_is(expected, "']'");
    if (closing && parser->tokens[token].kind == TOKEN_ASSIGN) {
        diag_hint(parser->diags, TEXT("values are compared with '=='"));
    }
}

void parsing_report_failure(Parser *parser)
{
    Failure failure = parser->failure;
    if (!failure.silent) parsing_report(parser, failure.code, failure.token, failure.expected);
}

// Ends all reading: deeper trees would break every recursion over them.
Syntax *parsing_too_deep(Parser *parser, uint32_t token)
{
    parsing_report(parser, DIAG_TOO_DEEP, token, TEXT(""));
    parser->stopped = true;
    parser->at = parser->end;
    parser->failure = (Failure){.silent = true, .token = parser->end};
    return NULL;
}

bool parsing_expect(Parser *parser, TokenKind kind)
{
    if (parsing_take(parser, kind)) return true;
    parsing_fail(parser, DIAG_EXPECTED, text_of(token_name(kind)));
    return false;
}

bool parsing_take_word(Parser *parser, const char *word)
{
    bool there = parsing_check_word(parser, word);
    parser->at += there;
    return there;
}

bool parsing_expect_word(Parser *parser, const char *word)
{
    if (parsing_take_word(parser, word)) return true;
    parsing_fail(parser, DIAG_EXPECTED, text_format(parser->arena, "'%s'", word));
    return false;
}

// ---- nodes

Syntax *parsing_new_node(Parser *parser, SyntaxKind kind, uint32_t first)
{
    Syntax *node = arena_alloc(parser->arena, syntax_size(kind));
    node->kind = kind;
    node->first = first;
    node->last = first;
    node->height = 1;
    node->file = parser->file;
    return node;
}

void parsing_adopt(Syntax *parent, const Syntax *child)
{
    if (child->height >= parent->height) parent->height = child->height + 1;
}

void parsing_adopt_list(Syntax *parent, SyntaxList children)
{
    for (size_t i = 0; i < children.count; i++) parsing_adopt(parent, children.items[i]);
}

// The node ends with the token before.
Syntax *parsing_finish(Parser *parser, Syntax *node)
{
    if (parser->at > node->first) node->last = parser->at - 1;
    return node->height > SYNTAX_HEIGHT ? parsing_too_deep(parser, node->first) : node;
}

void parsing_push(Parser *parser, Syntax *node)
{
    list_add(parser->arena, &parser->stack, node);
}

// What was pushed since the stack had `mark` items.
SyntaxList parsing_pop_list(Parser *parser, size_t mark)
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
void parsing_resynchronize(Parser *parser, bool silent, TokenSet until)
{
    if (!silent) parsing_report_failure(parser);
    while (parser->at < parser->end && parser->at != parser->stop &&
           !parsing_check_set(parser, until)) {
        parser->at++;
    }
}

Syntax *parsing_skipped(Parser *parser, uint32_t start)
{
    return parsing_finish(parser, parsing_new_node(parser, SYNTAX_SKIPPED, start));
}

Syntax *parsing_recover(Parser *parser, Syntax *node, uint32_t start, bool silent, TokenSet until)
{
    if (node) return node;
    parsing_resynchronize(parser, silent, until);
    return parsing_skipped(parser, start);
}

bool parsing_is_skipped(const Syntax *node)
{
    return node->kind == SYNTAX_SKIPPED;
}

// Like `recover` for a token; true if what follows shall be silent.
bool parsing_recover_token(Parser *parser, bool taken, bool silent, TokenSet until)
{
    if (!taken) parsing_resynchronize(parser, silent, until);
    return !taken;
}

// A name that is declared: false if it is missing.
bool parsing_identifier(Parser *parser, const char *what, Text *name, uint32_t *token)
{
    *token = parser->at;
    *name = (Text){0};
    if (parsing_peek(parser) != TOKEN_IDENTIFIER) {
        parsing_fail(parser, DIAG_EXPECTED, text_of(what));
        return false;
    }
    *name = parsing_token_text(parser, parser->at++);
    return true;
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
bool parsing_is_keyword(Text word, bool ends_lambda)
{
    for (size_t i = 0; i < sizeof statement_words / sizeof *statement_words; i++) {
        if (text_is(word, statement_words[i].word))
            return statement_words[i].ends_lambda || !ends_lambda;
    }
    return false;
}

// `param name`, `var name` and the like, at the begin of a line: a bracket before was not closed.
// Sets `stop`.
static bool at_statement(Parser *parser, Flags flags)
{
    uint32_t at = parser->at;
    TokenKind kind = parsing_peek(parser);
    if (at == parser->stop) return true;
    if ((kind != TOKEN_IDENTIFIER && kind != TOKEN_AT) || at == 0) return false;
    if (parser->tokens[at - 1].kind != TOKEN_NEWLINE) return false;
    if (kind == TOKEN_AT) {
        if (flags & (RESOURCES | DECORATED)) return false;
    } else {
        if (parsing_peek_ahead(parser, 1) != TOKEN_IDENTIFIER ||
            parsing_is_word(parser, at + 1, "as"))
            return false;
        if (flags & RESOURCES && parsing_check_word(parser, "resource")) return false;
        if (!parsing_is_keyword(parsing_token_text(parser, at), false)) return false;
    }
    parser->stop = at;
    return true;
}

// The closing of the bracket at `open`; where there is no more to read, the failure names that
// bracket.
bool parsing_close_bracket(Parser *parser, uint32_t open, TokenKind close)
{
    if (parsing_expect(parser, close)) return true;
    if (parser->at < parser->end && parser->at != parser->stop) return false;
    size_t before = parser->diags->count;
    parsing_report_failure(parser);
    parser->failure.silent = true;
    if (parser->diags->count > before) {
        uint32_t line, column;
        diag_line_column(parser->file->source, parser->tokens[open].from, &line, &column);
        Text text = parsing_token_text(parser, open);
        diag_hint(parser->diags, text_format(parser->arena, "the '%.*s' of line %u is not closed",
                                             TEXT_ARG(text), line));
    }
    return false;
}

// Items of `{…}` and `[…]`, separated by one comma or by new lines, up to `close`, which is not
// taken.
void parsing_items(Parser *parser, TokenKind close, Element *element, Flags flags)
{
    parsing_skip_newlines(parser);
    while (parser->at < parser->end && parsing_peek(parser) != close) {
        if (at_statement(parser, flags)) return;
        parsing_push(parser, element(parser, flags));
        if (parser->at == parser->end || parsing_peek(parser) == close) return;
        if (parsing_peek(parser) == TOKEN_NEWLINE) {
            parsing_skip_newlines(parser);
        } else if (parsing_take(parser, TOKEN_COMMA)) {
            if (parsing_peek(parser) != TOKEN_NEWLINE) continue;
            parsing_report(parser, DIAG_NEWLINE_AFTER_COMMA, parser->at - 1, TEXT(""));
            parser->at++;
        } else {
            parsing_report(parser, DIAG_EXPECTED_SEPARATOR, parser->at, TEXT(""));
        }
    }
}

static bool comment_before(const Parser *parser, uint32_t token)
{
    uint32_t from = parser->tokens[token - 1].to, to = parser->tokens[token].from;
    return to > from && memchr(parser->file->source->text.at + from, '/', to - from);
}

// Arguments, separated by commas; new lines may follow the opening, a comma, and the last argument.
void parsing_arguments(Parser *parser, TokenKind close, Element *element, Flags flags)
{
    if (parsing_peek(parser) == close) return;
    parsing_skip_newlines(parser);
    while (parser->at < parser->end && parsing_peek(parser) != close) {
        if (at_statement(parser, 0)) return;
        parsing_push(parser, element(parser, flags));
        if (parser->at == parser->end || parsing_peek(parser) == close) return;
        if (parsing_peek(parser) == TOKEN_NEWLINE) {
            // Only comments may stand on lines between the last argument and the closing.
            uint32_t next = parser->at + 1;
            while (parser->tokens[next].kind == TOKEN_NEWLINE && comment_before(parser, next)) {
                next++;
            }
            if (parser->tokens[next].kind == TOKEN_END) return;
            if (parser->tokens[next].kind != close) {
                parsing_report(parser, DIAG_EXPECTED_COMMA, parser->at, text_of(token_name(close)));
            }
            parsing_skip_newlines(parser);
        } else if (parsing_take(parser, TOKEN_COMMA)) {
            parsing_skip_newlines(parser);
            if (parsing_peek(parser) == close)
                parsing_push(parser, element(parser, flags)); // fails
        } else {
            parsing_report(parser, DIAG_EXPECTED_COMMA, parser->at, text_of(token_name(close)));
        }
    }
}
