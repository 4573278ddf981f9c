// emulator/group.h: resource groups.
#pragma once
#include "emulator/exchange.h"

// The group of that scope ('/subscriptions/…/resourceGroups/…'); NULL after the exchange is answered.
Record *group_needed(Exchange *exchange, Text scope);
// With all that is in it. Vaults are kept as soft-deleted.
void group_remove(World *world, Text scope);
