// deploy/terminal.c: a picture of the whole deployment that fits the window. It is drawn on the
// terminal's second screen, which no resize can reflow and which leaves no trace; at the end the list
// goes to the first one, where it stays. A picture is made whole (picture.c); then the rows that differ
// from the last one are sent, in one write.
#include "deploy/picture.h"
#include "deploy/report.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

// ---- the terminal: taken, and given back whatever happens

// Second screen, no cursor, no wrapping at the edge; and back, cleared where there is no second one.
#define ENTER "\033[?1049h\033[?25l\033[?7l"
#define LEAVE "\033[0m\033[H\033[2J\033[?7h\033[?25h\033[?1049l"
#define FILE_SHOWN STDERR_FILENO

static volatile sig_atomic_t taken, continued; // `continued`: after a stop, since the last picture
static struct termios before;
static bool before_known;
static bool at_exit;

static void send(const char *at, size_t length)
{
    while (length) {
        ssize_t written = write(FILE_SHOWN, at, length);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0 && errno != EAGAIN) return; // the terminal is gone
        if (written < 0) {
            struct pollfd ready = {.fd = FILE_SHOWN, .events = POLLOUT};
            poll(&ready, 1, 100);
            continue;
        }
        at += written;
        length -= (size_t)written;
    }
}

// Also from the background, where it would stop the process otherwise.
static void set_terminal(const struct termios *modes)
{
    sigset_t output, mask;
    sigemptyset(&output);
    sigaddset(&output, SIGTTOU);
    sigprocmask(SIG_BLOCK, &output, &mask);
    tcsetattr(FILE_SHOWN, TCSANOW, modes);
    sigprocmask(SIG_SETMASK, &mask, NULL);
}

// Only what may be done in a signal handler.
void report_restore(void)
{
    if (!taken) return;
    int kept = errno;
    taken = 0;
    send(LEAVE, sizeof LEAVE - 1);
    if (before_known) set_terminal(&before);
    errno = kept;
}

// Keys that are pressed now must not be written into the picture; they stay for who reads next.
static void silence_keys(void)
{
    if (!before_known) return;
    struct termios quiet = before;
    quiet.c_lflag &= ~(tcflag_t)ECHO;
    set_terminal(&quiet);
}

static void ends_process(int number)
{
    report_restore();
    raise(number); // SA_RESETHAND: this time as if there were no handler
}

static void stops_process(int number)
{
    report_restore();
    struct sigaction own, plain = {.sa_handler = SIG_DFL};
    sigset_t only, mask;
    sigaction(number, &plain, &own);
    sigemptyset(&only);
    sigaddset(&only, number);
    raise(number);
    sigprocmask(SIG_UNBLOCK, &only, &mask); // stops here, and goes on here
    sigprocmask(SIG_SETMASK, &mask, NULL);
    sigaction(number, &own, NULL);
}

// Whoever waits wakes up, and shows the picture in the new size.
static void wakes_follower(int number)
{
    (void)number;
}

static void notes_continuation(int number)
{
    (void)number;
    continued = 1;
}

// Where the process has no handler of its own, ours gives the terminal back first.
static void handle(int number, void (*handler)(int), int flags)
{
    struct sigaction now, ours = {.sa_handler = handler, .sa_flags = flags};
    sigemptyset(&ours.sa_mask);
    if (sigaction(number, NULL, &now) == 0 && now.sa_handler == SIG_DFL)
        sigaction(number, &ours, NULL);
}

static void handle_signals(void)
{
    static const int ending[] = {SIGINT,  SIGTERM, SIGHUP, SIGQUIT, SIGABRT,
                                 SIGSEGV, SIGBUS,  SIGFPE, SIGILL,  SIGPIPE};
    for (size_t i = 0; i < sizeof ending / sizeof *ending; i++)
        handle(ending[i], ends_process, (int)SA_RESETHAND | SA_NODEFER);
    handle(SIGTSTP, stops_process, SA_RESTART);
    handle(SIGCONT, notes_continuation, SA_RESTART);
    handle(SIGWINCH, wakes_follower, SA_RESTART);
    if (!at_exit) at_exit = atexit(report_restore) == 0;
}

// A process in the background draws nothing.
static bool in_foreground(void)
{
    pid_t group = tcgetpgrp(FILE_SHOWN);
    return group < 0 || group == getpgrp();
}

// ---- the reporter

typedef struct {
    Reporter reporter;
    Window window; // as it was at the last picture
    Arena shown;   // holds `rows`
    Rows rows;     // on the screen now
} Terminal;

// Also what was taken before, if the process was stopped in a way that gave nothing back.
static void take(Terminal *self)
{
    handle_signals();
    continued = 0;
    if (!taken) before_known = tcgetattr(FILE_SHOWN, &before) == 0;
    taken = 1;
    silence_keys();
    send(ENTER, sizeof ENTER - 1);
    self->window.columns = 0; // all is drawn anew
}

// The window as it is now. True if its size is another one than before.
static bool resized(Terminal *self)
{
    struct winsize size = {0};
    ioctl(FILE_SHOWN, TIOCGWINSZ, &size);
    size_t columns = size.ws_col ? size.ws_col : 80, lines = size.ws_row ? size.ws_row : 24;
    bool other = columns != self->window.columns || lines != self->window.lines;
    self->window.columns = columns;
    self->window.lines = lines;
    return other;
}

// One write, which terminals that know how show at once.
static void update(const Terminal *self, Arena *arena, const Rows *rows, bool all)
{
    TextBuffer out = {.arena = arena};
    buffer_string(&out, "\033[?2026h");
    size_t start = out.count, before_now = all ? 0 : self->rows.count;
    if (all) buffer_string(&out, "\033[0m\033[H\033[2J");
    for (size_t i = 0; i < rows->count || i < before_now; i++) {
        Text row = i < rows->count ? rows->items[i] : (Text){0};
        Text old = i < before_now ? self->rows.items[i] : (Text){0};
        if (text_equal(row, old)) continue;
        buffer_format(&out, "\033[%zu;1H", i + 1);
        buffer_text(&out, row);
        buffer_string(&out, "\033[K");
    }
    if (out.count == start) return;
    buffer_string(&out, "\033[?2026l");
    send(out.items, out.count);
}

static void show(Reporter *reporter, const Progress *progress, const Step *changed)
{
    (void)changed;
    Terminal *self = (Terminal *)reporter;
    if (!in_foreground()) return;
    if (!taken || continued) take(self);
    bool all = resized(self);
    Arena work = {0};
    Rows rows = picture_draw(&work, progress, self->window);
    update(self, &work, &rows, all);
    arena_free(&self->shown);
    self->shown = work;
    self->rows = rows;
}

static Painter paper(const Terminal *self, TextBuffer *out, size_t columns)
{
    return (Painter){out, self->window.colour, self->window.utf8, columns, 0};
}

// The address stands on the first screen too, above the list at the end.
static void begin(Reporter *reporter, const Progress *progress)
{
    Arena work = {0};
    TextBuffer out = {.arena = &work};
    Painter painter = paper((Terminal *)reporter, &out, 0);
    paint(&painter, PAINT_PLAIN, progress->portal);
    if (out.count) paint_line(&painter);
    send(out.items, out.count);
    arena_free(&work);
    show(reporter, progress, NULL);
}

static void end(Reporter *reporter, const Progress *progress, const Ending *ending)
{
    Terminal *self = (Terminal *)reporter;
    report_restore();
    Arena work = {0};
    TextBuffer out = {.arena = &work};
    Painter painter = paper(self, &out, paint_columns(FILE_SHOWN));
    report_list(&painter, &work, progress);
    report_ending(&painter, &work, progress, ending);
    report_problems(&painter, progress, ending);
    send(out.items, out.count);
    arena_free(&work);
    arena_free(&self->shown);
}

Reporter *terminal_open(Arena *arena)
{
    Terminal *self = arena_new(arena, Terminal);
    const char *term = getenv("TERM");
    bool colour = paint_wants_colour(FILE_SHOWN);
    self->reporter = (Reporter){begin, show, end};
    // The Linux console would show links as text.
    self->window = (Window){.colour = colour,
                            .utf8 = paint_wants_utf8(),
                            .links = colour && term && strcmp(term, "linux") != 0};
    return &self->reporter;
}
