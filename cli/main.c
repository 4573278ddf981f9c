// cli/main.c: the command table of swarmgen.
#include "cli/azure.h"
#include "cli/command.h"
#include "cli/emulate.h"

static const Command *const commands[] = {
    &command_build,    &command_validate, &command_compile, &command_console, &command_schema,
    &command_snapshot, &command_what_if,  &command_deploy,  &command_status,  &command_cancel,
    &command_outputs,  &command_destroy,  &command_emulate,
};

int main(int count, char **words)
{
    const Program program = {"swarmgen",
                             "swarmgen: a Docker Swarm on Azure, from a short description.",
                             commands, sizeof commands / sizeof *commands};
    return program_main(&program, count, words);
}
