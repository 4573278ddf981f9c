// emulator/handlers.h: who answers which request; see route.def.
#pragma once
#include "emulator/exchange.h"

#define ROUTE(method, pattern, handler, flags) void handler(Exchange *exchange);
#include "emulator/route.def"
#undef ROUTE
