// emulator/emulator.h: a local Resource Manager: sign-in, resource groups, deployments, stacks,
// resources, over HTTP or HTTPS with a certificate of its own.
//   errors: false after a message on standard error
#pragma once
#include "compiler/evaluate/value.h"

typedef struct {
    int port; // 0: any that is free
    bool tls;
    const char *folder; // state is kept here; NULL: only in memory
    double speed;       // times faster than Azure; 0: everything at once
    const char *
        *faults; // "throttle:3", "fail:Microsoft.Compute/virtualMachines" …; emulator/fault.def
    size_t fault_count;
    const char *const *subscriptions; // IDs of more than the one there always is
    size_t subscription_count;
    const char
        *ready;  // a file that gets {"url", "certificate", …} as JSON when it listens; NULL: none
    bool quiet;  // no line a request
    bool record; // GET /emulator/requests shows bodies and headers
} EmulatorOptions;

// Serves until SIGINT or SIGTERM.
bool emulator_run(const EmulatorOptions *options);
