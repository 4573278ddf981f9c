// compiler/bicep/document.h: what the formatter makes of a tree, and layout.h makes text of: text, a
// place where a line may end, or a container of documents. A group is printed on one line if it fits,
// otherwise each of its own line ends counts, and the groups within it decide for themselves.
//   owns: documents live as long as the statement that they are made of (formatting.h); their texts
//         point there too, or into the source
#pragma once
#include "compiler/bicep/syntax.h"

typedef enum {
    DOC_TEXT,
    DOC_SUFFIX,      // a line comment: takes no width
    DOC_CONDITIONAL, // text that vanishes if its group stands on one line
    DOC_LINE,
    DOC_GLUE, // this and what follows are containers; only a group is ever put on one line
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
        Text text;    // of a line: what it is on one line
        DocList list; // of a container, never empty
    };
};

// The documents that stand everywhere; told apart by their address.
extern Doc doc_empty, doc_space, doc_comma;
extern Doc doc_pipe, doc_leading_pipe; // of a union
extern Doc doc_hard_line;              // always printed
extern Doc doc_soft_line;              // one line end of the source, maybe printed
extern Doc doc_line_or_empty, doc_line_or_space, doc_line_or_comma;

bool doc_is_line(const Doc *doc);
bool doc_is_container(const Doc *doc);
bool doc_has_suffix(const Doc *doc); // ends with a line comment
