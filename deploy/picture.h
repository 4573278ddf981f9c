// deploy/picture.h: the state of a deployment as rows of text that fit a window. It knows no terminal.
#pragma once
#include "deploy/progress.h"

typedef struct {
    bool colour, utf8, links; // `links`: OSC 8, for terminals that know it
    size_t columns, lines;
} Window;

// A row has no line end, and leaves the last column free.
typedef struct {
    Text *items;
    size_t count, room;
} Rows;

Rows picture_draw(Arena *arena, const Progress *progress, Window window);
