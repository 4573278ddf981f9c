// cli/azure.h: the commands that talk to Azure. They are a program of their own, swarmgen-deploy, since
// build and its like must not load libcurl.
//   The rows are the same in both; azure_run differs: swarmgen builds the description in memory and
//   becomes swarmgen-deploy (become.c), which does the work (cli/deploy).
#pragma once
#include "cli/command.h"

// What --built hands over, one JSON text in a file descriptor:
//   {"swarm": the completed description,
//    "sections": {SYMBOL: section of the description that the resource belongs to, as "pool web"},
//    "files": {PATH: text}}   the files of the output folder
#define AZURE_BUILT "built"

typedef struct {
    const char *argument; // SWARM
    const char *library, *group, *subscription, *location, *cloud, *name, *format, *built;
    OptionList parameters; // NAME=VALUE
    bool stack, yes, skip_preflight, no_wait, purge, verbose, quiet;
} AzureOptions;

extern const Command command_what_if, command_deploy, command_status, command_cancel,
    command_outputs, command_destroy;
Status azure_run(Session *session, const void *given); // AzureOptions
