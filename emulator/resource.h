// emulator/resource.h: what resource providers do: a body in, a resource out.
#pragma once
#include "emulator/exchange.h"

// Makes or changes a resource, as a PUT of `body` does; its provisioning state stays open until
// resource_settle. NULL, or the error {status, code, message, target} with which it is refused.
const Value *resource_put(World *world, Arena *arena, Text id, Text api_version, const Value *body);
// The error if the subscription or the group in an ID does not exist; else NULL.
const Value *resource_scope_refused(const World *world, Arena *arena, Text id);
// As GET gives it, also groups, subscriptions and what Azure has built in; NULL if there is none.
const Value *resource_get(const World *world, Arena *arena, Text id);
// What POST id/function gives (listKeys …); NULL if there is no such thing.
const Value *resource_list(const World *world, Arena *arena, Text id, Text function);
const Value *resource_not_found(Arena *arena, Text id); // {code: ResourceNotFound, message}
// Ends a change: "Succeeded", "Failed"; empty: the resource is gone.
void resource_settle(World *world, Text id, Text state);
// With its children and extension resources; a vault is kept as soft-deleted.
void resource_remove(World *world, Text id);
// Seconds of Azure to make, change or delete one of that type; the same for the same ID.
double resource_seconds(Text type, Text id, bool exists);

// The lock that keeps what is at `scope` (with `below`: or in it) from deletion; NULL if there is none.
const Record *resource_lock(const World *world, Text scope, bool below);
Text id_lock_scope(Text id); // what a lock is on

// ---- regions
bool location_known(Text name);                  // "westeurope" or "West Europe"
Text location_name(Arena *arena, Text location); // "westeurope"
