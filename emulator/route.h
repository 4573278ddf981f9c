// emulator/route.h: from a request to its handler.
#pragma once
#include "emulator/exchange.h"

typedef struct Route Route;

// The route of the request, its words and scope set; NULL if there is none.
const Route *route_find(Exchange *exchange);
bool route_open(const Route *route); // needs no token: the sign-in
bool route_own(const Route *route);  // of the emulator itself
// Checks the token and the API version, then lets the handler answer. Always answered afterwards.
void route_answer(const Route *route, Exchange *exchange);
