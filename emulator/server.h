// emulator/server.h: HTTP on the loopback interface, one request at a time.
//   errors: NULL after a message on standard error
#pragma once
#include "emulator/certificate.h"
#include "emulator/exchange.h"

typedef struct Server Server;

// `certificate` NULL: without TLS. `*port` 0: any that is free, set to the one that was taken.
Server *server_open(World *world, int *port, const Certificate *certificate);
// Answers what came within `milliseconds`.
void server_turn(Server *server, int milliseconds);
void server_close(Server *server);
