// cli/emulate.c: the row of `emulate`.
#include "cli/emulate.h"

static const Option emulate_options[] = {
    {"port", 'p', OPTION_TEXT, offsetof(EmulateOptions, port), "N", "8443; 0: any that is free"},
    {"http", 0, OPTION_FLAG, offsetof(EmulateOptions, http), NULL, "without TLS"},
    {"folder", 0, OPTION_TEXT, offsetof(EmulateOptions, folder), "DIR",
     "keep what is deployed here; in memory if left out"},
    {"speed", 0, OPTION_TEXT, offsetof(EmulateOptions, speed), "N",
     "times faster than Azure; 60 if left out, 0: at once"},
    {"fault", 0, OPTION_LIST, offsetof(EmulateOptions, faults), "KIND[:VALUE]",
     "something that goes wrong; may stand several times"},
    {"subscription", 0, OPTION_LIST, offsetof(EmulateOptions, subscriptions), "ID",
     "one more subscription; may stand several times"},
    {"ready", 0, OPTION_TEXT, offsetof(EmulateOptions, ready), "FILE",
     "write address and certificate here when it listens"},
    {"quiet", 'q', OPTION_FLAG, offsetof(EmulateOptions, quiet), NULL, "no line a request"},
    {"record", 0, OPTION_FLAG, offsetof(EmulateOptions, record), NULL,
     "GET /emulator/requests shows bodies and headers too"},
    {0},
};
const Command command_emulate = {
    "emulate",
    "",
    "a local Resource Manager, to try deploy without an account",
    emulate_options,
    sizeof(EmulateOptions),
    false,
    emulate_run,
};
