// deploy/secret.h: memory for tokens: never on disk, never in a core file, overwritten when it goes.
#pragma once
#include "base/text.h"

// This process leaves no core file, and nobody may look into it. Called before the first secret.
void secret_protect(void);

typedef struct {
    char *at; // NULL: none
    size_t length;
} Secret;

// A copy that is locked into memory as far as the system lets us. Freed by secret_wipe.
Secret secret_keep(Text text);
void secret_wipe(Secret *secret); // none afterwards
