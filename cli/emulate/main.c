// cli/emulate/main.c: swarmgen-emulate, what `swarmgen emulate` becomes.
#include "cli/emulate.h"

#include "emulator/emulator.h"

#include <stdlib.h>
#include <string.h>

static bool number(const char *text, double most, double *value)
{
    char *end;
    *value = strtod(text, &end);
    return *text && !*end && *value >= 0 && *value <= most;
}

Status emulate_run(Session *session, const void *given)
{
    const EmulateOptions *want = given;
    (void)session;
    double port = 8443, speed = 60;
    if (want->port && !number(want->port, 65535, &port)) {
        fprintf(stderr, "swarmgen: --port '%s' is not a number from 0 to 65535\n", want->port);
        return STATUS_USAGE;
    }
    if (want->speed && !number(want->speed, 1e6, &speed)) {
        fprintf(stderr, "swarmgen: --speed '%s' is not a number from 0\n", want->speed);
        return STATUS_USAGE;
    }
    for (size_t i = 0; i < want->subscriptions.count; i++) {
        if (strspn(want->subscriptions.items[i], "0123456789abcdefABCDEF-") == 36) continue;
        fprintf(stderr, "swarmgen: --subscription '%s' is no ID of 36 characters\n",
                want->subscriptions.items[i]);
        return STATUS_USAGE;
    }
    EmulatorOptions options = {
        .port = (int)port,
        .tls = !want->http,
        .folder = want->folder,
        .speed = speed,
        .faults = want->faults.items,
        .fault_count = want->faults.count,
        .subscriptions = want->subscriptions.items,
        .subscription_count = want->subscriptions.count,
        .ready = want->ready,
        .quiet = want->quiet,
        .record = want->record,
    };
    return emulator_run(&options) ? STATUS_DONE : STATUS_INPUT;
}

static const Command *const commands[] = {&command_emulate};

int main(int count, char **words)
{
    const Program program = {"swarmgen", "swarmgen-emulate: a local Resource Manager.", commands,
                             1};
    return program_main(&program, count, words);
}
