// deploy/azconfig.h: the defaults that the Azure CLI was given by `az configure --defaults`.
//   facts:  AZURE_DEFAULTS_GROUP; .azure/config of this folder and those above it (--scope local);
//           $AZURE_CONFIG_DIR/config, else ~/.azure/config: the first that has it
#pragma once
#include "base/text.h"

// `name`: "group", "location". Empty if there is none.
Text azconfig_default(Arena *arena, const char *name);
