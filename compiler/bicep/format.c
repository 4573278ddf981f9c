// compiler/bicep/format.c: the tree becomes documents, the documents text; one statement at a time.
// A document is text, a place where a line may end, or a container of documents. A group is printed
// on one line if it fits, otherwise each of its own line ends counts, and the groups within it
// decide for themselves. A group that contains what must stand on a line of its own (a line
// comment, an empty line) is never made: it is a glue. Whether that is so is seen from the number
// of forced breaks before and after making the content. What stands between two tokens belongs to
// the one before if comments stick to its end, otherwise to the one behind.
#include "compiler/bicep/format.h"

#include <assert.h>
#include <string.h>

enum { WIDTH = 120, INDENT = 2 };

static const size_t POOL_SIZE = 60 * 1024;

typedef enum {
    DOC_TEXT,
    DOC_SUFFIX,      // a line comment: takes no width
    DOC_CONDITIONAL, // text that vanishes if its group stands on one line
    DOC_LINE,
    DOC_GLUE,
    DOC_INDENT,
    DOC_GROUP,
    DOC_TAIL, // a glue that does not keep the group around it from one line: the last argument of a
              // call
} DocKind;

typedef struct Doc Doc;

typedef struct {
    Doc *const *items;
    size_t count;
} DocList;

struct Doc {
    DocKind kind;
    uint32_t width; // in UTF-16 units; of a line: on one line
    union {
        Text text; // of a line: what it is on one line
        DocList list;
    };
};

static Doc space = {.kind = DOC_TEXT, .width = 1, .text = {" ", 1}};
static Doc comma = {.kind = DOC_TEXT, .width = 1, .text = {",", 1}};
static Doc pipe = {.kind = DOC_TEXT, .width = 2, .text = {"| ", 2}};
static Doc leading_pipe = {.kind = DOC_CONDITIONAL, .width = 2, .text = {"| ", 2}};
static Doc empty_text = {.kind = DOC_TEXT};
static Doc hard_line = {.kind = DOC_LINE}; // always printed
static Doc soft_line = {.kind = DOC_LINE}; // one line end of the source, maybe printed
static Doc line_or_empty = {.kind = DOC_LINE};
static Doc line_or_space = {.kind = DOC_LINE, .width = 1, .text = {" ", 1}};
static Doc line_or_comma = {.kind = DOC_LINE, .width = 2, .text = {", ", 2}};

typedef struct {
    Arena scratch; // documents of one statement
    char *pool;
    size_t used, room;
    const SyntaxFile *file;
    const Token *tokens;
    const char *source;
    struct {
        Doc **items;
        size_t count, room;
    } stack;    // documents whose container is being made
    int breaks; // forced so far

    // ---- printing
    TextBuffer out;
    uint32_t occupied; // columns of the line
    uint32_t spaces;   // due before the next text; none is left at a line's end
    bool begun;        // a document was printed
    bool soft;         // the line before was a soft one
    bool hard;         // the line before was a hard one
    uint32_t empty_lines;
} Formatter;

// ---- making documents

static void *pool_alloc(Formatter *formatter, size_t size)
{
    size = (size + 7) & ~(size_t)7;
    if (formatter->room - formatter->used < size) {
        formatter->room = size > POOL_SIZE ? size : POOL_SIZE;
        formatter->pool = arena_alloc(&formatter->scratch, formatter->room);
        formatter->used = 0;
    }
    void *given = formatter->pool + formatter->used;
    formatter->used += size;
    return given;
}

// Forgets the documents of a statement.
static void pool_clear(Formatter *formatter)
{
    if (formatter->scratch.total > 16 * POOL_SIZE) {
        arena_free(&formatter->scratch);
        formatter->room = 0;
        formatter->stack.items = NULL;
        formatter->stack.room = 0;
    }
    formatter->used = 0;
}

static void push(Formatter *formatter, Doc *doc)
{
    list_add(&formatter->scratch, &formatter->stack, doc);
}

static Doc *text_doc(Formatter *formatter, DocKind kind, Text text)
{
    Doc *doc = pool_alloc(formatter, sizeof *doc);
    *doc = (Doc){.kind = kind, .width = (uint32_t)text.length, .text = text};
    return doc;
}

static bool is_line(const Doc *doc)
{
    return doc->kind == DOC_LINE;
}

static bool is_container(const Doc *doc)
{
    return doc->kind >= DOC_GLUE;
}

// Ends with a line comment.
static bool has_suffix(const Doc *doc)
{
    while (is_container(doc)) doc = doc->list.items[doc->list.count - 1];
    return doc->kind == DOC_SUFFIX;
}

// Takes what was pushed since `mark`, with `before` in front and `separator` between, as one
// document.
static Doc *container(Formatter *formatter, DocKind kind, size_t mark, Doc *before, Doc *separator)
{
    size_t count = formatter->stack.count - mark;
    Doc *doc = pool_alloc(formatter, sizeof *doc);
    Doc **items = pool_alloc(formatter, (count * (separator ? 2 : 1) + 2) * sizeof *items);
    size_t filled = 0;
    if (before) items[filled++] = before;
    for (size_t i = 0; i < count; i++) {
        Doc *item = formatter->stack.items[mark + i];
        if (separator && i > 0 && formatter->stack.items[mark + i - 1] != &hard_line) {
            items[filled++] = separator;
        }
        items[filled++] = item;
    }
    formatter->stack.count = mark;
    if (filled == 0) items[filled++] = &empty_text;
    *doc = (Doc){.kind = kind, .list = {items, filled}};
    return doc;
}

static void push_glue(Formatter *formatter, size_t mark)
{
    Doc *doc = container(formatter, DOC_GLUE, mark, NULL, NULL);
    push(formatter, doc);
}

static void push_spread(Formatter *formatter, size_t mark)
{
    Doc *doc = container(formatter, DOC_GLUE, mark, NULL, &space);
    push(formatter, doc);
}

static void push_indent(Formatter *formatter, size_t mark)
{
    Doc *doc = container(formatter, DOC_INDENT, mark, NULL, NULL);
    push(formatter, doc);
}

static void force_break(Formatter *formatter)
{
    formatter->breaks++;
}

// ---- comments

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

static Text token_text(const Formatter *formatter, uint32_t token)
{
    Token found = formatter->tokens[token];
    return (Text){formatter->source + found.from, found.to - found.from};
}

static Text spaces_trimmed(Text text)
{
    while (text.length && (text.at[0] == ' ' || text.at[0] == '\t')) {
        text.at++;
        text.length--;
    }
    return text;
}

// What stands before token `token`, without leading spaces; empty is the usual case.
static Text gap_before(const Formatter *formatter, uint32_t token)
{
    uint32_t from = token ? formatter->tokens[token - 1].to : 0;
    Text gap = {formatter->source + from, formatter->tokens[token].from - from};
    if (token == 0 && text_starts(gap, "\xEF\xBB\xBF")) gap = text_slice(gap, 3, gap.length);
    return spaces_trimmed(gap);
}

static Text leading_trivia(const Formatter *formatter, uint32_t token)
{
    if (token && sticks_behind(formatter->tokens[token - 1].kind)) return (Text){"", 0};
    return gap_before(formatter, token);
}

static Text trailing_trivia(const Formatter *formatter, uint32_t token)
{
    if (!sticks_behind(formatter->tokens[token].kind)) return (Text){"", 0};
    return gap_before(formatter, token + 1);
}

// Takes the next comment or directive from `trivia`, which begins with it.
static Text next_trivium(Text *trivia)
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
    *trivia = spaces_trimmed((Text){trivia->at + length, trivia->length - length});
    return taken;
}

static bool is_line_comment(Text trivium)
{
    return trivium.length > 1 && trivium.at[0] == '/' && trivium.at[1] == '/';
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
    char *copy = pool_alloc(formatter, text.length);
    size_t filled = 0;
    for (size_t at = 0; at < text.length;) {
        size_t length = line_end_length(text, at);
        copy[filled++] = length ? '\n' : text.at[at];
        at += length ? length : 1;
    }
    return (Text){copy, filled};
}

// For text of the source that may hold more than ASCII, and line ends.
static Doc *wide_text_doc(Formatter *formatter, Text text)
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
    if (!wide) return text_doc(formatter, DOC_TEXT, text);
    Doc *doc = text_doc(formatter, DOC_TEXT, with_lf(formatter, text));
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
    char *copy = pool_alloc(formatter, text.length + 1);
    memcpy(copy, text.at, length);
    Text rest = spaces_trimmed(text_slice(text, length, text.length));
    while (rest.length) {
        copy[length++] = ' ';
        while (rest.length && rest.at[0] != ' ' && rest.at[0] != '\t') {
            copy[length++] = *rest.at++;
            rest.length--;
        }
        rest = spaces_trimmed(rest);
    }
    return (Text){copy, length};
}

static void push_leading(Formatter *formatter, Text trivia)
{
    while (trivia.length) {
        Text trivium = next_trivium(&trivia);
        if (is_line_comment(trivium)) force_break(formatter);
        Text text = trivium.at[0] == '#' ? directive(formatter, trivium) : trivium;
        push(formatter, wide_text_doc(formatter, text));
    }
}

// Pushes block comments; gives back a line comment.
static Doc *push_trailing(Formatter *formatter, Text trivia)
{
    while (trivia.length) {
        Text trivium = next_trivium(&trivia);
        if (is_line_comment(trivium)) {
            force_break(formatter);
            Doc *suffix = text_doc(formatter, DOC_SUFFIX, trivium);
            suffix->width = 0;
            return suffix;
        }
        push(formatter, wide_text_doc(formatter, trivium));
    }
    return NULL;
}

// ---- tokens

// Pushes `text` with comments before and behind as one document.
static void push_with_comments(Formatter *formatter, Doc *text, Text before, Text behind)
{
    if (!before.length && !behind.length) {
        push(formatter, text);
        return;
    }
    size_t mark = formatter->stack.count;
    push_leading(formatter, before);
    push(formatter, text);
    Doc *suffix = push_trailing(formatter, behind);
    if (formatter->stack.count > mark + 1) push_spread(formatter, mark);
    if (!suffix) return;
    push(formatter, suffix);
    push_glue(formatter, mark);
}

static void push_newline(Formatter *formatter, uint32_t token)
{
    Text text = token_text(formatter, token);
    bool single =
        text.length == 1 || (text.length == 2 && text.at[0] == '\r' && text.at[1] == '\n');
    Text trivia = leading_trivia(formatter, token);
    if (trivia.length) {
        size_t mark = formatter->stack.count;
        // The forced breaks are counted as the original counts them, for only their number says
        // what a suffix takes back in indent_group: a first line comment counts twice more.
        if (is_line_comment(trivia)) force_break(formatter);
        force_break(formatter);
        push_leading(formatter, trivia);
        push_spread(formatter, mark);
    }
    push(formatter, single ? &soft_line : &hard_line);
}

static void push_token(Formatter *formatter, uint32_t token)
{
    TokenKind kind = formatter->tokens[token].kind;
    if (kind == TOKEN_NEWLINE) {
        push_newline(formatter, token);
        return;
    }
    if (kind == TOKEN_COMMA) return;
    Text before = leading_trivia(formatter, token);
    if (kind == TOKEN_PIPE || kind == TOKEN_END) {
        size_t mark = formatter->stack.count;
        if (!before.length) return;
        if (is_line_comment(before)) force_break(formatter);
        push_leading(formatter, before);
        push_spread(formatter, mark);
        return;
    }
    Doc *text = text_doc(formatter, DOC_TEXT, token_text(formatter, token));
    switch ((Sticks)sticks[kind]) {
    case STICKS_NOT: push(formatter, text); break;
    case STICKS_BEFORE: push_with_comments(formatter, text, before, (Text){0}); break;
    case STICKS_BEHIND:
        push_leading(formatter, before); // documents of their own
        push_with_comments(formatter, text, (Text){0}, trailing_trivia(formatter, token));
        break;
    case STICKS_BOTH:
        push_with_comments(formatter, text, before, trailing_trivia(formatter, token));
        break;
    }
}

// As one document.
static void push_single(Formatter *formatter, uint32_t token)
{
    size_t mark = formatter->stack.count;
    push_token(formatter, token);
    if (formatter->stack.count != mark + 1) push_spread(formatter, mark);
}

// Tokens from `from` up to, not including, `to`.
static void push_tokens(Formatter *formatter, uint32_t from, uint32_t to)
{
    for (uint32_t token = from; token < to; token++) push_token(formatter, token);
}

static uint32_t behind_newlines(const Formatter *formatter, uint32_t token)
{
    while (formatter->tokens[token].kind == TOKEN_NEWLINE) token++;
    return token;
}

// ---- lines

// Of what was pushed since `mark`: drops line ends at both sides, makes soft ones vanish and two of
// them one empty line.
static void collapse_newlines(Formatter *formatter, size_t mark)
{
    Doc **items = formatter->stack.items;
    size_t from = mark, to = formatter->stack.count, filled = mark;
    while (from < to && is_line(items[from])) from++;
    while (to > from && is_line(items[to - 1])) to--;
    const Doc *previous = NULL;
    for (size_t i = from; i < to; i++) {
        Doc *doc = items[i];
        bool empty_line = doc == &soft_line   ? previous == &soft_line
                          : doc == &hard_line ? previous != &hard_line
                                              : false;
        if (empty_line) {
            items[filled++] = &hard_line;
            force_break(formatter);
        } else if (doc != &soft_line && doc != &hard_line) {
            items[filled++] = doc;
        }
        previous = doc;
    }
    formatter->stack.count = filled;
}

static void remove_lines(Formatter *formatter, size_t mark, const Doc *line)
{
    size_t filled = mark;
    for (size_t i = mark; i < formatter->stack.count; i++) {
        Doc *doc = formatter->stack.items[i];
        if (line ? doc != line : !is_line(doc)) formatter->stack.items[filled++] = doc;
    }
    formatter->stack.count = filled;
}

// What was pushed since `mark`, one line below the other and indented, if it does not fit on one.
static void push_indent_group(Formatter *formatter, size_t mark, int breaks, Doc *before)
{
    remove_lines(formatter, mark, NULL);
    Doc *indented = container(formatter, DOC_INDENT, mark, before, &line_or_space);
    if (has_suffix(indented)) formatter->breaks--;
    push(formatter, indented);
    Doc *doc =
        container(formatter, formatter->breaks > breaks ? DOC_GLUE : DOC_GROUP, mark, NULL, NULL);
    push(formatter, doc);
}

// ---- brackets

typedef struct {
    uint32_t open, close;
    Doc *separator, *padding;
    bool broken;        // one item a line, even if all fit
    bool single_inline; // a single item stays with the brackets
    size_t mark;
    int breaks;
    DocList comments; // before the closing
} Bracket;

// Pushes the opening and the closing; the items are pushed next.
static void begin_bracket(Formatter *formatter, Bracket *bracket)
{
    push_single(formatter, bracket->open);
    bracket->mark = formatter->stack.count;
    push_token(formatter, bracket->close);
    bracket->breaks = formatter->breaks;
    bracket->mark = formatter->stack.count;
}

// `closing`: documents that begin_bracket pushed for the closing, behind the opening.
static void end_bracket(Formatter *formatter, Bracket *bracket, size_t opening)
{
    size_t closing = bracket->mark - opening - 1;
    collapse_newlines(formatter, bracket->mark);
    // Comments before the closing become the last items.
    for (size_t i = 0; i + 1 < closing; i++) {
        push(formatter, formatter->stack.items[opening + 1 + i]);
    }
    Doc *open = formatter->stack.items[opening];
    Doc *close = formatter->stack.items[bracket->mark - 1];
    size_t count = formatter->stack.count - bracket->mark;
    Doc *first = count ? formatter->stack.items[bracket->mark] : NULL;
    DocKind kind = DOC_GLUE;
    Doc *indented = NULL;
    if (count == 1 && bracket->single_inline && !(is_container(first) && has_suffix(first))) {
        indented = first;
    } else if (count) {
        if (bracket->broken || closing > 1) force_break(formatter);
        indented =
            container(formatter, DOC_INDENT, bracket->mark, bracket->padding, bracket->separator);
        if (formatter->breaks <= bracket->breaks) kind = DOC_GROUP;
    }
    formatter->stack.count = opening;
    push(formatter, open);
    if (indented) push(formatter, indented);
    if (indented && indented != first) push(formatter, bracket->padding);
    push(formatter, close);
    Doc *doc = container(formatter, kind, opening, NULL, NULL);
    push(formatter, doc);
}

static void push_node(Formatter *formatter, const Syntax *node);

// As one document.
static void push_one(Formatter *formatter, const Syntax *node)
{
    size_t mark = formatter->stack.count;
    push_node(formatter, node);
    if (formatter->stack.count != mark + 1) push_spread(formatter, mark);
}

// `{…}` or `[…]`; `needed`: the kind of item that makes a line end behind the opening matter.
static void push_items(Formatter *formatter, const Syntax *node, SyntaxKind needed,
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
        .separator = &line_or_comma,
        .padding = padding,
        .broken = broken && formatter->tokens[node->first + 1].kind == TOKEN_NEWLINE,
    };
    size_t opening = formatter->stack.count;
    begin_bracket(formatter, &bracket);
    uint32_t at = node->first + 1;
    for (size_t i = 0; i < node->list.count; i++) {
        push_tokens(formatter, at, node->list.items[i]->first);
        push_node(formatter, node->list.items[i]);
        at = node->list.items[i]->last + 1;
    }
    push_tokens(formatter, at, node->last);
    end_bracket(formatter, &bracket, opening);
}

// Arguments within brackets whose opening is `bracket->open`; `tail`: the last one, made already.
static void push_arguments(Formatter *formatter, Bracket *bracket, SyntaxList arguments, Doc *tail)
{
    size_t opening = formatter->stack.count;
    begin_bracket(formatter, bracket);
    uint32_t at = bracket->open + 1;
    for (size_t i = 0; i < arguments.count; i++) {
        const Syntax *argument = arguments.items[i];
        push_tokens(formatter, at, argument->first);
        size_t mark = formatter->stack.count;
        if (i + 1 < arguments.count) {
            push_one(formatter, argument);
            push(formatter, &comma);
            push_glue(formatter, mark);
        } else if (tail) {
            push(formatter, tail);
        } else {
            push_one(formatter, argument);
        }
        at = argument->last + 1;
    }
    push_tokens(formatter, at, bracket->close);
    end_bracket(formatter, bracket, opening);
}

// ---- expressions

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
    Text trivia = trailing_trivia(formatter, literal->last);
    while (trivia.length) {
        if (is_line_comment(next_trivium(&trivia))) return NULL;
    }
    push_one(formatter, last);
    Doc *doc = formatter->stack.items[--formatter->stack.count];
    if (doc->kind != DOC_GLUE) return doc;
    if (literal == last) {
        doc->kind = DOC_TAIL;
        return doc;
    }
    Doc *body = doc->list.items[doc->list.count - 1];
    if (body->kind == DOC_GLUE) body->kind = DOC_TAIL;
    return doc;
}

static void push_call(Formatter *formatter, const Syntax *node)
{
    size_t mark = formatter->stack.count;
    uint32_t name = node->call.name_token;
    Doc *tail = tail_argument(formatter, node->call.arguments);
    if (node->call.base) {
        push_one(formatter, node->call.base);
        push_tokens(formatter, node->call.base->last + 1, name);
    }
    push_token(formatter, name);
    Bracket bracket = {
        .open = name + 1,
        .close = node->last,
        .separator = &line_or_space,
        .padding = &line_or_empty,
        .single_inline = true,
    };
    push_arguments(formatter, &bracket, node->call.arguments, tail);
    push_glue(formatter, mark);
}

static Doc *flattened(Formatter *formatter, Doc *doc);

static void push_flattened(Formatter *formatter, const Doc *doc)
{
    if (is_container(doc)) {
        for (size_t i = 0; i < doc->list.count; i++) push_flattened(formatter, doc->list.items[i]);
    } else if (doc->kind == DOC_LINE) {
        if (doc->width) push(formatter, text_doc(formatter, DOC_TEXT, doc->text));
    } else if (doc->kind != DOC_CONDITIONAL) {
        Doc *copy = pool_alloc(formatter, sizeof *copy);
        *copy = *doc;
        push(formatter, copy);
    }
}

// A group on one line, whatever its width.
static Doc *flattened(Formatter *formatter, Doc *doc)
{
    if (doc->kind != DOC_GROUP) return doc;
    size_t mark = formatter->stack.count;
    push_flattened(formatter, doc);
    return container(formatter, DOC_GLUE, mark, NULL, NULL);
}

static void push_generic(Formatter *formatter, const Syntax *node)
{
    size_t mark = formatter->stack.count;
    uint32_t name = node->call.name_token;
    Bracket bracket = {
        .open = name + 1,
        .close = node->last,
        .separator = &line_or_space,
        .padding = &line_or_empty,
        .broken = node->call.arguments.count && formatter->tokens[name + 2].kind == TOKEN_NEWLINE,
    };
    push_arguments(formatter, &bracket, node->call.arguments, NULL);
    Doc *tail = flattened(formatter, formatter->stack.items[--formatter->stack.count]);
    if (node->call.base) {
        push_one(formatter, node->call.base);
        push_tokens(formatter, node->call.base->last + 1, name);
    }
    push_token(formatter, name);
    push(formatter, tail);
    push_glue(formatter, mark);
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
        .separator = &line_or_space,
        .padding = &line_or_empty,
    };
    size_t opening = formatter->stack.count;
    begin_bracket(formatter, &bracket);
    uint32_t at = node->first + 1;
    for (size_t i = 0; i < node->lambda.count; i++) {
        const SyntaxParameter *parameter = &node->lambda.parameters[i];
        push_tokens(formatter, at, parameter->token);
        size_t mark = formatter->stack.count;
        push_single(formatter, parameter->token);
        if (parameter->type) {
            push_one(formatter, parameter->type);
            push_spread(formatter, mark);
        }
        if (i + 1 < node->lambda.count) {
            push(formatter, &comma);
            push_glue(formatter, mark);
        }
        at = (parameter->type ? parameter->type->last : parameter->token) + 1;
    }
    push_tokens(formatter, at, close);
    end_bracket(formatter, &bracket, opening);
    return close + 1;
}

static bool has_comment(const Formatter *formatter, uint32_t from, uint32_t to)
{
    for (uint32_t token = from; token < to; token++) {
        if (leading_trivia(formatter, token).length) return true;
    }
    return false;
}

static void push_lambda(Formatter *formatter, const Syntax *node)
{
    size_t mark = formatter->stack.count;
    uint32_t arrow;
    if (formatter->tokens[node->first].kind == TOKEN_LEFT_PAREN) {
        arrow = push_parameters(formatter, node);
    } else {
        push_single(formatter, node->first);
        arrow = node->first + 1;
    }
    const Syntax *result = node->lambda.result, *body = node->lambda.body;
    if (result) {
        push_one(formatter, result);
        arrow = result->last + 1;
    }
    bool grouped = !is_literal(body) || has_comment(formatter, arrow + 1, body->first);
    int breaks = formatter->breaks;
    size_t group = formatter->stack.count;
    push_single(formatter, arrow);
    if (grouped && !result) group++; // only in functions the arrow belongs to the group
    if (grouped) push_tokens(formatter, arrow + 1, body->first);
    if (grouped)
        push_node(formatter, body);
    else
        push_one(formatter, body);
    if (grouped) push_indent_group(formatter, group, breaks, result ? NULL : &line_or_empty);
    push_spread(formatter, mark);
}

static void push_ternary(Formatter *formatter, const Syntax *node)
{
    size_t mark = formatter->stack.count;
    int breaks = formatter->breaks;
    const Syntax *then = node->ternary.then, *otherwise = node->ternary.otherwise;
    push_one(formatter, node->ternary.condition);
    uint32_t at = node->ternary.condition->last + 1;
    uint32_t question = behind_newlines(formatter, at);
    push_tokens(formatter, at, question);
    size_t part = formatter->stack.count;
    push_single(formatter, question);
    push_one(formatter, then);
    push_indent(formatter, part + 1);
    push_spread(formatter, part);
    uint32_t colon = behind_newlines(formatter, then->last + 1);
    push_tokens(formatter, then->last + 1, colon);
    part = formatter->stack.count;
    push_single(formatter, colon);
    push_one(formatter, otherwise);
    push_indent(formatter, part + 1);
    push_spread(formatter, part);
    push_indent_group(formatter, mark, breaks, NULL);
}

static void push_for(Formatter *formatter, const Syntax *node)
{
    uint32_t keyword = behind_newlines(formatter, node->first + 1);
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
        push_single(formatter, keyword + 1);
    }
    Doc *variables = flattened(formatter, formatter->stack.items[--formatter->stack.count]);
    assert(formatter->stack.count == base);

    Bracket bracket = {
        .open = node->first,
        .close = node->last,
        .separator = &line_or_empty,
        .padding = &line_or_empty,
    };
    begin_bracket(formatter, &bracket);
    push_tokens(formatter, node->first + 1, keyword);
    size_t mark = formatter->stack.count;
    push_single(formatter, keyword);
    push(formatter, variables);
    push_single(formatter, in);
    size_t array = formatter->stack.count;
    push_one(formatter, node->loop.array);
    push_single(formatter, node->loop.array->last + 1);
    push_glue(formatter, array);
    push_one(formatter, node->loop.body);
    push_spread(formatter, mark);
    push_tokens(formatter, node->loop.body->last + 1, node->last);
    end_bracket(formatter, &bracket, base);
}

// Verbatim but for line ends and the spaces behind `${`.
static void push_string(Formatter *formatter, const Syntax *node)
{
    SyntaxList holes = node->string.expressions;
    Text text = token_text(formatter, node->first);
    if (holes.count) {
        uint32_t from = formatter->tokens[node->first].from, to = formatter->tokens[node->last].to;
        char *copy = pool_alloc(formatter, to - from);
        size_t filled = 0;
        uint32_t piece = node->first;
        for (size_t i = 0; i <= holes.count; i++) {
            Text own = token_text(formatter, piece);
            memcpy(copy + filled, own.at, own.length);
            filled += own.length;
            if (i == holes.count) break;
            uint32_t next = holes.items[i]->last + 1, begin = formatter->tokens[piece].to;
            Text hole = {formatter->source + begin, formatter->tokens[next].from - begin};
            hole = spaces_trimmed(hole);
            memcpy(copy + filled, hole.at, hole.length);
            filled += hole.length;
            piece = next;
        }
        text = (Text){copy, filled};
    }
    Doc *doc = wide_text_doc(formatter, text);
    push_with_comments(formatter, doc, leading_trivia(formatter, node->first),
                       trailing_trivia(formatter, node->last));
}

static void push_union(Formatter *formatter, const Syntax *node)
{
    size_t mark = formatter->stack.count;
    int breaks = formatter->breaks;
    uint32_t at = node->first;
    for (size_t i = 0; i < node->list.count; i++) {
        const Syntax *member = node->list.items[i];
        push_tokens(formatter, at, member->first);
        size_t part = formatter->stack.count;
        push(formatter, i ? &pipe : &leading_pipe);
        push_one(formatter, member);
        push_glue(formatter, part);
        at = member->last + 1;
    }
    push_indent_group(formatter, mark, breaks, &line_or_empty);
}

// Tokens from `at` up to `node`, which is pushed too; gives the token behind it.
static uint32_t push_up_to(Formatter *formatter, uint32_t at, const Syntax *node)
{
    while (at < node->first) push_single(formatter, at++);
    push_one(formatter, node);
    return node->last + 1;
}

// All tokens and the nodes of `parts` glued.
static void push_glued(Formatter *formatter, const Syntax *node, const Syntax *first,
                       const Syntax *second)
{
    size_t mark = formatter->stack.count;
    uint32_t at = push_up_to(formatter, node->first, first);
    if (second) at = push_up_to(formatter, at, second);
    while (at <= node->last) push_single(formatter, at++);
    push_glue(formatter, mark);
}

// ---- statements

// Decorators with their line ends; gives the token behind them.
static uint32_t push_decorators(Formatter *formatter, const Syntax *node, SyntaxList decorators)
{
    size_t mark = formatter->stack.count;
    uint32_t at = node->first;
    for (size_t i = 0; i < decorators.count; i++) {
        const Syntax *call = decorators.items[i];
        push_tokens(formatter, at, call->first - 1);
        size_t part = formatter->stack.count;
        push_single(formatter, call->first - 1);
        push_one(formatter, call);
        push_glue(formatter, part);
        at = call->last + 1;
    }
    if (decorators.count) {
        uint32_t behind = behind_newlines(formatter, at);
        push_tokens(formatter, at, behind);
        remove_lines(formatter, mark, &hard_line);
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
        push_one(formatter, key);
    else
        push_single(formatter, at);
    push_single(formatter, key ? key->last + 1 : at + 1);
    push_glue(formatter, mark);
    push_one(formatter, node->property.value);
    push_spread(formatter, mark);
}

static void push_type_item(Formatter *formatter, const Syntax *node)
{
    push_decorators(formatter, node, node->property.decorators);
    push_one(formatter, node->property.value);
}

static void push_declaration(Formatter *formatter, const Syntax *node)
{
    uint32_t at = push_decorators(formatter, node, node->declaration.decorators);
    size_t mark = formatter->stack.count;
    if (node->declaration.type) at = push_up_to(formatter, at, node->declaration.type);
    if (node->declaration.value) at = push_up_to(formatter, at, node->declaration.value);
    assert(at == node->last + 1);
    push_spread(formatter, mark);
}

static void push_func(Formatter *formatter, const Syntax *node)
{
    uint32_t at = push_decorators(formatter, node, node->declaration.decorators);
    size_t mark = formatter->stack.count;
    push_single(formatter, at);
    size_t part = formatter->stack.count;
    push_single(formatter, at + 1);
    push_one(formatter, node->declaration.value);
    push_glue(formatter, part);
    push_spread(formatter, mark);
}

static void push_resource(Formatter *formatter, const Syntax *node)
{
    uint32_t at = push_decorators(formatter, node, node->resource.decorators);
    size_t mark = formatter->stack.count;
    const Syntax *value = node->resource.value;
    at = push_up_to(formatter, at, node->resource.type);
    if (node->resource.existing) push_single(formatter, at++);
    push_single(formatter, at++);
    if (value->kind == SYNTAX_IF && has_comment(formatter, at, value->first)) {
        int breaks = formatter->breaks;
        size_t group = formatter->stack.count;
        push_tokens(formatter, at, value->first);
        push_node(formatter, value);
        push_indent_group(formatter, group, breaks, &line_or_empty);
    } else {
        push_one(formatter, value);
    }
    push_spread(formatter, mark);
}

static void push_if(Formatter *formatter, const Syntax *node)
{
    size_t mark = formatter->stack.count;
    push_single(formatter, node->first);
    push_one(formatter, node->condition.test);
    push_one(formatter, node->condition.body);
    push_spread(formatter, mark);
}

// `name as alias`; `at` is moved behind it.
static void push_import_item(Formatter *formatter, uint32_t *at)
{
    size_t mark = formatter->stack.count;
    push_single(formatter, (*at)++);
    TokenKind next = formatter->tokens[*at].kind;
    if (next == TOKEN_IDENTIFIER) {
        size_t part = formatter->stack.count;
        push_single(formatter, (*at)++);
        push_single(formatter, (*at)++);
        push_spread(formatter, part);
    }
    push_spread(formatter, mark);
}

static void push_import_list(Formatter *formatter, const Syntax *node, uint32_t open)
{
    uint32_t close = open + 1;
    while (formatter->tokens[close].kind != TOKEN_RIGHT_BRACE) close++;
    Bracket bracket = {
        .open = open,
        .close = close,
        .separator = &line_or_comma,
        .padding = &line_or_space,
        .broken = node->import.count && formatter->tokens[open + 1].kind == TOKEN_NEWLINE,
    };
    size_t opening = formatter->stack.count;
    begin_bracket(formatter, &bracket);
    for (uint32_t at = open + 1; at < close;) {
        TokenKind kind = formatter->tokens[at].kind;
        if (kind == TOKEN_NEWLINE || kind == TOKEN_COMMA)
            push_token(formatter, at++);
        else
            push_import_item(formatter, &at);
    }
    end_bracket(formatter, &bracket, opening);
}

static void push_import(Formatter *formatter, const Syntax *node)
{
    uint32_t at = push_decorators(formatter, node, node->import.decorators);
    size_t mark = formatter->stack.count;
    push_single(formatter, at++);
    size_t part = formatter->stack.count;
    if (formatter->tokens[at].kind == TOKEN_LEFT_BRACE) {
        push_import_list(formatter, node, at);
    } else {
        push_single(formatter, at);
        push_single(formatter, at + 1);
        push_single(formatter, at + 2);
        push_spread(formatter, part);
    }
    part = formatter->stack.count;
    push_single(formatter, node->import.path->first - 1);
    push_one(formatter, node->import.path);
    push_spread(formatter, part);
    push_spread(formatter, mark);
}

static void push_extension(Formatter *formatter, const Syntax *node)
{
    uint32_t at = push_decorators(formatter, node, node->extension.decorators);
    size_t mark = formatter->stack.count;
    at = push_up_to(formatter, at, node->extension.specification);
    size_t part = formatter->stack.count;
    if (node->extension.with) {
        at = push_up_to(formatter, at, node->extension.with);
        push_spread(formatter, part);
    } else {
        push(formatter, &empty_text);
    }
    part = formatter->stack.count;
    if (node->extension.alias.length) {
        push_single(formatter, at);
        push_single(formatter, at + 1);
        push_spread(formatter, part);
    }
    push_spread(formatter, mark);
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
    if (gap_before(formatter, node->first).length || gap_before(formatter, node->last + 1).length)
        return false;
    uint32_t from = formatter->tokens[node->first].from, to = formatter->tokens[node->last].to;
    push(formatter, wide_text_doc(formatter, (Text){formatter->source + from, to - from}));
    return true;
}

// Pushes one document, or several: decorators and line ends have their own.
static void push_node(Formatter *formatter, const Syntax *node)
{
    size_t mark = formatter->stack.count;
    if ((node->kind == SYNTAX_PROPERTY || node->kind == SYNTAX_ACCESS) &&
        push_plain(formatter, node))
        return;
    switch (node->kind) {
    case SYNTAX_NULL:
    case SYNTAX_BOOL:
    case SYNTAX_INTEGER:
    case SYNTAX_NAME: push_token(formatter, node->first); break;
    case SYNTAX_STRING: push_string(formatter, node); break;
    case SYNTAX_ACCESS: push_glued(formatter, node, node->access.base, NULL); break;
    case SYNTAX_INDEX: push_glued(formatter, node, node->index.base, node->index.at); break;
    case SYNTAX_CALL: push_call(formatter, node); break;
    case SYNTAX_UNARY: push_glued(formatter, node, node->unary.operand, NULL); break;
    case SYNTAX_BINARY:
        push_one(formatter, node->binary.left);
        push_single(formatter, node->binary.left->last + 1);
        push_one(formatter, node->binary.right);
        push_spread(formatter, mark);
        break;
    case SYNTAX_TERNARY: push_ternary(formatter, node); break;
    case SYNTAX_PAREN:
    case SYNTAX_NON_NULL:
    case SYNTAX_SPREAD:
    case SYNTAX_TYPE_ARRAY:
    case SYNTAX_TYPE_NULLABLE: push_glued(formatter, node, node->inner, NULL); break;
    case SYNTAX_OBJECT:
        push_items(formatter, node, SYNTAX_PROPERTY, SYNTAX_KIND_COUNT, &line_or_space);
        break;
    case SYNTAX_ARRAY:
        push_items(formatter, node, SYNTAX_KIND_COUNT, SYNTAX_SPREAD, &line_or_empty);
        break;
    case SYNTAX_TYPE_OBJECT:
        push_items(formatter, node, SYNTAX_TYPE_PROPERTY, SYNTAX_KIND_COUNT, &line_or_space);
        break;
    case SYNTAX_TYPE_TUPLE:
        push_items(formatter, node, SYNTAX_SKIPPED, SYNTAX_KIND_COUNT, &line_or_empty);
        break;
    case SYNTAX_PROPERTY: push_property(formatter, node, (SyntaxList){0}); break;
    case SYNTAX_TYPE_PROPERTY: push_property(formatter, node, node->property.decorators); break;
    case SYNTAX_TYPE_ITEM: push_type_item(formatter, node); break;
    case SYNTAX_TYPE_UNION: push_union(formatter, node); break;
    case SYNTAX_TYPE_GENERIC: push_generic(formatter, node); break;
    case SYNTAX_LAMBDA: push_lambda(formatter, node); break;
    case SYNTAX_FOR: push_for(formatter, node); break;
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
    case SYNTAX_MODULE: push_resource(formatter, node); break;
    case SYNTAX_IMPORT: push_import(formatter, node); break;
    case SYNTAX_EXTENSION: push_extension(formatter, node); break;
    case SYNTAX_SKIPPED:
    case SYNTAX_KIND_COUNT: assert(!"needs a file without errors"); break;
    }
}

// ---- printing

static void write_bytes(Formatter *formatter, const char *bytes, size_t count)
{
    TextBuffer *out = &formatter->out;
    if (out->room - out->count < count) {
        buffer_text(out, (Text){bytes, count});
        return;
    }
    memcpy(out->items + out->count, bytes, count);
    out->count += count;
}

static void write_spaces(Formatter *formatter)
{
    static const char spaces[] = "                                ";
    while (formatter->spaces > 0) {
        uint32_t some = formatter->spaces < 32 ? formatter->spaces : 32;
        write_bytes(formatter, spaces, some);
        formatter->spaces -= some;
    }
}

static void write_text(Formatter *formatter, Text text)
{
    if (text.length == 1 && text.at[0] == ' ') {
        formatter->spaces++;
    } else if (text.length) {
        write_spaces(formatter);
        write_bytes(formatter, text.at, text.length);
    }
}

static void write_line(Formatter *formatter, uint32_t indent)
{
    buffer_char(&formatter->out, '\n');
    formatter->spaces = indent * INDENT;
    formatter->occupied = formatter->spaces;
}

static void write_doc(Formatter *formatter, const Doc *doc)
{
    if (doc->kind == DOC_SUFFIX) {
        write_spaces(formatter);
        buffer_char(&formatter->out, ' ');
    }
    write_text(formatter, doc->text);
    formatter->occupied += doc->width;
}

// Takes the width of `doc` on one line from `room`; false if there is not enough. `done`: the rest
// does not matter.
static bool fits(const Doc *doc, int64_t *room, bool *done)
{
    if (doc->kind == DOC_TAIL) {
        *done = true;
        return --*room >= 0;
    }
    if (!is_container(doc)) {
        if (doc == &hard_line || doc == &soft_line) return false;
        if (doc->kind != DOC_CONDITIONAL) *room -= doc->width;
        return *room >= 0;
    }
    for (size_t i = 0; i < doc->list.count && !*done; i++) {
        if (!fits(doc->list.items[i], room, done)) return false;
    }
    return true;
}

static void print_doc(Formatter *formatter, const Doc *doc, uint32_t indent);

static void print_list(Formatter *formatter, DocList list, uint32_t indent)
{
    for (size_t i = 0; i < list.count; i++) print_doc(formatter, list.items[i], indent);
}

static void print_flat(Formatter *formatter, const Doc *doc, uint32_t indent)
{
    if (doc->kind == DOC_TAIL) {
        print_list(formatter, doc->list, indent);
    } else if (is_container(doc)) {
        for (size_t i = 0; i < doc->list.count; i++) {
            print_flat(formatter, doc->list.items[i], indent);
        }
    } else if (doc->kind != DOC_CONDITIONAL) {
        write_doc(formatter, doc);
    }
}

static void print_group(Formatter *formatter, const Doc *group, uint32_t indent)
{
    int64_t room = (int64_t)WIDTH - formatter->occupied;
    bool done = false, flat = room >= 0;
    for (size_t i = 0; i < group->list.count && flat && !done; i++) {
        flat = fits(group->list.items[i], &room, &done);
    }
    for (size_t i = 0; i < group->list.count; i++) {
        if (flat)
            print_flat(formatter, group->list.items[i], indent);
        else
            print_doc(formatter, group->list.items[i], indent);
    }
}

static void print_doc(Formatter *formatter, const Doc *doc, uint32_t indent)
{
    switch (doc->kind) {
    case DOC_TEXT:
    case DOC_SUFFIX:
    case DOC_CONDITIONAL: write_doc(formatter, doc); break;
    case DOC_LINE: write_line(formatter, indent); break;
    case DOC_GLUE:
    case DOC_TAIL: print_list(formatter, doc->list, indent); break;
    case DOC_INDENT: print_list(formatter, doc->list, indent + 1); break;
    case DOC_GROUP: print_group(formatter, doc, indent); break;
    }
}

// The same as collapse_newlines, for the statements of a file.
static void print_top(Formatter *formatter, const Doc *doc)
{
    if (is_line(doc)) {
        bool hard = doc == &hard_line;
        if (hard ? !formatter->hard : formatter->soft) formatter->empty_lines++;
        formatter->hard = hard;
        formatter->soft = !hard;
        return;
    }
    if (formatter->begun) {
        for (uint32_t i = 0; i <= formatter->empty_lines; i++) write_line(formatter, 0);
    }
    formatter->begun = true;
    formatter->hard = formatter->soft = false;
    formatter->empty_lines = 0;
    print_doc(formatter, doc, 0);
}

static void print_stack(Formatter *formatter)
{
    for (size_t i = 0; i < formatter->stack.count; i++) {
        print_top(formatter, formatter->stack.items[i]);
    }
    formatter->stack.count = 0;
    pool_clear(formatter);
}

Text format_file(Arena *arena, const SyntaxFile *file)
{
    size_t length = file->source->text.length;
    Formatter formatter = {
        .file = file,
        .tokens = file->tokens.items,
        .source = file->source->text.at,
        .out = {.arena = arena, .room = length + length / 2 + 64},
        .scratch = arena_borrow(arena),
    };
    formatter.out.items = arena_alloc(arena, formatter.out.room);
    uint32_t at = 0;
    for (size_t i = 0; i < file->statements.count; i++) {
        const Syntax *node = file->statements.items[i];
        push_tokens(&formatter, at, node->first);
        push_node(&formatter, node);
        print_stack(&formatter);
        at = node->last + 1;
    }
    push_tokens(&formatter, at, (uint32_t)file->tokens.count);
    print_stack(&formatter);
    formatter.spaces = 0;
    buffer_char(&formatter.out, '\n');
    arena_return(&formatter.scratch, arena);
    return buffer_done(&formatter.out);
}
