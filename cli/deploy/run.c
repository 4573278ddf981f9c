// cli/deploy/run.c: from the command to its work.
#include "cli/deploy/work.h"

static const struct {
    const Command *command;
    Status (*run)(Work *work);
} works[] = {
    {&command_deploy, deploy_run}, {&command_what_if, what_if_run}, {&command_status, status_run},
    {&command_cancel, cancel_run}, {&command_outputs, outputs_run}, {&command_destroy, destroy_run},
};

Status azure_run(Session *session, const void *given)
{
    Work work = {0};
    Status status = work_open(&work, session, given);
    for (size_t i = 0; status == STATUS_DONE && i < sizeof works / sizeof *works; i++) {
        if (session->command == works[i].command) {
            status = works[i].run(&work);
            break;
        }
    }
    work_close(&work);
    return status;
}
