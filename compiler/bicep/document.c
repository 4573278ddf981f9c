// compiler/bicep/document.c: see document.h.
#include "compiler/bicep/document.h"

Doc doc_empty = {.kind = DOC_TEXT};
Doc doc_space = {.kind = DOC_TEXT, .width = 1, .text = {" ", 1}};
Doc doc_comma = {.kind = DOC_TEXT, .width = 1, .text = {",", 1}};
Doc doc_pipe = {.kind = DOC_TEXT, .width = 2, .text = {"| ", 2}};
Doc doc_leading_pipe = {.kind = DOC_CONDITIONAL, .width = 2, .text = {"| ", 2}};
Doc doc_hard_line = {.kind = DOC_LINE};
Doc doc_soft_line = {.kind = DOC_LINE};
Doc doc_line_or_empty = {.kind = DOC_LINE};
Doc doc_line_or_space = {.kind = DOC_LINE, .width = 1, .text = {" ", 1}};
Doc doc_line_or_comma = {.kind = DOC_LINE, .width = 2, .text = {", ", 2}};

bool doc_is_line(const Doc *doc)
{
    return doc->kind == DOC_LINE;
}

bool doc_is_container(const Doc *doc)
{
    return doc->kind >= DOC_GLUE;
}

bool doc_has_suffix(const Doc *doc)
{
    while (doc_is_container(doc)) doc = doc->list.items[doc->list.count - 1];
    return doc->kind == DOC_SUFFIX;
}
