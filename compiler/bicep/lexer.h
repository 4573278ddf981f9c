// compiler/bicep/lexer.h: Bicep text to tokens.
//   in:     the bytes of one file, UTF-8
//   out:    every token in order, TOKEN_END last. What lies between two tokens (spaces, comments,
//           directives) is trivia: the bytes from tokens[i-1].to to tokens[i].from, so tokens and
//           trivia cover the file without a gap
//   owns:   tokens live in `arena`
//   errors: SG1001–SG1019; reading goes on after each
//   facts:  docs/grammar.md of the Bicep repository, docs/emission.md, "Reading Bicep"
#pragma once
#include "base/diag.h"

typedef enum {
#define TOKEN(name, text) TOKEN_##name,
#include "compiler/bicep/token.def"
#undef TOKEN
} TokenKind;

// Eight bytes: there are more of them than of anything else.
typedef struct {
    uint64_t kind : 6;           // TokenKind
    uint64_t from : 29, to : 29; // bytes
} Token;
enum { LEXER_LIMIT = 1 << 29 };

typedef struct {
    Token *items;
    size_t count, room;
} TokenList;

TokenList lexer_read(Arena *arena, Diags *diags, const Source *source);
void lexer_dump(TextBuffer *out, const Source *source, TokenList tokens);
const char *token_name(TokenKind kind);
