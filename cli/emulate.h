// cli/emulate.h: the local Resource Manager, a program of its own as those of azure.h:
// swarmgen-emulate (libmicrohttpd), which swarmgen becomes.
#pragma once
#include "cli/command.h"

typedef struct {
    const char *argument;                      // none
    const char *port, *folder, *speed, *ready; // `ready`: a file to be written when it listens
    OptionList faults, subscriptions;
    bool http, quiet, record;
} EmulateOptions;

extern const Command command_emulate;
Status emulate_run(Session *session, const void *given);
