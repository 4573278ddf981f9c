// base/diag.h: errors and warnings with a code and a place, collected and shown once.
//   shapes: a Place is a byte span of a Source; lines and columns are computed only when shown
//   owns:   a Source and its text live as long as the compilation's arena
//   errors: a part adds diagnostics and returns false or NULL; only the command shows them
#pragma once
#include "base/text.h"

#include <stdio.h>

typedef struct {
    Text path; // as shown to the user
    Text text; // the whole file
} Source;

typedef struct {
    const Source *source; // NULL: the message has no place
    uint32_t from, to;    // bytes; `to` is the first byte behind
} Place;

typedef enum { SEVERITY_ERROR, SEVERITY_WARNING } Severity;

typedef enum {
#define DIAG(name, number, severity, text) DIAG_##name,
#include "base/diag.def"
#undef DIAG
    DIAG_COUNT
} DiagCode;

typedef struct {
    DiagCode code;
    Severity severity;
    Place place;
    Text message;
    Text hint; // a line of its own behind the caret; empty if there is none
} Diag;

typedef struct {
    Arena *arena;
    Diag *items;
    size_t count, room;
    size_t errors;
} Diags;

// diag_add(diags, DIAG_X, place): a message without arguments.
// diag_add_with(diags, DIAG_X, place, text…): its {0} {1} … are the given Texts.
#define diag_add(diags, code, place) diag_report((diags), (code), (place), 0, NULL)
#define diag_add_with(diags, code, place, ...)                                                     \
    diag_report((diags), (code), (place), sizeof((Text[]){__VA_ARGS__}) / sizeof(Text),            \
                (Text[]){__VA_ARGS__})
void diag_report(Diags *diags, DiagCode code, Place place, size_t count, const Text *arguments);

// A suggestion for the diagnostic that was added last.
void diag_hint(Diags *diags, Text hint);

void diag_append(Diags *diags, const Diags *more); // `more` lives in the same arena

bool diag_failed(const Diags *diags); // an error was added
int diag_number(DiagCode code);       // 1103 of SG1103

// The choice that is nearest to `word` by edit distance; an empty text if none is near.
Text diag_nearest(Text word, const Text *choices, size_t count);
// "did you mean …?" of the choice that is nearest, if one is near.
void diag_suggest(Diags *diags, Text word, const Text *choices, size_t count);

// One-based line, and column in characters, of a byte offset.
void diag_line_column(const Source *source, uint32_t at, uint32_t *line, uint32_t *column);

// All diagnostics, in the order of their places within a file: 'FILE:LINE:COLUMN: error CODE: …',
// the line with a caret, the hint. Colours only if asked for.
void diag_show(FILE *out, Diags *diags, bool colour);
