// compiler/arm/extension.h: the extensions that a file declares; those that the official compiler has
// built in.
//   facts: what the Bicep CLI 0.49.2 writes, judged by tests/official/constructs
#pragma once
#include "compiler/arm/emitter.h"

// "imports", or "extensions" where modules give them settings; nothing if there is none.
void extension_write_all(Emitter *emitter);
