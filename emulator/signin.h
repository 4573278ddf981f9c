// emulator/signin.h: tokens, and who asks.
#pragma once
#include "emulator/exchange.h"

// True if the request has a token of ours that is still good; otherwise it is answered (401).
bool signin_check(Exchange *exchange);
