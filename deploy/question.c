// deploy/question.c
#include "deploy/question.h"

#include "deploy/interrupt.h"

#include <poll.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

bool question_possible(void)
{
    return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

static Text trimmed(Text text)
{
    size_t from = 0, to = text.length;
    while (from < to && (unsigned char)text.at[from] <= ' ') from++;
    while (to > from && (unsigned char)text.at[to - 1] <= ' ') to--;
    return text_slice(text, from, to);
}

// A byte at a time, so that nothing of the next answer is taken; false if there was no whole line.
static bool read_line(TextBuffer *line)
{
    struct pollfd both[] = {{.fd = STDIN_FILENO, .events = POLLIN},
                            {.fd = interrupt_descriptor(), .events = POLLIN}};
    for (char c; !interrupt_asked();) {
        if (poll(both, 2, -1) < 0 || both[1].revents) continue;
        if (read(STDIN_FILENO, &c, 1) <= 0) return false;
        if (c == '\n') return true;
        buffer_char(line, c);
    }
    return false;
}

QuestionEnd question_line(Arena *arena, Text prompt, bool hidden, Text *answer)
{
    struct termios shown;
    bool hides = hidden && tcgetattr(STDIN_FILENO, &shown) == 0;
    interrupt_watch();
    if (hides) {
        struct termios dark = shown;
        dark.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &dark); // before anybody is asked to type
    }
    fprintf(stderr, "%.*s", TEXT_ARG(prompt));
    TextBuffer line = {.arena = arena};
    bool whole = read_line(&line);
    if (hides) tcsetattr(STDIN_FILENO, TCSADRAIN, &shown);
    if (hides || !whole) fputc('\n', stderr);
    if (!whole) return QUESTION_INTERRUPTED;
    *answer = trimmed(buffer_done(&line));
    return QUESTION_ANSWERED;
}

QuestionEnd question_yes(Arena *arena, Text prompt, bool *yes)
{
    Text answer = {0};
    QuestionEnd end =
        question_line(arena, text_format(arena, "%.*s [y/N] ", TEXT_ARG(prompt)), false, &answer);
    *yes = text_alike(answer, TEXT("y")) || text_alike(answer, TEXT("yes"));
    return end;
}
