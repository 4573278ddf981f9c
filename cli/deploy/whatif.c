// cli/deploy/whatif.c: what a deployment would change; nothing is changed.
#include "cli/deploy/work.h"

#include "compiler/evaluate/shape.h"

Status what_if_run(Work *work)
{
    Failure failure = {0};
    Resolved resolved;
    bool any = false;
    if (!existing_read(work->arena, work->manager, &work->wanted, &work->existing, &failure))
        return work_refused(work, &failure);
    if (!work->existing.group) {
        work->existing.location = work->place;
        work_say(work, "There is no resource group '%.*s' yet: everything would be new.",
                 TEXT_ARG(work->group_name));
    }
    Status status = work_resolve(work, &resolved);
    if (status == STATUS_DONE) status = work_changes(work, &resolved, stdout, &any);
    return status == STATUS_DONE && any ? STATUS_DIFFERS : status;
}
