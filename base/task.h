// base/task.h: work on a thread of its own, beside the one that began it.
//   needs:  what both touch is only read. The state lives until the end
//   owns:   a task has an arena and diagnostics of its own; both are the caller's after task_end
#pragma once
#include "base/diag.h"

#include <pthread.h>

typedef struct Task Task;
struct Task {
    Arena arena;
    Diags diags; // in `arena`
    void (*run)(Task *task);
    pthread_t thread;
    bool begun; // as a thread; otherwise it is done at its end
};

// `task` is the first member of the state of `run`.
void task_begin(Task *task, void (*run)(Task *task));

// Waits for the end. What the task made lives in `arena` from now on; its diagnostics are not added
// to anything yet.
void task_end(Task *task, Arena *arena);
