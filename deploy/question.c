// deploy/question.c
#include "deploy/question.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <strings.h>
#include <termios.h>
#include <unistd.h>

static volatile sig_atomic_t interrupted;

static void on_interrupt(int signal)
{
    (void)signal;
    interrupted = 1;
}

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
    char c;
    for (;;) {
        ssize_t got = read(STDIN_FILENO, &c, 1);
        if (got < 0 && errno == EINTR && !interrupted) continue;
        if (got <= 0) return false;
        if (c == '\n') return true;
        buffer_char(line, c);
    }
}

QuestionEnd question_line(Arena *arena, Text prompt, bool hidden, Text *answer)
{
    struct sigaction ours = {.sa_handler = on_interrupt}, before; // no SA_RESTART: read() ends
    struct termios shown;
    bool hides = hidden && tcgetattr(STDIN_FILENO, &shown) == 0;
    interrupted = 0;
    sigaction(SIGINT, &ours, &before);
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
    sigaction(SIGINT, &before, NULL);
    if (!whole) return QUESTION_INTERRUPTED;
    *answer = trimmed(buffer_done(&line));
    return QUESTION_ANSWERED;
}

QuestionEnd question_yes(Arena *arena, Text prompt, bool *yes)
{
    Text answer = {0};
    QuestionEnd end =
        question_line(arena, text_format(arena, "%.*s [y/N] ", TEXT_ARG(prompt)), false, &answer);
    *yes = (answer.length == 1 && strncasecmp(answer.at, "y", 1) == 0) ||
           (answer.length == 3 && strncasecmp(answer.at, "yes", 3) == 0);
    return end;
}
