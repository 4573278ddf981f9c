// compiler/artifact/artifact.h: the reader of the file system that also knows what is no Bicep:
// templates in JSON, and modules of registries (br:) and template specs (ts:) that an earlier
// `bicep restore` left in the module cache, ~/.bicep or what bicepconfig.json says.
//           Extensions, too: packages (.tgz) and what the cache has of them.
//   errors: SG1213, SG1220–SG1222, SG1224
//   facts:  Registry/ and SourceGraph/Artifacts/ of the Bicep repository
#pragma once
#include "compiler/bind/bind.h"

BindReader *artifact_reader(Arena *arena);
