// deploy/follow.h: follows a deployment until it ends, telling a reporter each change.
//   in:     a deployment that runs at Azure (or has ended), and the template it was made from
//   errors: a broken connection is waited for, and said in the progress's note; it only ends the
//           following, not the deployment
//   facts:  deployments/{name}/operations give targetResource.symbolicName with languageVersion 2.0
#pragma once
#include "deploy/manager.h"
#include "deploy/progress.h"

typedef struct {
    Text group, name;      // of the deployment
    bool stack;            // `name` is a deployment stack's
    const Value *template; // for the steps that have not begun; NULL: only what Azure names
    const Value *sections; // {symbol: section of the description}; NULL if not known
} Followed;

// The reporter's `begin` and `end` are called in each case. False if it cannot be followed: `ending`
// is STEP_RUNNING, its failure is `failure`, and `end` has shown it. After Ctrl-C (interrupt.h) it
// ends with STEP_RUNNING and no failure: the deployment goes on.
bool follow(Manager *manager, const Followed *what, Reporter *reporter, Ending *ending,
            Failure *failure);
