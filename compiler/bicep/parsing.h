// compiler/bicep/parsing.h: what the files of the parser share: parsing.c has the reading of
// tokens, failures and recovery, expressionparser.c expressions, typeparser.c types, parser.c
// statements and files.
//   errors: a function that meets what it does not expect notes a failure and returns NULL (or
//           false). Who can go on calls `parsing_recover`, which reports the failure, skips to a
//           token where reading makes sense again, and gives SYNTAX_SKIPPED. After a recovery, what
//           follows in the same statement stays silent about its own absence.
#pragma once
#include "compiler/bicep/parser.h"

typedef enum {
    LITERALS = 1,  // object and array literals are allowed
    RESOURCES = 2, // resources are allowed within an object
    DECORATED = 4, // the items of a list may begin with decorators
} Flags;

typedef uint64_t TokenSet;
#define SET(kind) ((TokenSet)1 << TOKEN_##kind)

// What ends a part of an expression while skipping.
#define CLOSERS                                                                                    \
    (SET(STRING_RIGHT) | SET(MULTILINE_RIGHT) | SET(RIGHT_BRACE) | SET(RIGHT_PAREN) |              \
     SET(RIGHT_BRACKET) | SET(NEWLINE))
#define STRINGS (SET(STRING) | SET(STRING_LEFT) | SET(MULTILINE) | SET(MULTILINE_LEFT))
// What parsing_literal reads.
#define SCALARS (STRINGS | SET(INTEGER) | SET(TRUE) | SET(FALSE) | SET(NULL))
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

// Reads one item of a list.
typedef Syntax *Element(Parser *parser, Flags flags);

// ---- tokens, failures, nodes, recovery, lists: parsing.c

TokenKind parsing_peek(const Parser *parser);
TokenKind parsing_peek_ahead(const Parser *parser, uint32_t ahead);
bool parsing_check_set(const Parser *parser, TokenSet set);
Text parsing_token_text(const Parser *parser, uint32_t token);
bool parsing_take(Parser *parser, TokenKind kind);
bool parsing_is_word(const Parser *parser, uint32_t token, const char *word);
bool parsing_check_word(const Parser *parser, const char *word);
// The first token from here on that is no new line.
uint32_t parsing_behind_newlines(const Parser *parser, uint32_t from);
void parsing_skip_newlines(Parser *parser);
Syntax *parsing_fail(Parser *parser, DiagCode code, Text expected);
void parsing_report(Parser *parser, DiagCode code, uint32_t token, Text expected);
void parsing_report_failure(Parser *parser);
// Ends all reading: deeper trees would break every recursion over them.
Syntax *parsing_too_deep(Parser *parser, uint32_t token);
bool parsing_expect(Parser *parser, TokenKind kind);
bool parsing_take_word(Parser *parser, const char *word);
bool parsing_expect_word(Parser *parser, const char *word);
Syntax *parsing_new_node(Parser *parser, SyntaxKind kind, uint32_t first);
void parsing_adopt(Syntax *parent, const Syntax *child);
void parsing_adopt_list(Syntax *parent, SyntaxList children);
// The node ends with the token before.
Syntax *parsing_finish(Parser *parser, Syntax *node);
void parsing_push(Parser *parser, Syntax *node);
// What was pushed since the stack had `mark` items.
SyntaxList parsing_pop_list(Parser *parser, size_t mark);
// Reports the failure unless it shall be silent, and skips to `until`.
void parsing_resynchronize(Parser *parser, bool silent, TokenSet until);
Syntax *parsing_skipped(Parser *parser, uint32_t start);
Syntax *parsing_recover(Parser *parser, Syntax *node, uint32_t start, bool silent, TokenSet until);
bool parsing_is_skipped(const Syntax *node);
// Like `recover` for a token; true if what follows shall be silent.
bool parsing_recover_token(Parser *parser, bool taken, bool silent, TokenSet until);
// A name that is declared: false if it is missing.
bool parsing_identifier(Parser *parser, const char *what, Text *name, uint32_t *token);
// True for the words that begin a statement.
bool parsing_is_keyword(Text word, bool ends_lambda);
// The closing of the bracket at `open`; where there is no more to read, the failure names that
// bracket.
bool parsing_close_bracket(Parser *parser, uint32_t open, TokenKind close);
// Items of `{…}` and `[…]`, separated by one comma or by new lines, up to `close`, which is not
// taken.
void parsing_items(Parser *parser, TokenKind close, Element *element, Flags flags);
// Arguments, separated by commas; new lines may follow the opening, a comma, and the last argument.
void parsing_arguments(Parser *parser, TokenKind close, Element *element, Flags flags);

// ---- literals and expressions: expressionparser.c

Syntax *parsing_literal(Parser *parser);
Syntax *parsing_string(Parser *parser);
Syntax *parsing_property_key(Parser *parser);
void parsing_set_key(Syntax *node, Syntax *key);
Syntax *parsing_object(Parser *parser, Flags flags);
Syntax *parsing_for_expression(Parser *parser, Flags flags, bool resource);
Syntax *parsing_if_condition(Parser *parser, Flags flags, bool in_loop);
Syntax *parsing_lambda_body(Parser *parser);
// Pushes what stands between the parentheses, closing included; false after a failure.
// `first_separator`: the first comma or new line, 0 if there is none.
bool parsing_parenthesized_list(Parser *parser, Element *element, Flags flags, bool newlines,
                                uint32_t *first_separator);
Syntax *parsing_parenthesized(Parser *parser, Element *element, Flags flags, bool newlines,
                              bool lambda);
// `base` or nothing stands before the name; the opening parenthesis is next.
Syntax *parsing_call_rest(Parser *parser, Syntax *base, uint32_t name_token, Flags flags);
// `.name` `.?name` `::name` `.name(…)`
Syntax *parsing_access_rest(Parser *parser, Syntax *base, Flags flags);
// `-` or `!`, and what `operand` reads behind it.
Syntax *parsing_unary_rest(Parser *parser, Element *operand, Flags flags);
Syntax *parsing_expression(Parser *parser, Flags flags);

// ---- types: typeparser.c

Syntax *parsing_type(Parser *parser, Flags flags);
// Also `resource 'T@v'`; of an output `resource` alone.
Syntax *parsing_declared_type(Parser *parser, bool output);

// ---- statements: parser.c

// Pushes decorators, each with the new lines behind it.
void parsing_decorators(Parser *parser);
// Never NULL. `nested`: within the body of a resource, where only another resource may stand.
Syntax *parsing_statement(Parser *parser, bool nested);
