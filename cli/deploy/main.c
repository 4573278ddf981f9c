// cli/deploy/main.c: swarmgen-deploy, what `swarmgen deploy` and its like become.
#include "cli/azure.h"

static const Command *const commands[] = {
    &command_what_if, &command_deploy,  &command_status,
    &command_cancel,  &command_outputs, &command_destroy,
};

int main(int count, char **words)
{
    const Program program = {"swarmgen", "swarmgen-deploy: brings a Docker Swarm to Azure.",
                             commands, sizeof commands / sizeof *commands};
    return program_main(&program, count, words);
}
