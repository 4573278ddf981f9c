// compiler/bicep/formatting.h: what the files of the formatter share: formatting.c makes documents,
// formattoken.c those of tokens and comments, formatexpression.c those of expressions and types,
// format.c those of statements and files; layout.c prints them.
//   idea: what is made is pushed on a stack; a container takes from it all since a mark, that is
//         the stack's count before. What must stand on a line of its own (a line comment, an empty
//         line) forces a break: a container in which the number of forced breaks grew is no group
//         but a glue.
//   owns: all but the file lies in `scratch` and is forgotten after each statement
#pragma once
#include "compiler/bicep/document.h"

typedef struct {
    Arena scratch; // documents of one statement
    char *pool;
    size_t used, room;
    const Token *tokens;
    const char *source;
    struct {
        Doc **items;
        size_t count, room;
    } stack;    // documents whose container is being made
    int breaks; // forced so far
} Formatter;

typedef struct {
    uint32_t open, close; // tokens
    Doc *separator, *padding;
    bool broken;        // one item a line, even if all fit
    bool single_inline; // a single item stays with the brackets
    // Set by formatting_begin_bracket: counts of the stack before opening and items, forced breaks.
    size_t opening, mark;
    int breaks;
} Bracket;

// ---- documents: formatting.c

void *formatting_alloc(Formatter *formatter, size_t size); // not zeroed
void formatting_clear(Formatter *formatter);               // forgets the documents of a statement
void formatting_push(Formatter *formatter, Doc *doc);
Doc *formatting_pop(Formatter *formatter);
// Of ASCII; formatting_wide_text for all others.
Doc *formatting_text(Formatter *formatter, DocKind kind, Text text);
// Takes what was pushed since `mark`, with `before` in front and `separator` between, as one
// document; both may be NULL.
Doc *formatting_container(Formatter *formatter, DocKind kind, size_t mark, Doc *before,
                          Doc *separator);
// These take what was pushed since `mark` and push one document instead: without anything between,
// with spaces between, one level deeper.
void formatting_glue(Formatter *formatter, size_t mark);
void formatting_spread(Formatter *formatter, size_t mark);
void formatting_indent(Formatter *formatter, size_t mark);
// One line below the other and indented, if it does not fit on one. `breaks`: at `mark`.
void formatting_indent_group(Formatter *formatter, size_t mark, int breaks, Doc *before);
// Drops `line`, or with NULL all line ends, from what was pushed since `mark`.
void formatting_remove_lines(Formatter *formatter, size_t mark, const Doc *line);
// Pushes the opening and the closing; the items are pushed next.
void formatting_begin_bracket(Formatter *formatter, Bracket *bracket);
void formatting_end_bracket(Formatter *formatter, const Bracket *bracket);

// ---- tokens and comments: formattoken.c

Text formatting_token_text(const Formatter *formatter, uint32_t token);
Text formatting_trimmed(Text text); // without leading spaces
// What stands before `token`, without leading spaces; empty is the usual case.
Text formatting_gap_before(const Formatter *formatter, uint32_t token);
// Comments before and behind a token that belong to it.
Text formatting_leading(const Formatter *formatter, uint32_t token);
Text formatting_trailing(const Formatter *formatter, uint32_t token);
bool formatting_ends_in_line_comment(Text comments);
// Before one of the tokens from `from` up to, not including, `to`.
bool formatting_has_comment(const Formatter *formatter, uint32_t from, uint32_t to);
// Of text of the source that may hold more than ASCII, and line ends.
Doc *formatting_wide_text(Formatter *formatter, Text text);
// Pushes `text` with comments before and behind as one document.
void formatting_commented(Formatter *formatter, Doc *text, Text before, Text behind);
// Pushes a token with its comments: any number of documents.
void formatting_token(Formatter *formatter, uint32_t token);
void formatting_single(Formatter *formatter, uint32_t token); // as one document
// From `from` up to, not including, `to`.
void formatting_tokens(Formatter *formatter, uint32_t from, uint32_t to);
uint32_t formatting_behind_newlines(const Formatter *formatter, uint32_t token);

// ---- expressions and types: formatexpression.c

void formatting_string(Formatter *formatter, const Syntax *node);
void formatting_call(Formatter *formatter, const Syntax *node);
void formatting_generic(Formatter *formatter, const Syntax *node);
void formatting_lambda(Formatter *formatter, const Syntax *node);
void formatting_ternary(Formatter *formatter, const Syntax *node);
void formatting_for(Formatter *formatter, const Syntax *node);
void formatting_union(Formatter *formatter, const Syntax *node);
// `{…}` or `[…]`. A line end behind the opening counts if there is an item of kind `needed`, or,
// with SYNTAX_KIND_COUNT, of another kind than `needless`.
void formatting_items(Formatter *formatter, const Syntax *node, SyntaxKind needed,
                      SyntaxKind needless, Doc *padding);
// All tokens, and the nodes among them, without anything between; either may be NULL.
void formatting_glued(Formatter *formatter, const Syntax *node, const Syntax *first,
                      const Syntax *second);

// ---- any node: format.c

// Pushes one document, or several: decorators and line ends have their own.
void formatting_node(Formatter *formatter, const Syntax *node);
void formatting_one(Formatter *formatter, const Syntax *node); // as one document
// Tokens from `at` up to `node`, which is pushed too; gives the token behind it.
uint32_t formatting_up_to(Formatter *formatter, uint32_t at, const Syntax *node);
