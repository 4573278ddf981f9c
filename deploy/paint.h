// deploy/paint.h: lines of text for a terminal: colours, width in columns, cut to a width.
//   shapes: texts are UTF-8 from anywhere; control characters in them become spaces, so that no
//           answer of a server can move the cursor. Without UTF-8 in the locale, our own marks
//           become ASCII, what else is not ASCII '?'.
//   facts:  widths after Unicode's EastAsianWidth (wide: 2) and the combining blocks (0)
#pragma once
#include "base/text.h"

typedef enum {
    PAINT_PLAIN,
    PAINT_GOOD,   // green
    PAINT_BAD,    // red
    PAINT_BUSY,   // cyan
    PAINT_CHANGE, // yellow
    PAINT_FAINT,
    PAINT_STRONG,
} Paint;

typedef struct {
    TextBuffer *out;
    bool colour, utf8;
    size_t limit;  // columns of a line; 0: no end
    size_t column; // where the next character goes
} Painter;

// As the environment wants it: NO_COLOR, TERM, the locale; no limit. `file`: where it will go.
Painter paint_begin(TextBuffer *out, int file);

// Cut at the limit, the last character then being an ellipsis.
void paint(Painter *painter, Paint how, Text text);
void paint_format(Painter *painter, Paint how, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void paint_to(Painter *painter, size_t column); // blanks up to there
void paint_line(Painter *painter);              // ends the line
// Broken between words, so that each line fits; lines after the first begin at the column where
// this one began. Line ends in the text stay.
void paint_words(Painter *painter, Paint how, Text text);

size_t paint_width(const Painter *painter, Text text); // columns

// Of the window; where there is none, what COLUMNS says; 0: nobody knows.
size_t paint_columns(int file);
bool paint_wants_colour(int file);
bool paint_wants_utf8(void);
