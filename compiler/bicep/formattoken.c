// compiler/bicep/formattoken.c: tokens and the comments around them. What stands between two tokens
// belongs to the one before if comments stick to its end, otherwise to the one behind.
#include "compiler/bicep/formatting.h"

#include <string.h>

typedef enum { STICKS_NOT, STICKS_BEFORE, STICKS_BEHIND, STICKS_BOTH } Sticks;

// Where comments stick to a token.
static const uint8_t sticks[] = {
    [TOKEN_UNKNOWN] = STICKS_NOT,
    [TOKEN_NEWLINE] = STICKS_BEFORE,
    [TOKEN_PIPE] = STICKS_BEFORE,
    [TOKEN_AT] = STICKS_BEFORE,
    [TOKEN_MINUS] = STICKS_BEFORE,
    [TOKEN_END] = STICKS_BEFORE,
    [TOKEN_LEFT_PAREN] = STICKS_BEFORE,
    [TOKEN_LEFT_BRACKET] = STICKS_BEFORE,
    [TOKEN_LEFT_BRACE] = STICKS_BEFORE,
    [TOKEN_STRING_LEFT] = STICKS_BEFORE,
    [TOKEN_MULTILINE_LEFT] = STICKS_BEFORE,
    [TOKEN_RIGHT_PAREN] = STICKS_BEHIND,
    [TOKEN_RIGHT_BRACKET] = STICKS_BEHIND,
    [TOKEN_RIGHT_BRACE] = STICKS_BEHIND,
    [TOKEN_STRING_RIGHT] = STICKS_BEHIND,
    [TOKEN_MULTILINE_RIGHT] = STICKS_BEHIND,
    [TOKEN_QUESTION] = STICKS_BEHIND,
    [TOKEN_NOT] = STICKS_BOTH,
    [TOKEN_FALSE] = STICKS_BOTH,
    [TOKEN_TRUE] = STICKS_BOTH,
    [TOKEN_NULL] = STICKS_BOTH,
    [TOKEN_STRING] = STICKS_BOTH,
    [TOKEN_MULTILINE] = STICKS_BOTH,
    [TOKEN_INTEGER] = STICKS_BOTH,
    [TOKEN_IDENTIFIER] = STICKS_BOTH,
};

static bool sticks_behind(TokenKind kind)
{
    return sticks[kind] >= STICKS_BEHIND;
}

Text formatting_token_text(const Formatter *formatter, uint32_t token)
{
    Token found = formatter->tokens[token];
    return (Text){formatter->source + found.from, found.to - found.from};
}

Text formatting_trimmed(Text text)
{
    while (text.length && (text.at[0] == ' ' || text.at[0] == '\t')) {
        text.at++;
        text.length--;
    }
    return text;
}

Text formatting_gap_before(const Formatter *formatter, uint32_t token)
{
    uint32_t from = token ? formatter->tokens[token - 1].to : 0;
    Text gap = {formatter->source + from, formatter->tokens[token].from - from};
    if (token == 0 && text_starts(gap, "\xEF\xBB\xBF")) gap = text_slice(gap, 3, gap.length);
    return formatting_trimmed(gap);
}

Text formatting_leading(const Formatter *formatter, uint32_t token)
{
    if (token && sticks_behind(formatter->tokens[token - 1].kind)) return (Text){"", 0};
    return formatting_gap_before(formatter, token);
}

Text formatting_trailing(const Formatter *formatter, uint32_t token)
{
    if (!sticks_behind(formatter->tokens[token].kind)) return (Text){"", 0};
    return formatting_gap_before(formatter, token + 1);
}

// Takes the next comment or directive from `trivia`, which begins with it.
static Text next_comment(Text *trivia)
{
    size_t length = 0;
    if (trivia->length > 1 && trivia->at[1] == '*') {
        length = 2;
        while (length < trivia->length &&
               !(trivia->at[length] == '*' && length + 1 < trivia->length &&
                 trivia->at[length + 1] == '/')) {
            length++;
        }
        length = length + 2 < trivia->length ? length + 2 : trivia->length;
    } else if (trivia->at[0] == '#') {
        while (length < trivia->length && trivia->at[length] != '/') length++;
    } else {
        length = trivia->length;
    }
    Text taken = {trivia->at, length};
    *trivia = formatting_trimmed((Text){trivia->at + length, trivia->length - length});
    return taken;
}

static bool is_line_comment(Text trivium)
{
    return trivium.length > 1 && trivium.at[0] == '/' && trivium.at[1] == '/';
}

bool formatting_ends_in_line_comment(Text comments)
{
    while (comments.length) {
        if (is_line_comment(next_comment(&comments))) return true;
    }
    return false;
}

bool formatting_has_comment(const Formatter *formatter, uint32_t from, uint32_t to)
{
    for (uint32_t token = from; token < to; token++) {
        if (formatting_leading(formatter, token).length) return true;
    }
    return false;
}

// Bytes of the line end at `at`: CRLF, CR, LF, form feed, U+0085, U+2028, U+2029; 0 if there is
// none.
static size_t line_end_length(Text text, size_t at)
{
    unsigned char c = (unsigned char)text.at[at];
    if (c == '\n' || c == '\f') return 1;
    if (c == '\r') return at + 1 < text.length && text.at[at + 1] == '\n' ? 2 : 1;
    Text rest = {text.at + at, text.length - at};
    if (c == 0xC2) return text_starts(rest, "\xC2\x85") ? 2 : 0;
    if (c == 0xE2) {
        return text_starts(rest, "\xE2\x80\xA8") || text_starts(rest, "\xE2\x80\xA9") ? 3 : 0;
    }
    return 0;
}

// With LF for each line end.
static Text with_lf(Formatter *formatter, Text text)
{
    char *copy = formatting_alloc(formatter, text.length);
    size_t filled = 0;
    for (size_t at = 0; at < text.length;) {
        size_t length = line_end_length(text, at);
        copy[filled++] = length ? '\n' : text.at[at];
        at += length ? length : 1;
    }
    return (Text){copy, filled};
}

Doc *formatting_wide_text(Formatter *formatter, Text text)
{
    bool wide = false;
    const uint64_t tops = 0x8080808080808080u, ones = 0x0101010101010101u;
    size_t i = 0;
    for (uint64_t word; i + 8 <= text.length;
         i += 8) { // eight bytes at once: none is above ASCII or a control
        memcpy(&word, text.at + i, 8);
        if ((word | (word - ones * 0x20)) & tops) break;
    }
    for (; i < text.length; i++) {
        unsigned char c = (unsigned char)text.at[i];
        wide |= (c >= 0x80) | (c == '\r') | (c == '\f');
    }
    if (!wide) return formatting_text(formatter, DOC_TEXT, text);
    Doc *doc = formatting_text(formatter, DOC_TEXT, with_lf(formatter, text));
    doc->width = (uint32_t)text_utf16_length(doc->text);
    return doc;
}

// `#disable-next-line CODE CODE` with single spaces.
static Text directive(Formatter *formatter, Text text)
{
    static const char *const directives[] = {"#disable-next-line", "#disable-diagnostics",
                                             "#restore-diagnostics"};
    size_t which = 0;
    while (which < 2 && !text_starts(text, directives[which])) which++;
    size_t length = strlen(directives[which]);
    char *copy = formatting_alloc(formatter, text.length + 1);
    memcpy(copy, text.at, length);
    Text rest = formatting_trimmed(text_slice(text, length, text.length));
    while (rest.length) {
        copy[length++] = ' ';
        while (rest.length && rest.at[0] != ' ' && rest.at[0] != '\t') {
            copy[length++] = *rest.at++;
            rest.length--;
        }
        rest = formatting_trimmed(rest);
    }
    return (Text){copy, length};
}

static void push_leading(Formatter *formatter, Text trivia)
{
    while (trivia.length) {
        Text trivium = next_comment(&trivia);
        if (is_line_comment(trivium)) formatter->breaks++;
        Text text = trivium.at[0] == '#' ? directive(formatter, trivium) : trivium;
        formatting_push(formatter, formatting_wide_text(formatter, text));
    }
}

// Pushes block comments; gives back a line comment.
static Doc *push_trailing(Formatter *formatter, Text trivia)
{
    while (trivia.length) {
        Text trivium = next_comment(&trivia);
        if (is_line_comment(trivium)) {
            formatter->breaks++;
            Doc *suffix = formatting_text(formatter, DOC_SUFFIX, trivium);
            suffix->width = 0;
            return suffix;
        }
        formatting_push(formatter, formatting_wide_text(formatter, trivium));
    }
    return NULL;
}

// ---- tokens

void formatting_commented(Formatter *formatter, Doc *text, Text before, Text behind)
{
    if (!before.length && !behind.length) {
        formatting_push(formatter, text);
        return;
    }
    size_t mark = formatter->stack.count;
    push_leading(formatter, before);
    formatting_push(formatter, text);
    Doc *suffix = push_trailing(formatter, behind);
    if (formatter->stack.count > mark + 1) formatting_spread(formatter, mark);
    if (!suffix) return;
    formatting_push(formatter, suffix);
    formatting_glue(formatter, mark);
}

static void push_newline(Formatter *formatter, uint32_t token)
{
    Text text = formatting_token_text(formatter, token);
    bool single =
        text.length == 1 || (text.length == 2 && text.at[0] == '\r' && text.at[1] == '\n');
    Text trivia = formatting_leading(formatter, token);
    if (trivia.length) {
        size_t mark = formatter->stack.count;
        // The forced breaks are counted as the original counts them, for only their number says
        // what a suffix takes back in indent_group: a first line comment counts twice more.
        if (is_line_comment(trivia)) formatter->breaks++;
        formatter->breaks++;
        push_leading(formatter, trivia);
        formatting_spread(formatter, mark);
    }
    formatting_push(formatter, single ? &doc_soft_line : &doc_hard_line);
}

void formatting_token(Formatter *formatter, uint32_t token)
{
    TokenKind kind = formatter->tokens[token].kind;
    if (kind == TOKEN_NEWLINE) {
        push_newline(formatter, token);
        return;
    }
    if (kind == TOKEN_COMMA) return;
    Text before = formatting_leading(formatter, token);
    if (kind == TOKEN_PIPE || kind == TOKEN_END) {
        size_t mark = formatter->stack.count;
        if (!before.length) return;
        if (is_line_comment(before)) formatter->breaks++;
        push_leading(formatter, before);
        formatting_spread(formatter, mark);
        return;
    }
    Doc *text = formatting_text(formatter, DOC_TEXT, formatting_token_text(formatter, token));
    switch ((Sticks)sticks[kind]) {
    case STICKS_NOT: formatting_push(formatter, text); break;
    case STICKS_BEFORE: formatting_commented(formatter, text, before, (Text){0}); break;
    case STICKS_BEHIND:
        push_leading(formatter, before); // documents of their own
        formatting_commented(formatter, text, (Text){0}, formatting_trailing(formatter, token));
        break;
    case STICKS_BOTH:
        formatting_commented(formatter, text, before, formatting_trailing(formatter, token));
        break;
    }
}

void formatting_single(Formatter *formatter, uint32_t token)
{
    size_t mark = formatter->stack.count;
    formatting_token(formatter, token);
    if (formatter->stack.count != mark + 1) formatting_spread(formatter, mark);
}

void formatting_tokens(Formatter *formatter, uint32_t from, uint32_t to)
{
    for (uint32_t token = from; token < to; token++) formatting_token(formatter, token);
}

uint32_t formatting_behind_newlines(const Formatter *formatter, uint32_t token)
{
    while (formatter->tokens[token].kind == TOKEN_NEWLINE) token++;
    return token;
}
