// cli/deploy/run.c: each command's work.
#include "cli/azure.h"

Status azure_run(Session *session, const void *options)
{
    (void)session, (void)options;
    return STATUS_USAGE;
}
