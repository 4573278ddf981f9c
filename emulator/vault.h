// emulator/vault.h: Key Vault: secrets and their versions, soft deletion.
//   shapes: a record of SHELF_SECRETS has the ID of the secret as a resource and {versions: [{id, value,
//           contentType, tags, created, updated}]}, the newest first; one of SHELF_DELETED is
//           '/subscriptions/S/providers/Microsoft.KeyVault/locations/L/deletedVaults/V'
#pragma once
#include "compiler/snapshot/template.h"
#include "emulator/world.h"

// A PUT of the secret as a resource: an equal value makes no new version. Gives `value` with its address.
const Value *vault_write_resource(World *world, Arena *arena, Text id, const Value *body,
                                  const Value *value);
// A vault was made: it may be one that comes back from deletion, with its secrets.
void vault_made(World *world, Arena *arena, Text id);
// A vault goes: it is kept as soft-deleted, its secrets too.
void vault_deleted(World *world, Arena *arena, Text id);

// Parameters of a deployment, with what their references to secrets mean: {NAME: {"value": …}}. NULL
// with `problem` set.
const Value *vault_parameters(const World *world, Arena *arena, const Value *given,
                              TemplateProblem *problem);
