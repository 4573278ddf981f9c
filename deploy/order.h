// deploy/order.h: what is sent to Azure, as a deployment or as a deployment stack.
//   errors: false or NULL with `failure` set
//   facts:  stacks as in deploymentStacks 2025-07-01: what is no longer described is deleted, secrets
//           of a vault, which stacks cannot delete, are let go
#pragma once
#include "deploy/manager.h"

typedef struct {
    bool stack;
    Text group;                         // ID: /subscriptions/…/resourceGroups/…
    Text name;                          // of the deployment or stack
    Text swarm;                         // its name, a tag of the deployment
    Text content;                       // of name.h, a tag too: whether two orders are the same
    const Value *template, *parameters; // {NAME: {"value": …}}
} Order;

// Azure looks at template and parameters, and changes nothing.
bool order_validate(Arena *arena, Manager *manager, const Order *order, Failure *failure);

// What would change: the list that changes.h shows.
const Value *order_changes(Arena *arena, Manager *manager, const Order *order, Failure *failure);

// True as soon as Azure has taken it.
bool order_submit(Arena *arena, Manager *manager, const Order *order, Failure *failure);

// The deployment or stack as GET gives it; NULL with status 404 if there is none.
const Value *order_get(Arena *arena, Manager *manager, const Order *order, Failure *failure);

bool order_cancel(Arena *arena, Manager *manager, const Order *order, Failure *failure);

// Removes a stack and the resources it knows.
bool order_remove_stack(Arena *arena, Manager *manager, const Order *order, Answer *answer,
                        Failure *failure);
