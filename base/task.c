// base/task.c: see task.h.
#include "base/task.h"

static void *run(void *given)
{
    Task *task = given;
    task->run(task);
    return NULL;
}

void task_begin(Task *task, void (*what)(Task *task))
{
    task->run = what;
    task->diags.arena = &task->arena;
    task->begun = pthread_create(&task->thread, NULL, run, task) == 0;
}

void task_end(Task *task, Arena *arena)
{
    if (task->begun)
        pthread_join(task->thread, NULL);
    else
        task->run(task);
    arena_join(arena, &task->arena);
    task->diags.arena = arena;
}
