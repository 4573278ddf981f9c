// compiler/bicep/lexer.h: Bicep text to tokens.
//   in:     the bytes of one file, UTF-8
//   out:    every token in order, TOKEN_END last. What lies between two tokens (spaces, comments, directives) is trivia:
//           the bytes from tokens[i-1].to to tokens[i].from, so tokens and trivia cover the file without a gap
//   owns:   tokens live in `arena`
//   errors: SG1001–SG1019; reading goes on after each
//   facts:  docs/grammar.md of the Bicep repository, bicep-emission section 10
#pragma once
#include "base/diag.h"

typedef enum {
#define TOKEN(name, text) TOKEN_##name,
#include "compiler/bicep/token.def"
#undef TOKEN
} TokenKind;

typedef struct {
    TokenKind kind;
    uint32_t from, to; // bytes
} Token;

typedef struct {
    Token *items;
    size_t count, room;
} TokenList;

TokenList lexer_read(Arena *arena, Diags *diags, const Source *source);
void lexer_dump(TextBuffer *out, const Source *source, TokenList tokens);
const char *token_name(TokenKind kind);
