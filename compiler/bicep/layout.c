// compiler/bicep/layout.c: see layout.h; spaces are written when text follows them.
#include "compiler/bicep/layout.h"

#include <string.h>

enum { WIDTH = 120, INDENT = 2 };

static void write_bytes(Layout *layout, const char *bytes, size_t count)
{
    TextBuffer *out = &layout->out;
    if (out->room - out->count < count) {
        buffer_text(out, (Text){bytes, count});
        return;
    }
    memcpy(out->items + out->count, bytes, count);
    out->count += count;
}

static void write_spaces(Layout *layout)
{
    static const char spaces[] = "                                ";
    while (layout->spaces > 0) {
        uint32_t some = layout->spaces < 32 ? layout->spaces : 32;
        write_bytes(layout, spaces, some);
        layout->spaces -= some;
    }
}

static void write_text(Layout *layout, Text text)
{
    if (text.length == 1 && text.at[0] == ' ') {
        layout->spaces++;
    } else if (text.length) {
        write_spaces(layout);
        write_bytes(layout, text.at, text.length);
    }
}

static void write_line(Layout *layout, uint32_t indent)
{
    buffer_char(&layout->out, '\n');
    layout->spaces = indent * INDENT;
    layout->occupied = layout->spaces;
}

static void write_doc(Layout *layout, const Doc *doc)
{
    if (doc->kind == DOC_SUFFIX) {
        write_spaces(layout);
        buffer_char(&layout->out, ' ');
    }
    write_text(layout, doc->text);
    layout->occupied += doc->width;
}

// Takes the width of `doc` on one line from `room`; false if there is not enough. `done`: the rest
// does not matter.
static bool fits(const Doc *doc, int64_t *room, bool *done)
{
    if (doc->kind == DOC_TAIL) {
        *done = true;
        return --*room >= 0;
    }
    if (!doc_is_container(doc)) {
        if (doc == &doc_hard_line || doc == &doc_soft_line) return false;
        if (doc->kind != DOC_CONDITIONAL) *room -= doc->width;
        return *room >= 0;
    }
    for (size_t i = 0; i < doc->list.count && !*done; i++) {
        if (!fits(doc->list.items[i], room, done)) return false;
    }
    return true;
}

static void print_doc(Layout *layout, const Doc *doc, uint32_t indent);

static void print_list(Layout *layout, DocList list, uint32_t indent)
{
    for (size_t i = 0; i < list.count; i++) print_doc(layout, list.items[i], indent);
}

static void print_flat(Layout *layout, const Doc *doc, uint32_t indent)
{
    if (doc->kind == DOC_TAIL) {
        print_list(layout, doc->list, indent);
    } else if (doc_is_container(doc)) {
        for (size_t i = 0; i < doc->list.count; i++) {
            print_flat(layout, doc->list.items[i], indent);
        }
    } else if (doc->kind != DOC_CONDITIONAL) {
        write_doc(layout, doc);
    }
}

static void print_group(Layout *layout, const Doc *group, uint32_t indent)
{
    int64_t room = (int64_t)WIDTH - layout->occupied;
    bool done = false, flat = room >= 0;
    for (size_t i = 0; i < group->list.count && flat && !done; i++) {
        flat = fits(group->list.items[i], &room, &done);
    }
    for (size_t i = 0; i < group->list.count; i++) {
        if (flat)
            print_flat(layout, group->list.items[i], indent);
        else
            print_doc(layout, group->list.items[i], indent);
    }
}

static void print_doc(Layout *layout, const Doc *doc, uint32_t indent)
{
    switch (doc->kind) {
    case DOC_TEXT:
    case DOC_SUFFIX:
    case DOC_CONDITIONAL: write_doc(layout, doc); break;
    case DOC_LINE: write_line(layout, indent); break;
    case DOC_GLUE:
    case DOC_TAIL: print_list(layout, doc->list, indent); break;
    case DOC_INDENT: print_list(layout, doc->list, indent + 1); break;
    case DOC_GROUP: print_group(layout, doc, indent); break;
    }
}

// A soft line end behind a soft one, and a hard one behind another, is an empty line.
static void print_top(Layout *layout, const Doc *doc)
{
    if (doc_is_line(doc)) {
        bool hard = doc == &doc_hard_line;
        if (hard ? !layout->hard : layout->soft) layout->empty_lines++;
        layout->hard = hard;
        layout->soft = !hard;
        return;
    }
    if (layout->begun) {
        for (uint32_t i = 0; i <= layout->empty_lines; i++) write_line(layout, 0);
    }
    layout->begun = true;
    layout->hard = layout->soft = false;
    layout->empty_lines = 0;
    print_doc(layout, doc, 0);
}

void layout_print(Layout *layout, DocList docs)
{
    for (size_t i = 0; i < docs.count; i++) print_top(layout, docs.items[i]);
}

Text layout_end(Layout *layout)
{
    layout->spaces = 0;
    buffer_char(&layout->out, '\n');
    return buffer_done(&layout->out);
}
