// compiler/bicep/layout.h: documents to text: two spaces a level, 120 columns, LF.
#pragma once
#include "compiler/bicep/document.h"

typedef struct {
    TextBuffer out;    // given by the caller
    uint32_t occupied; // columns of the line
    uint32_t spaces;   // due before the next text; none is left at a line's end
    bool begun;        // a document was printed
    bool soft;         // the line before was a soft one
    bool hard;         // the line before was a hard one
    uint32_t empty_lines;
} Layout;

// The next documents of a file, none of them within another: statements, comments, line ends.
void layout_print(Layout *layout, DocList docs);
Text layout_end(Layout *layout);
