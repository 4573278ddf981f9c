// compiler/specialize/notes.c: the library's comments: those on the lines right above something,
// and behind it.
#include "compiler/specialize/program.h"

#include <string.h>

static Text trimmed(Text line)
{
    size_t from = 0, to = line.length;
    while (from < to && (line.at[from] == ' ' || line.at[from] == '\t')) from++;
    while (to > from && strchr(" \t\r\n", line.at[to - 1])) to--;
    return text_slice(line, from, to);
}

// The comment lines of `trivia`; an empty line starts anew: what stands above it belongs to nobody.
static Text comment_lines(Arena *arena, Text trivia)
{
    TextBuffer lines = {.arena = arena};
    for (size_t from = 0; from < trivia.length;) {
        const char *end = memchr(trivia.at + from, '\n', trivia.length - from);
        size_t to = end ? (size_t)(end - trivia.at) : trivia.length;
        Text line = trimmed(text_slice(trivia, from, to));
        if (line.length == 0 && end) lines.count = 0;
        if (line.length > 0) {
            buffer_text(&lines, line);
            buffer_char(&lines, '\n');
        }
        from = to + 1;
    }
    return buffer_done(&lines);
}

static Text comment_behind(const Syntax *node)
{
    Text text = node->file->source->text;
    size_t at = node->file->tokens.items[node->last].to;
    while (at < text.length && (text.at[at] == ' ' || text.at[at] == '\t' || text.at[at] == ','))
        at++;
    if (at + 1 >= text.length || text.at[at] != '/' || text.at[at + 1] != '/') return (Text){0};
    size_t to = at;
    while (to < text.length && text.at[to] != '\n' && text.at[to] != '\r') to++;
    return trimmed(text_slice(text, at, to));
}

const Notes *notes_of(Arena *arena, const Syntax *node)
{
    Text trivia = syntax_leading_trivia(node), behind = comment_behind(node), above = {0};
    if (memchr(trivia.at, '/', trivia.length) || memchr(trivia.at, '#', trivia.length)) {
        above = comment_lines(arena, trivia);
    }
    if (above.length == 0 && behind.length == 0) return NULL;
    Notes *notes = arena_new(arena, Notes);
    *notes = (Notes){above, behind};
    return notes;
}

bool notes_on_lines(const Syntax *node)
{
    const TokenList *tokens = &node->file->tokens;
    return node->first < node->last && tokens->items[node->first + 1].kind == TOKEN_NEWLINE;
}
