// compiler/bicep/formatting.c: the stack of documents: containers, groups of lines, brackets.
#include "compiler/bicep/formatting.h"

static const size_t POOL_SIZE = 60 * 1024;

void *formatting_alloc(Formatter *formatter, size_t size)
{
    size = (size + 7) & ~(size_t)7;
    if (formatter->room - formatter->used < size) {
        formatter->room = size > POOL_SIZE ? size : POOL_SIZE;
        formatter->pool = arena_alloc(&formatter->scratch, formatter->room);
        formatter->used = 0;
    }
    void *given = formatter->pool + formatter->used;
    formatter->used += size;
    return given;
}

void formatting_clear(Formatter *formatter)
{
    if (formatter->scratch.total > 16 * POOL_SIZE) {
        arena_return(&formatter->scratch, formatter->scratch.from);
        formatter->room = 0;
        formatter->stack.items = NULL;
        formatter->stack.room = 0;
    }
    formatter->used = 0;
}

void formatting_push(Formatter *formatter, Doc *doc)
{
    list_add(&formatter->scratch, &formatter->stack, doc);
}

Doc *formatting_pop(Formatter *formatter)
{
    return formatter->stack.items[--formatter->stack.count];
}

Doc *formatting_text(Formatter *formatter, DocKind kind, Text text)
{
    Doc *doc = formatting_alloc(formatter, sizeof *doc);
    *doc = (Doc){.kind = kind, .width = (uint32_t)text.length, .text = text};
    return doc;
}

Doc *formatting_container(Formatter *formatter, DocKind kind, size_t mark, Doc *before,
                          Doc *separator)
{
    size_t count = formatter->stack.count - mark;
    Doc *doc = formatting_alloc(formatter, sizeof *doc);
    Doc **items = formatting_alloc(formatter, (count * (separator ? 2 : 1) + 2) * sizeof *items);
    size_t filled = 0;
    if (before) items[filled++] = before;
    for (size_t i = 0; i < count; i++) {
        Doc *item = formatter->stack.items[mark + i];
        if (separator && i > 0 && formatter->stack.items[mark + i - 1] != &doc_hard_line) {
            items[filled++] = separator;
        }
        items[filled++] = item;
    }
    formatter->stack.count = mark;
    if (filled == 0) items[filled++] = &doc_empty;
    *doc = (Doc){.kind = kind, .list = {items, filled}};
    return doc;
}

void formatting_glue(Formatter *formatter, size_t mark)
{
    Doc *doc = formatting_container(formatter, DOC_GLUE, mark, NULL, NULL);
    formatting_push(formatter, doc);
}

void formatting_spread(Formatter *formatter, size_t mark)
{
    Doc *doc = formatting_container(formatter, DOC_GLUE, mark, NULL, &doc_space);
    formatting_push(formatter, doc);
}

void formatting_indent(Formatter *formatter, size_t mark)
{
    Doc *doc = formatting_container(formatter, DOC_INDENT, mark, NULL, NULL);
    formatting_push(formatter, doc);
}

// ---- lines

// Of what was pushed since `mark`: drops line ends at both sides, makes soft ones vanish and two of
// them one empty line.
static void collapse_newlines(Formatter *formatter, size_t mark)
{
    Doc **items = formatter->stack.items;
    size_t from = mark, to = formatter->stack.count, filled = mark;
    while (from < to && doc_is_line(items[from])) from++;
    while (to > from && doc_is_line(items[to - 1])) to--;
    const Doc *previous = NULL;
    for (size_t i = from; i < to; i++) {
        Doc *doc = items[i];
        bool empty_line = doc == &doc_soft_line   ? previous == &doc_soft_line
                          : doc == &doc_hard_line ? previous != &doc_hard_line
                                                  : false;
        if (empty_line) {
            items[filled++] = &doc_hard_line;
            formatter->breaks++;
        } else if (doc != &doc_soft_line && doc != &doc_hard_line) {
            items[filled++] = doc;
        }
        previous = doc;
    }
    formatter->stack.count = filled;
}

void formatting_remove_lines(Formatter *formatter, size_t mark, const Doc *line)
{
    size_t filled = mark;
    for (size_t i = mark; i < formatter->stack.count; i++) {
        Doc *doc = formatter->stack.items[i];
        if (line ? doc != line : !doc_is_line(doc)) formatter->stack.items[filled++] = doc;
    }
    formatter->stack.count = filled;
}

void formatting_indent_group(Formatter *formatter, size_t mark, int breaks, Doc *before)
{
    formatting_remove_lines(formatter, mark, NULL);
    Doc *indented = formatting_container(formatter, DOC_INDENT, mark, before, &doc_line_or_space);
    if (doc_has_suffix(indented)) formatter->breaks--;
    formatting_push(formatter, indented);
    Doc *doc = formatting_container(formatter, formatter->breaks > breaks ? DOC_GLUE : DOC_GROUP,
                                    mark, NULL, NULL);
    formatting_push(formatter, doc);
}

// ---- brackets

void formatting_begin_bracket(Formatter *formatter, Bracket *bracket)
{
    bracket->opening = formatter->stack.count;
    formatting_single(formatter, bracket->open);
    formatting_token(formatter, bracket->close);
    bracket->breaks = formatter->breaks;
    bracket->mark = formatter->stack.count;
}

void formatting_end_bracket(Formatter *formatter, const Bracket *bracket)
{
    size_t closing = bracket->mark - bracket->opening - 1;
    collapse_newlines(formatter, bracket->mark);
    // Comments before the closing become the last items.
    for (size_t i = 0; i + 1 < closing; i++) {
        formatting_push(formatter, formatter->stack.items[bracket->opening + 1 + i]);
    }
    Doc *open = formatter->stack.items[bracket->opening];
    Doc *close = formatter->stack.items[bracket->mark - 1];
    size_t count = formatter->stack.count - bracket->mark;
    Doc *first = count ? formatter->stack.items[bracket->mark] : NULL;
    DocKind kind = DOC_GLUE;
    Doc *indented = NULL;
    if (count == 1 && bracket->single_inline &&
        !(doc_is_container(first) && doc_has_suffix(first))) {
        indented = first;
    } else if (count) {
        if (bracket->broken || closing > 1) formatter->breaks++;
        indented = formatting_container(formatter, DOC_INDENT, bracket->mark, bracket->padding,
                                        bracket->separator);
        if (formatter->breaks <= bracket->breaks) kind = DOC_GROUP;
    }
    formatter->stack.count = bracket->opening;
    formatting_push(formatter, open);
    if (indented) formatting_push(formatter, indented);
    if (indented && indented != first) formatting_push(formatter, bracket->padding);
    formatting_push(formatter, close);
    Doc *doc = formatting_container(formatter, kind, bracket->opening, NULL, NULL);
    formatting_push(formatter, doc);
}
