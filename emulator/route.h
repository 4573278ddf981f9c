// emulator/route.h: from a request to its handler.
#pragma once
#include "emulator/exchange.h"

// Checks the token and the API version, then lets the handler answer. Always answered afterwards.
void route_answer(Exchange *exchange);
