// compiler/bicep/lexer.c: one pass, `at` only grows. A string with ${…} becomes several tokens, so
// that the parser needs no second lexer: the stack `holes` remembers what each open `${` and each
// `{` within one belongs to.
#include "compiler/bicep/lexer.h"

#include <assert.h>
#include <string.h>

enum { LONGEST_IDENTIFIER = 255 };

typedef struct {
    bool brace; // an object's `{` within ${…}, not a string
    bool multiline;
    uint32_t dollars; // that a hole of this multi-line string begins with
} Hole;

typedef struct {
    Hole *items;
    size_t count, room;
} HoleList;

typedef struct {
    Arena *arena;
    Diags *diags;
    const Source *source;
    const char *text;
    uint32_t at, end;
    HoleList holes;
} Lexer;

static const char *const names[] = {
#define TOKEN(name, text) text,
#include "compiler/bicep/token.def"
#undef TOKEN
};

const char *token_name(TokenKind kind)
{
    return names[kind];
}

// ---- characters

enum { WORD = 1, DIGIT = 2, STRING_STOP = 4 }; // what a byte may be; all above 127 are nothing

static const uint8_t classes[256] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 4, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 0, 0, 0, 0, 0, 0,
    0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 4, 0, 0, 1,
    0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0,
};

static bool is_a(char c, uint8_t class)
{
    return classes[(unsigned char)c] & class;
}

static char peek(const Lexer *lexer, uint32_t ahead)
{
    return lexer->end - lexer->at > ahead ? lexer->text[lexer->at + ahead] : '\0';
}

static bool at_end(const Lexer *lexer)
{
    return lexer->at == lexer->end;
}

static bool take(Lexer *lexer, char c)
{
    if (at_end(lexer) || lexer->text[lexer->at] != c) return false;
    lexer->at++;
    return true;
}

static bool is_newline(char c)
{
    return c == '\n' || c == '\r';
}

static bool is_hex_digit(char c)
{
    return is_a(c, DIGIT) || ((c | 32) >= 'a' && (c | 32) <= 'f');
}

// Moves over bytes that are of `class`, or over those that are not.
static void skip_class(Lexer *lexer, uint8_t class, bool of)
{
    const char *at = lexer->text + lexer->at, *end = lexer->text + lexer->end;
    while (at < end && is_a(*at, class) == of) at++;
    lexer->at = (uint32_t)(at - lexer->text);
}

static uint32_t run_of(Lexer *lexer, char c)
{
    uint32_t from = lexer->at;
    while (take(lexer, c)) continue;
    return lexer->at - from;
}

static Place place_from(const Lexer *lexer, uint32_t from)
{
    return (Place){lexer->source, from, lexer->at};
}

static Text text_from(const Lexer *lexer, uint32_t from)
{
    return text_slice(lexer->source->text, from, lexer->at);
}

// ---- trivia

static void skip_line_comment(Lexer *lexer)
{
    while (!at_end(lexer) && !is_newline(lexer->text[lexer->at])) lexer->at++;
}

static void skip_block_comment(Lexer *lexer)
{
    uint32_t from = lexer->at;
    lexer->at += 2;
    while (!at_end(lexer)) {
        const char *star = memchr(lexer->text + lexer->at, '*', lexer->end - lexer->at);
        lexer->at = star ? (uint32_t)(star - lexer->text) + 1 : lexer->end;
        if (take(lexer, '/')) return;
    }
    Place opening = {lexer->source, from, from + 2};
    diag_add(lexer->diags, DIAG_UNTERMINATED_COMMENT, opening);
}

static bool first_on_line(const Lexer *lexer)
{
    uint32_t at = lexer->at;
    while (at > 0 && lexer->text[at - 1] != '\n') {
        char c = lexer->text[--at];
        if (c != ' ' && c != '\t' && c != '\r') return false;
    }
    return true;
}

// `#disable-next-line CODE…` and its like; what follows the codes on the line is read as usual.
static bool skip_directive(Lexer *lexer)
{
    static const char *const directives[] = {"#disable-next-line", "#disable-diagnostics",
                                             "#restore-diagnostics"};
    Text rest = text_slice(lexer->source->text, lexer->at, lexer->end);
    size_t which = 0;
    while (which < 3 && !text_starts(rest, directives[which])) which++;
    if (which == 3 || !first_on_line(lexer)) return false;

    uint32_t from = lexer->at, codes = 0;
    lexer->at += (uint32_t)strlen(directives[which]);
    for (;;) {
        uint32_t before_spaces = lexer->at;
        while (peek(lexer, 0) == ' ' || peek(lexer, 0) == '\t') lexer->at++;
        uint32_t code = lexer->at;
        while (is_a(peek(lexer, 0), WORD) || peek(lexer, 0) == '-') lexer->at++;
        if (lexer->at == code) {
            lexer->at = before_spaces;
            break;
        }
        codes++;
    }
    if (codes == 0) {
        diag_add_with(lexer->diags, DIAG_DIRECTIVE_WITHOUT_CODES, place_from(lexer, from),
                      text_of(directives[which]));
    }
    return true;
}

static void skip_trivia(Lexer *lexer)
{
    while (!at_end(lexer)) {
        char c = lexer->text[lexer->at];
        if (c == ' ' || c == '\t') {
            lexer->at++;
        } else if (c == '/' && peek(lexer, 1) == '/') {
            skip_line_comment(lexer);
        } else if (c == '/' && peek(lexer, 1) == '*') {
            skip_block_comment(lexer);
        } else if (c != '#' || !skip_directive(lexer)) {
            return;
        }
    }
}

// ---- strings

// `at` is behind the backslash.
static void read_escape(Lexer *lexer)
{
    uint32_t from = lexer->at - 1;
    char c = peek(lexer, 0);
    if (at_end(lexer) || is_newline(c)) return; // the string is not closed: said there
    if (c != 'u') {
        size_t next = lexer->at;
        text_next(lexer->source->text, &next);
        lexer->at = (uint32_t)next;
        if (memchr("nrt\\'$", c, 6)) return;
        diag_add_with(lexer->diags, DIAG_UNKNOWN_ESCAPE, place_from(lexer, from),
                      text_from(lexer, from));
        return;
    }
    lexer->at++;
    bool valid = take(lexer, '{');
    uint32_t digits = lexer->at, code = 0;
    while (valid && is_hex_digit(peek(lexer, 0))) {
        char digit = lexer->text[lexer->at++];
        code = code * 16 + (uint32_t)(is_a(digit, DIGIT) ? digit - '0' : (digit | 32) - 'a' + 10);
        if (code > 0x10FFFF) code = 0x110000; // stays too large
    }
    valid = valid && lexer->at > digits && take(lexer, '}') && code <= 0x10FFFF;
    if (!valid) diag_add(lexer->diags, DIAG_BAD_CODE_POINT, place_from(lexer, from));
}

// What goes on behind the opening quote or the `}` of a hole; `first` of the string's pieces.
static TokenKind read_string(Lexer *lexer, uint32_t from, bool first)
{
    for (;;) {
        skip_class(lexer, STRING_STOP, false);
        if (at_end(lexer) || is_newline(lexer->text[lexer->at])) {
            diag_add(lexer->diags, DIAG_UNTERMINATED_STRING, place_from(lexer, from));
            return first ? TOKEN_STRING : TOKEN_STRING_RIGHT;
        }
        char c = lexer->text[lexer->at++];
        if (c == '\'') return first ? TOKEN_STRING : TOKEN_STRING_RIGHT;
        if (c == '$' && take(lexer, '{')) return first ? TOKEN_STRING_LEFT : TOKEN_STRING_MIDDLE;
        if (c == '\\') read_escape(lexer);
    }
}

static TokenKind read_multiline(Lexer *lexer, uint32_t from, bool first, uint32_t dollars)
{
    while (!at_end(lexer)) {
        char c = lexer->text[lexer->at];
        if (c == '\'') {
            if (run_of(lexer, '\'') >= 3) return first ? TOKEN_MULTILINE : TOKEN_MULTILINE_RIGHT;
        } else if (c == '$') {
            uint32_t run = run_of(lexer, '$');
            if (dollars > 0 && run >= dollars && take(lexer, '{')) {
                return first ? TOKEN_MULTILINE_LEFT : TOKEN_MULTILINE_MIDDLE;
            }
        } else {
            lexer->at++;
        }
        skip_class(lexer, STRING_STOP, false);
    }
    Place opening = {lexer->source, from, from + (first ? 3 + dollars : 1)};
    diag_add(lexer->diags, DIAG_UNTERMINATED_MULTILINE, opening);
    return first ? TOKEN_MULTILINE : TOKEN_MULTILINE_RIGHT;
}

static TokenKind begin_string(Lexer *lexer, uint32_t from)
{
    if (peek(lexer, 0) == '\'' && peek(lexer, 1) == '\'') {
        lexer->at += 2;
        return read_multiline(lexer, from, true, 0);
    }
    TokenKind kind = read_string(lexer, from, true);
    if (kind == TOKEN_STRING_LEFT) list_add(lexer->arena, &lexer->holes, ((Hole){0}));
    return kind;
}

// `}`: of an object, or the end of a hole.
static TokenKind close_brace(Lexer *lexer, uint32_t from)
{
    if (lexer->holes.count == 0) return TOKEN_RIGHT_BRACE;
    Hole hole = lexer->holes.items[lexer->holes.count - 1];
    if (hole.brace) {
        lexer->holes.count--;
        return TOKEN_RIGHT_BRACE;
    }
    TokenKind kind = hole.multiline ? read_multiline(lexer, from, false, hole.dollars)
                                    : read_string(lexer, from, false);
    if (kind == TOKEN_STRING_RIGHT || kind == TOKEN_MULTILINE_RIGHT) lexer->holes.count--;
    return kind;
}

// ---- tokens

// A string of another language is one token; so are the bytes of one character.
static TokenKind unknown(Lexer *lexer, uint32_t from)
{
    static const struct {
        char c;
        const char *hint;
    } hints[] = {
        {'"', "strings stand in single quotes: '…'"},
        {';', "a statement ends with its line"},
        {'&', "did you mean '&&'?"},
        {'`', "strings stand in single quotes: '…'"},
    };
    char c = lexer->text[from];
    size_t next = from;
    text_next(lexer->source->text, &next);
    if (next > lexer->at) lexer->at = (uint32_t)next;
    Text text = text_from(lexer, from);
    if (c == '"') {
        uint32_t close = lexer->at;
        while (close < lexer->end && lexer->text[close] != c && !is_newline(lexer->text[close])) {
            close++;
        }
        if (close < lexer->end && lexer->text[close] == c) lexer->at = close + 1;
    }
    diag_add_with(lexer->diags, DIAG_UNKNOWN_CHARACTER, place_from(lexer, from), text);
    for (size_t i = 0; i < sizeof hints / sizeof *hints; i++) {
        if (hints[i].c == c) diag_hint(lexer->diags, text_of(hints[i].hint));
    }
    return TOKEN_UNKNOWN;
}

static TokenKind read_dollars(Lexer *lexer, uint32_t from)
{
    uint32_t dollars = 1 + run_of(lexer, '$');
    if (peek(lexer, 0) != '\'' || peek(lexer, 1) != '\'' || peek(lexer, 2) != '\'') {
        return unknown(lexer, from);
    }
    lexer->at += 3;
    TokenKind kind = read_multiline(lexer, from, true, dollars);
    if (kind == TOKEN_MULTILINE_LEFT) {
        Hole hole = {.multiline = true, .dollars = dollars};
        list_add(lexer->arena, &lexer->holes, hole);
    }
    return kind;
}

static TokenKind read_newlines(Lexer *lexer, uint32_t from)
{
    if (lexer->holes.count) {
        // ${…} ends with its line: as if string and hole were closed here; the line end is read
        // next.
        lexer->at = from;
        bool multiline = lexer->holes.items[lexer->holes.count - 1].multiline;
        lexer->holes.count = 0;
        diag_add(lexer->diags, DIAG_UNTERMINATED_STRING, place_from(lexer, from));
        return multiline ? TOKEN_MULTILINE_RIGHT : TOKEN_STRING_RIGHT;
    }
    while (!at_end(lexer) && is_newline(lexer->text[lexer->at])) lexer->at++;
    return TOKEN_NEWLINE;
}

static TokenKind read_word(Lexer *lexer, uint32_t from)
{
    skip_class(lexer, WORD, true);
    const char *word = lexer->text + from;
    uint32_t length = lexer->at - from;
    if (length == 4 && memcmp(word, "true", 4) == 0) return TOKEN_TRUE;
    if (length == 4 && memcmp(word, "null", 4) == 0) return TOKEN_NULL;
    if (length == 5 && memcmp(word, "false", 5) == 0) return TOKEN_FALSE;
    if (length > LONGEST_IDENTIFIER) {
        diag_add_with(lexer->diags, DIAG_LONG_IDENTIFIER, place_from(lexer, from),
                      text_format(lexer->arena, "%u", length));
    }
    return TOKEN_IDENTIFIER;
}

static TokenKind read_number(Lexer *lexer)
{
    skip_class(lexer, DIGIT, true);
    return TOKEN_INTEGER;
}

static TokenKind open_brace(Lexer *lexer)
{
    if (lexer->holes.count) list_add(lexer->arena, &lexer->holes, ((Hole){.brace = true}));
    return TOKEN_LEFT_BRACE;
}

static TokenKind read_token(Lexer *lexer)
{
    uint32_t from = lexer->at;
    char c = lexer->text[lexer->at++];
    switch (c) {
    case '\n':
    case '\r': return read_newlines(lexer, from);
    case '\'': return begin_string(lexer, from);
    case '{': return open_brace(lexer);
    case '}': return close_brace(lexer, from);
    case '(': return TOKEN_LEFT_PAREN;
    case ')': return TOKEN_RIGHT_PAREN;
    case '[': return TOKEN_LEFT_BRACKET;
    case ']': return TOKEN_RIGHT_BRACKET;
    case ',': return TOKEN_COMMA;
    case '@': return TOKEN_AT;
    case '+': return TOKEN_PLUS;
    case '-': return TOKEN_MINUS;
    case '*': return TOKEN_STAR;
    case '/': return TOKEN_SLASH;
    case '%': return TOKEN_PERCENT;
    case '^': return TOKEN_HAT;
    case ':': return take(lexer, ':') ? TOKEN_DOUBLE_COLON : TOKEN_COLON;
    case '?': return take(lexer, '?') ? TOKEN_DOUBLE_QUESTION : TOKEN_QUESTION;
    case '<': return take(lexer, '=') ? TOKEN_LESS_EQUAL : TOKEN_LESS;
    case '>': return take(lexer, '=') ? TOKEN_GREATER_EQUAL : TOKEN_GREATER;
    case '|': return take(lexer, '|') ? TOKEN_OR : TOKEN_PIPE;
    case '&': return take(lexer, '&') ? TOKEN_AND : unknown(lexer, from);
    case '.':
        if (peek(lexer, 0) != '.' || peek(lexer, 1) != '.') return TOKEN_DOT;
        lexer->at += 2;
        return TOKEN_ELLIPSIS;
    case '=':
        if (take(lexer, '=')) return TOKEN_EQUALS;
        if (take(lexer, '~')) return TOKEN_EQUALS_INSENSITIVE;
        return take(lexer, '>') ? TOKEN_ARROW : TOKEN_ASSIGN;
    case '!':
        if (take(lexer, '=')) return TOKEN_NOT_EQUALS;
        return take(lexer, '~') ? TOKEN_NOT_EQUALS_INSENSITIVE : TOKEN_NOT;
    case '$': return read_dollars(lexer, from);
    default:
        if (is_a(c, DIGIT)) return read_number(lexer);
        return is_a(c, WORD) ? read_word(lexer, from) : unknown(lexer, from);
    }
}

TokenList lexer_read(Arena *arena, Diags *diags, const Source *source)
{
    assert(source->text.length < LEXER_LIMIT);
    Lexer lexer = {
        .arena = arena,
        .diags = diags,
        .source = source,
        .text = source->text.at,
        .end = (uint32_t)source->text.length,
    };
    if (text_starts(source->text, "\xEF\xBB\xBF")) lexer.at = 3; // a byte order mark is trivia
    lexer.holes.room = 16; // in front of the tokens, so that these can grow and shrink in place
    lexer.holes.items = arena_array(arena, Hole, lexer.holes.room);
    // Usual files have a token every five bytes: mostly this is the only allocation.
    TokenList tokens = {.room = lexer.end / 4 + 16};
    tokens.items = arena_array(arena, Token, tokens.room);
    TokenKind kind;
    do {
        skip_trivia(&lexer);
        uint32_t from = lexer.at;
        kind = at_end(&lexer) ? TOKEN_END : read_token(&lexer);
        Token token = {kind & 63, from & (LEXER_LIMIT - 1), lexer.at & (LEXER_LIMIT - 1)};
        list_add(arena, &tokens, token);
    } while (kind != TOKEN_END);
    arena_shrink(arena, tokens.items, tokens.room * sizeof(Token), tokens.count * sizeof(Token));
    tokens.room = tokens.count;
    return tokens;
}

void lexer_dump(TextBuffer *out, const Source *source, TokenList tokens)
{
    static const char *const kinds[] = {
#define TOKEN(name, text) #name,
#include "compiler/bicep/token.def"
#undef TOKEN
    };
    for (size_t i = 0; i < tokens.count; i++) {
        Token token = tokens.items[i];
        buffer_format(out, "%u-%u %s", token.from, token.to, kinds[token.kind]);
        if (token.kind != TOKEN_NEWLINE && token.to > token.from) {
            buffer_char(out, ' ');
            buffer_text(out, text_slice(source->text, token.from, token.to));
        }
        buffer_char(out, '\n');
    }
}
