// emulator/journal.h: the requests that came: for tests, and a line each on standard error.
//   Bodies and the values of headers are kept only with --record.
#pragma once
#include "emulator/exchange.h"

// `seconds`: how long it took; a status of 0: the connection was cut.
void journal_add(Exchange *exchange, double seconds);
void journal_free(World *world);
