// deploy/destroy.h: removes a resource group or a deployment stack, and shows how it vanishes.
#pragma once
#include "deploy/existing.h"
#include "deploy/order.h"
#include "deploy/progress.h"

typedef struct {
    Order order;            // with `stack`: that stack and its resources; else the whole group
    const Value *resources; // [{id, type, name}]: what goes
} Destroyed;

bool destroy_begin(Arena *arena, Manager *manager, const Destroyed *what, Answer *answer,
                   Failure *failure);

// Until it is gone. After Ctrl-C the ending is STEP_RUNNING.
bool destroy_follow(Arena *arena, Manager *manager, const Destroyed *what, const Answer *answer,
                    Reporter *reporter, Ending *ending, Failure *failure);

// The deleted vaults among `resources` that keep their names taken: [{name, location}].
const Value *destroy_vaults(Arena *arena, Manager *manager, const Value *resources);
bool destroy_purge(Arena *arena, Manager *manager, const Value *vault, Failure *failure);
