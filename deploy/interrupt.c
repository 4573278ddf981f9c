// deploy/interrupt.c: the handler counts, and writes into a pipe of its own, so that whoever polls
// wakes up.
#define _GNU_SOURCE // pipe2
#include "deploy/interrupt.h"

#include "deploy/progress.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

enum { INTERRUPTED = 130 }; // exit status

static volatile sig_atomic_t pressed;
static int ends[2] = {-1, -1};

static void press(int signal)
{
    (void)signal;
    int before = errno;
    if (pressed) {
        report_restore();
        _exit(INTERRUPTED);
    }
    pressed = 1;
    ssize_t written = write(ends[1], "!", 1);
    (void)written;
    errno = before;
}

void interrupt_watch(void)
{
    if (ends[0] >= 0 || pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return;
    struct sigaction action = {.sa_handler = press};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

bool interrupt_asked(void)
{
    return pressed;
}

int interrupt_descriptor(void)
{
    return ends[0];
}

bool interrupt_wait(double seconds)
{
    double end = progress_now() + seconds;
    for (double left = seconds; left > 0 && !pressed; left = end - progress_now()) {
        struct pollfd stop = {.fd = ends[0], .events = POLLIN};
        poll(&stop, ends[0] >= 0, left > 60 ? 60000 : (int)(left * 1000) + 1);
    }
    return !pressed;
}
