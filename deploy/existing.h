// deploy/existing.h: what is in the resource group before a deployment.
//   errors: false with `failure` set; a group that does not exist is no error
#pragma once
#include "compiler/snapshot/template.h"
#include "deploy/manager.h"

typedef struct {
    bool group;               // it exists
    Text location;            // of the group
    const Value *resources;   // [{id, type, name, tags}]
    const Value *machines;    // [virtual machine as GET gives it]
    const Value *sets;        // [scale set …]
    const Value *deployments; // of this swarm, newest first: [deployment …]
    const Value *stack;       // the swarm's deployment stack; NULL: none
} Existing;

typedef struct {
    Text group; // ID: /subscriptions/…/resourceGroups/…
    Text swarm; // its name; empty: any
    Text stack; // name of its stack; empty: the one that is tagged with the swarm's name
} ExistingWanted;

bool existing_read(Arena *arena, Manager *manager, const ExistingWanted *wanted, Existing *existing,
                   Failure *failure);

// Only the group itself, its deployments and its stack.
bool existing_read_runs(Arena *arena, Manager *manager, const ExistingWanted *wanted,
                        Existing *existing, Failure *failure);

// The resource of that ID, whose case differs between answers of Azure, among `list`; NULL if it is
// not there.
const Value *existing_find(const Value *list, Text id);

// Whether a deployment or stack is on its way ("Running", "deploying" …), from its provisioningState.
bool existing_runs(const Value *run);
