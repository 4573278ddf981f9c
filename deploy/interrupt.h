// deploy/interrupt.h: Ctrl-C. The first one only asks: who waits stops waiting. The second ends the
// program at once with status 130, the terminal given back as it was.
#pragma once
#include <stdbool.h>

void interrupt_watch(void);          // SIGINT and SIGTERM, from now on
bool interrupt_asked(void);          // it was pressed
int interrupt_descriptor(void);      // readable from then on; -1 before interrupt_watch
bool interrupt_wait(double seconds); // false as soon as it was pressed
